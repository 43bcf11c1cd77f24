import type { Account } from '../domain/account.js';
import type { FillReason } from '../domain/ledger.js';
import { fillExit } from './fill-exit.js';
import { type Venue, boughtWithin, openPrice } from './venue.js';

/** A protective order that the venue executed since the strategy's last decision. */
export interface ProtectiveExit {
  readonly symbol: number;
  readonly side: 'long' | 'short';
  readonly reason: FillReason;
}

/**
 * Stops, liquidation and targets of all positions against the high and low of bar `t`. Order of touch is
 * unknown inside a bar, so the worse one is assumed: stop before target. A gap fills at the open. A bar that
 * opens beyond the liquidation price is a liquidation, whatever the stop says. At quotes: against the price that the position
 * would leave at. A position that was bought at a quote within the bar: against the close.
 */
export function checkProtection(venue: Venue, account: Account, t: number, exits: ProtectiveExit[]): void {
  const positions = account.positions;
  for (let own = 0; own < positions.length; own++) {
    const position = positions[own];
    if (position === undefined || position.quantity === 0) continue;
    const candles = venue.candles[own];
    const isNew = boughtWithin(venue, t, position.openedAtMs);
    const open = isNew ? (candles?.close[t] ?? NaN) : openPrice(venue, own, t, -position.quantity);
    if (candles === undefined || Number.isNaN(open)) continue;
    // A quote is one moment, and so is a close.
    const isMoment = isNew || venue.quotes !== undefined;
    const high = isMoment ? open : (candles.high[t] ?? NaN);
    const low = isMoment ? open : (candles.low[t] ?? NaN);
    const long = position.quantity > 0;
    const { stopPrice, targetPrice, liquidationPrice } = position;

    let reference = NaN;
    let reason: FillReason = 'stop';
    if (long) {
      if (open <= liquidationPrice) {
        reference = open;
        reason = 'liquidation';
      } else if (low <= stopPrice && !(stopPrice <= liquidationPrice)) {
        reference = open < stopPrice ? open : stopPrice;
      } else if (low <= liquidationPrice) {
        reference = liquidationPrice;
        reason = 'liquidation';
      } else if (high >= targetPrice) {
        reference = open > targetPrice ? open : targetPrice;
        reason = 'target';
      } else if (high > position.bestPrice) position.bestPrice = high;
    } else {
      if (open >= liquidationPrice) {
        reference = open;
        reason = 'liquidation';
      } else if (high >= stopPrice && !(stopPrice >= liquidationPrice)) {
        reference = open > stopPrice ? open : stopPrice;
      } else if (high >= liquidationPrice) {
        reference = liquidationPrice;
        reason = 'liquidation';
      } else if (low <= targetPrice) {
        reference = open < targetPrice ? open : targetPrice;
        reason = 'target';
      } else if (low < position.bestPrice) position.bestPrice = low;
    }
    if (Number.isNaN(reference)) continue;
    exits.push({ symbol: own, side: long ? 'long' : 'short', reason });
    fillExit(venue, account, own, Math.abs(position.quantity), reference, reason, t);
  }
}
