import type { Account } from '../domain/account.js';
import { roundDownToLot } from '../domain/instrument.js';
import type { Order, ProtectivePrice, Refusal } from '../domain/intent.js';
import { writeLedgerEntry } from '../domain/ledger.js';
import type { Position } from '../domain/position.js';
import { priceOnTick } from '../domain/price-on-tick.js';
import { liquidationPrice } from './margin.js';
import {
  type Venue,
  halfSpreadAt,
  impactBar,
  openPrice,
  slippageFraction,
  slippagePaidUsd,
} from './venue.js';

/**
 * Fills an entry at the open of bar `t`, or at its quote: a notional becomes a quantity at the fill price, clipped to free
 * cash including the fee, rounded down to the lot. Refused when the bar is missing or has no volume, or when
 * too little is left after clipping. `minNotionalUsd` is the session's own floor.
 */
export function fillEntry(
  venue: Venue,
  account: Account,
  order: Order,
  t: number,
  minNotionalUsd: number,
): Refusal | undefined {
  const market = venue.market;
  const marketIndex = venue.marketIndex[order.symbol] ?? -1;
  const candles = venue.candles[order.symbol];
  const instrument = venue.instruments[order.symbol];
  const position = account.positions[order.symbol];
  if (candles === undefined || instrument === undefined || position === undefined)
    throw new Error(`order for symbol index ${String(order.symbol)}, which the session does not have`);
  const symbol = instrument.symbol;
  const reference = openPrice(venue, order.symbol, t, order.direction);
  if (Number.isNaN(reference)) return { kind: 'no-price', symbol };
  const impactAt = impactBar(venue, t);
  const volume = candles.volume[impactAt] ?? 0;
  if (!(volume > 0)) return { kind: 'no-volume', symbol };

  const { takerFee } = venue.costs;
  const halfSpread = halfSpreadAt(venue);
  const perDollar = 1 / order.leverage + takerFee;
  const affordableUsd = account.cashUsd / perDollar;
  const wantedUsd = order.quantity > 0 ? order.quantity * reference : order.notionalUsd;
  const slip = slippageFraction(
    venue.costs,
    Math.min(wantedUsd, Math.max(affordableUsd, 0)),
    volume * (candles.close[impactAt] ?? NaN),
  );
  const { tickSize } = instrument;
  const price = priceOnTick(
    reference * (1 + order.direction * (halfSpread + slip)),
    order.direction,
    tickSize,
  );

  let quantity = order.quantity > 0 ? order.quantity : order.notionalUsd / price;
  const costUsd = quantity * price * perDollar;
  // Rounding of `affordable` must not refuse an order that costs exactly all the cash.
  if (costUsd > account.cashUsd) quantity = affordableUsd / price;
  quantity = roundDownToLot(quantity, instrument.lotSize);
  const notionalUsd = quantity * price;
  if (!(quantity > 0))
    return account.cashUsd > 0 && instrument.lotSize > 0
      ? { kind: 'below-lot', symbol, quantity: affordableUsd / price, lotSize: instrument.lotSize }
      : { kind: 'no-cash', symbol, freeCashUsd: account.cashUsd, neededUsd: costUsd };
  const minimumUsd = Math.max(minNotionalUsd, instrument.minNotionalUsd);
  if (notionalUsd < minimumUsd) return { kind: 'below-minimum', symbol, notionalUsd, minimumUsd };

  const feeUsd = notionalUsd * takerFee;
  const marginUsd = notionalUsd / order.leverage;
  const spreadUsd = quantity * reference * halfSpread;
  const slippageUsd = slippagePaidUsd(quantity, reference, price, slip, spreadUsd, tickSize);
  const signed = order.direction * quantity;
  const timeMs = market.openTimesMs[t] ?? NaN;

  account.cashUsd -= marginUsd + feeUsd;
  account.feesUsd += feeUsd;
  account.spreadUsd += spreadUsd;
  account.slippageUsd += slippageUsd;
  account.fills++;
  account.tradedNotionalUsd += notionalUsd;
  if (position.quantity === 0) {
    account.openNames++;
    position.quantity = signed;
    position.entryPrice = price;
    position.entryReferencePrice = reference;
    position.openedAtMs = timeMs;
    position.bestPrice = price;
    position.exitDueMs = NaN;
  } else {
    const before = position.quantity;
    const after = before + signed;
    position.entryPrice = (before * position.entryPrice + signed * price) / after;
    position.entryReferencePrice = (before * position.entryReferencePrice + signed * reference) / after;
    position.quantity = after;
  }
  position.marginUsd += marginUsd;
  position.leverage = order.leverage;
  position.tradeNetUsd -= feeUsd;
  position.markPrice = reference;
  position.staleBars = 0;
  protect(position, order.stop, order.target, price, tickSize);
  if (order.maxHoldMs !== undefined) position.exitDueMs = timeMs + order.maxHoldMs;
  position.liquidationPrice = liquidationPrice(position, instrument);

  writeLedgerEntry(venue.ledger, {
    contestant: venue.contestant,
    timeMs,
    symbol: marketIndex,
    effect: 'entry',
    reason: 'strategy',
    quantity: signed,
    referencePrice: reference,
    price,
    feeUsd,
    spreadUsd,
    slippageUsd,
    amountUsd: 0,
    absorbedUsd: 0,
    quantityAfter: position.quantity,
    cashAfterUsd: account.cashUsd,
    closedTradeNetUsd: 0,
    closesTrade: false,
  });
  return undefined;
}

/** Sets the stop and target that are given; the side they lie on follows the position's sign. */
export function protect(
  position: Position,
  stop: ProtectivePrice | undefined,
  target: ProtectivePrice | undefined,
  fillPrice: number,
  tickSize: number | undefined,
): void {
  const sign = position.quantity > 0 ? 1 : -1;
  if (stop !== undefined)
    position.stopPrice = priceOnTick(
      'price' in stop ? stop.price : fillPrice * (1 - sign * stop.fraction),
      -sign,
      tickSize,
    );
  if (target !== undefined)
    position.targetPrice = priceOnTick(
      'price' in target ? target.price : fillPrice * (1 + sign * target.fraction),
      -sign,
      tickSize,
    );
}
