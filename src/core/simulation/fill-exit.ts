import type { Account } from '../domain/account.js';
import { type FillReason, writeLedgerEntry } from '../domain/ledger.js';
import { clearPosition } from '../domain/position.js';
import { priceOnTick } from '../domain/price-on-tick.js';
import { liquidationPrice } from './margin.js';
import { type Venue, halfSpreadAt, impactBar, slippageFraction, slippagePaidUsd } from './venue.js';

/**
 * Fills an exit of `quantity` (positive, at most what is held) at a reference price inside bar `t`. Exits are
 * never refused: in a bar without volume they fill with the impact of a whole bar. An isolated position can
 * lose no more than its margin; what a gap takes beyond it is absorbed by the venue and recorded as such.
 */
export function fillExit(
  venue: Venue,
  account: Account,
  own: number,
  quantity: number,
  referencePrice: number,
  reason: FillReason,
  t: number,
): void {
  const market = venue.market;
  const marketIndex = venue.marketIndex[own] ?? -1;
  const candles = venue.candles[own];
  const instrument = venue.instruments[own];
  const position = account.positions[own];
  if (candles === undefined || instrument === undefined || position === undefined || position.quantity === 0)
    throw new Error(`exit for symbol index ${String(own)}, where nothing is held`);

  const held = Math.abs(position.quantity);
  const closes = quantity >= held;
  const closing = closes ? held : quantity;
  const share = closes ? 1 : closing / held;
  const sign = position.quantity > 0 ? 1 : -1;
  const impactAt = impactBar(venue, t);
  const barNotionalUsd = (candles.volume[impactAt] ?? 0) * (candles.close[impactAt] ?? NaN);
  const { takerFee } = venue.costs;
  const halfSpread = halfSpreadAt(venue);
  const slip = slippageFraction(venue.costs, closing * referencePrice, barNotionalUsd);
  const { tickSize } = instrument;
  const price = priceOnTick(referencePrice * (1 - sign * (halfSpread + slip)), -sign, tickSize);

  const signed = -sign * closing;
  const grossUsd = sign * closing * (referencePrice - position.entryReferencePrice);
  const spreadUsd = closing * referencePrice * halfSpread;
  const slippageUsd = slippagePaidUsd(closing, referencePrice, price, slip, spreadUsd, tickSize);
  const marginUsd = closes ? position.marginUsd : position.marginUsd * share;
  const profitUsd = sign * closing * (price - position.entryPrice);
  const notionalUsd = closing * price;
  const beforeFeeUsd = marginUsd + profitUsd;
  // Spot cannot fall below zero except by rounding; a leveraged position can, and then the venue pays.
  const absorbedUsd = beforeFeeUsd < 0 ? -beforeFeeUsd : 0;
  const leftUsd = beforeFeeUsd + absorbedUsd;
  const feeUsd = Math.min(notionalUsd * takerFee, leftUsd);

  account.cashUsd += leftUsd - feeUsd;
  account.realisedUsd += grossUsd + absorbedUsd;
  account.feesUsd += feeUsd;
  account.spreadUsd += spreadUsd;
  account.slippageUsd += slippageUsd;
  account.fills++;
  account.tradedNotionalUsd += notionalUsd;
  // Spread and slippage of the entry are inside entryPrice, those of the exit inside price.
  position.tradeNetUsd += profitUsd + absorbedUsd - feeUsd;
  position.marginUsd -= marginUsd;
  position.quantity = closes ? 0 : position.quantity + signed;

  const tradeNetUsd = position.tradeNetUsd;
  if (closes) {
    account.openNames--;
    account.closedTrades++;
    if (tradeNetUsd > 0) {
      account.wins++;
      account.grossProfitUsd += tradeNetUsd;
    } else account.grossLossUsd -= tradeNetUsd;
    account.lossStreak = tradeNetUsd < 0 ? account.lossStreak + 1 : 0;
    if (reason !== 'strategy') position.protectedAtMs = market.openTimesMs[t] ?? NaN;
    clearPosition(position);
  } else position.liquidationPrice = liquidationPrice(position, instrument);

  writeLedgerEntry(venue.ledger, {
    contestant: venue.contestant,
    timeMs: market.openTimesMs[t] ?? NaN,
    symbol: marketIndex,
    effect: 'exit',
    reason,
    quantity: signed,
    referencePrice,
    price,
    feeUsd,
    spreadUsd,
    slippageUsd,
    amountUsd: grossUsd,
    absorbedUsd,
    quantityAfter: position.quantity,
    cashAfterUsd: account.cashUsd,
    closedTradeNetUsd: closes ? tradeNetUsd : 0,
    closesTrade: closes,
  });
}
