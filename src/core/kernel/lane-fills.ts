/** Money of a lane: entries, exits and funding by the formulas of simulation/, with their ledger records. */
import { roundDownToLot } from '../domain/instrument.js';
import { firstAtOrAfter } from '../simulation/book-funding.js';
import { priceOnTick } from '../domain/price-on-tick.js';
import { slippageFraction, slippagePaidUsd } from '../simulation/venue.js';
import { timeframeMs } from '../domain/time.js';
import { FILL_REASONS, LEDGER_EFFECTS, reserveRecord } from '../domain/ledger.js';
import type { Ground } from './ground.js';
import type { Lane } from './lane.js';
import {
  BEST_PRICE,
  CASH,
  CLOSED_TRADES,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  ENTRY_PRICE,
  FEES,
  FILLS,
  FUNDING,
  GROSS_LOSS,
  GROSS_PROFIT,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  LOSS_STREAK,
  MARGIN,
  OPENED,
  OPEN_NAMES,
  ORDER_USD,
  PROTECTED,
  QUANTITY,
  REALISED,
  SLIPPAGE,
  SPREAD,
  STANCE_MASK,
  STATE,
  TRADED,
  TRADE_NET,
  WINS,
} from './lane-layout.js';
import { guardPosition, unguard } from './work.js';

const ENTRY = LEDGER_EFFECTS.indexOf('entry');
const EXIT = LEDGER_EFFECTS.indexOf('exit');
const PAID = LEDGER_EFFECTS.indexOf('funding');
export const BY_STRATEGY = FILL_REASONS.indexOf('strategy');
const BY_FUNDING = FILL_REASONS.indexOf('funding');

/** As `fillEntry` does for a symbol that is flat. */
export function enter(
  lane: Lane,
  ground: Ground,
  b: number,
  t: number,
  s: number,
  direction: number,
): boolean {
  const { work, ledger, market } = ground;
  const { doubles, ints } = work;
  const { venue, leverage, params } = lane;
  const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
  const candles = venue.candles[s];
  const instrument = venue.instruments[s];
  if (candles === undefined || instrument === undefined || doubles[d + QUANTITY] !== 0) return false;
  const reference = candles.open[t] ?? NaN;
  const volume = candles.volume[t] ?? 0;
  if (!(volume > 0) || reference !== reference) return false;
  const { costs } = venue;
  const { takerFee, halfSpread } = costs;
  const cash = doubles[CASH] ?? NaN;
  const perDollar = 1 / leverage + takerFee;
  const affordableUsd = cash / perDollar;
  const fixed = params.quantity ?? 0;
  const notionalAsked = doubles[ORDER_USD] ?? NaN;
  const wantedUsd = fixed > 0 ? fixed * reference : notionalAsked;
  const slip = slippageFraction(
    costs,
    Math.min(wantedUsd, Math.max(affordableUsd, 0)),
    volume * (candles.close[t] ?? NaN),
  );
  const { tickSize } = instrument;
  const price = priceOnTick(reference * (1 + direction * (halfSpread + slip)), direction, tickSize);
  let quantity = fixed > 0 ? fixed : notionalAsked / price;
  if (quantity * price * perDollar > cash) quantity = affordableUsd / price;
  quantity = roundDownToLot(quantity, instrument.lotSize);
  const notionalUsd = quantity * price;
  if (!(quantity > 0)) return false;
  if (notionalUsd < Math.max(venue.limits.minNotionalUsd, instrument.minNotionalUsd)) return false;

  const feeUsd = notionalUsd * takerFee;
  const marginUsd = notionalUsd / leverage;
  const spreadUsd = quantity * reference * halfSpread;
  const slippageUsd = slippagePaidUsd(quantity, reference, price, slip, spreadUsd, tickSize);
  const signed = direction * quantity;
  const cashAfter = cash - (marginUsd + feeUsd);
  doubles[CASH] = cashAfter;
  doubles[FEES] = (doubles[FEES] ?? 0) + feeUsd;
  doubles[SPREAD] = (doubles[SPREAD] ?? 0) + spreadUsd;
  doubles[SLIPPAGE] = (doubles[SLIPPAGE] ?? 0) + slippageUsd;
  doubles[TRADED] = (doubles[TRADED] ?? 0) + notionalUsd;
  ints[FILLS] = (ints[FILLS] ?? 0) + 1;
  ints[OPEN_NAMES] = (ints[OPEN_NAMES] ?? 0) + 1;
  doubles[d + QUANTITY] = signed;
  doubles[d + ENTRY_PRICE] = price;
  doubles[d + MARGIN] = marginUsd;
  doubles[d + TRADE_NET] = 0 - feeUsd;
  doubles[d + BEST_PRICE] = price;
  ints[INTS_HEAD + s * INTS_PER_SYMBOL + OPENED] = t;
  work.bestFrom[s] = b;
  guardPosition(work, lane, s);

  const at = reserveRecord(ledger);
  const record = ledger.doubles;
  record[at] = lane.plan.position;
  record[at + 1] = market.openTimesMs[t] ?? NaN;
  record[at + 2] = venue.index[s] ?? -1;
  record[at + 3] = ENTRY;
  record[at + 4] = BY_STRATEGY;
  record[at + 5] = signed;
  record[at + 6] = reference;
  record[at + 7] = price;
  record[at + 8] = feeUsd;
  record[at + 9] = spreadUsd;
  record[at + 10] = slippageUsd;
  record[at + 11] = 0;
  record[at + 12] = 0;
  record[at + 13] = signed;
  record[at + 14] = cashAfter;
  record[at + 15] = 0;
  record[at + 16] = 0;
  return true;
}

/** As `fillExit` does for the whole position; a protective exit locks its side. */
export function leave(
  lane: Lane,
  ground: Ground,
  t: number,
  s: number,
  referencePrice: number,
  reason: number,
): void {
  const { work, ledger, market } = ground;
  const { doubles, ints } = work;
  const { venue } = lane;
  const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
  const i = INTS_HEAD + s * INTS_PER_SYMBOL;
  const candles = venue.candles[s];
  const { costs } = venue;
  const quantity = doubles[d + QUANTITY] ?? 0;
  const entryPrice = doubles[d + ENTRY_PRICE] ?? NaN;
  const entryReference = candles?.open[ints[i + OPENED] ?? 0] ?? NaN;
  const marginUsd = doubles[d + MARGIN] ?? NaN;
  const closing = Math.abs(quantity);
  const sign = quantity > 0 ? 1 : -1;
  const barNotionalUsd = (candles?.volume[t] ?? 0) * (candles?.close[t] ?? NaN);
  const slip = slippageFraction(costs, closing * referencePrice, barNotionalUsd);
  const tickSize = venue.instruments[s]?.tickSize;
  const price = priceOnTick(referencePrice * (1 - sign * (costs.halfSpread + slip)), -sign, tickSize);
  const grossUsd = sign * closing * (referencePrice - entryReference);
  const spreadUsd = closing * referencePrice * costs.halfSpread;
  const slippageUsd = slippagePaidUsd(closing, referencePrice, price, slip, spreadUsd, tickSize);
  const profitUsd = sign * closing * (price - entryPrice);
  const notionalUsd = closing * price;
  const beforeFeeUsd = marginUsd + profitUsd;
  const absorbedUsd = beforeFeeUsd < 0 ? -beforeFeeUsd : 0;
  const leftUsd = beforeFeeUsd + absorbedUsd;
  const feeUsd = Math.min(notionalUsd * costs.takerFee, leftUsd);
  const cashAfter = (doubles[CASH] ?? NaN) + (leftUsd - feeUsd);
  doubles[CASH] = cashAfter;
  doubles[REALISED] = (doubles[REALISED] ?? 0) + (grossUsd + absorbedUsd);
  doubles[FEES] = (doubles[FEES] ?? 0) + feeUsd;
  doubles[SPREAD] = (doubles[SPREAD] ?? 0) + spreadUsd;
  doubles[SLIPPAGE] = (doubles[SLIPPAGE] ?? 0) + slippageUsd;
  doubles[TRADED] = (doubles[TRADED] ?? 0) + notionalUsd;
  ints[FILLS] = (ints[FILLS] ?? 0) + 1;
  const netUsd = (doubles[d + TRADE_NET] ?? 0) + (profitUsd + absorbedUsd - feeUsd);
  ints[OPEN_NAMES] = (ints[OPEN_NAMES] ?? 0) - 1;
  ints[CLOSED_TRADES] = (ints[CLOSED_TRADES] ?? 0) + 1;
  if (netUsd > 0) {
    ints[WINS] = (ints[WINS] ?? 0) + 1;
    doubles[GROSS_PROFIT] = (doubles[GROSS_PROFIT] ?? 0) + netUsd;
  } else doubles[GROSS_LOSS] = (doubles[GROSS_LOSS] ?? 0) - netUsd;
  ints[LOSS_STREAK] = netUsd < 0 ? (ints[LOSS_STREAK] ?? 0) + 1 : 0;
  if (reason !== BY_STRATEGY) {
    ints[i + PROTECTED] = t;
    const state = ints[i + STATE] ?? 0;
    if ((state & STANCE_MASK) - 2 === sign) ints[i + STATE] = (state & ~STANCE_MASK) | (2 * sign + 2);
  }
  doubles[d + QUANTITY] = 0;
  unguard(work, s);

  const at = reserveRecord(ledger);
  const record = ledger.doubles;
  record[at] = lane.plan.position;
  record[at + 1] = market.openTimesMs[t] ?? NaN;
  record[at + 2] = venue.index[s] ?? -1;
  record[at + 3] = EXIT;
  record[at + 4] = reason;
  record[at + 5] = -sign * closing;
  record[at + 6] = referencePrice;
  record[at + 7] = price;
  record[at + 8] = feeUsd;
  record[at + 9] = spreadUsd;
  record[at + 10] = slippageUsd;
  record[at + 11] = grossUsd;
  record[at + 12] = absorbedUsd;
  record[at + 13] = 0;
  record[at + 14] = cashAfter;
  record[at + 15] = netUsd;
  record[at + 16] = 1;
}

/** As `bookFunding` does. */
export function payFunding(lane: Lane, ground: Ground, b: number, t: number): void {
  const { work, ledger, market, rows } = ground;
  const { doubles } = work;
  const { venue } = lane;
  const openMs = market.openTimesMs[t] ?? NaN;
  const closeMs = openMs + timeframeMs(market.timeframe);
  const symbols = market.symbols.length;
  for (let s = 0; s < venue.index.length; s++) {
    const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
    const quantity = doubles[d + QUANTITY] ?? 0;
    const index = venue.index[s] ?? -1;
    const series = market.funding[index];
    if (quantity === 0 || series === undefined) continue;
    const open = venue.candles[s]?.open[t] ?? NaN;
    // The mark before this bar; a position that was opened in this bar has an open.
    const carried = b > 0 ? rows.close[(b - 1) * symbols + index] : rows.closeBefore[index];
    const price = open === open ? open : (carried ?? NaN);
    for (let k = firstAtOrAfter(series.timesMs, openMs); k < series.timesMs.length; k++) {
      const timeMs = series.timesMs[k] ?? NaN;
      if (!(timeMs < closeMs)) break;
      const dueUsd = quantity * price * (series.rates[k] ?? 0);
      const marginUsd = doubles[d + MARGIN] ?? NaN;
      const paidUsd = Math.min(dueUsd, marginUsd);
      if (paidUsd === 0) continue;
      doubles[d + MARGIN] = marginUsd - paidUsd;
      doubles[d + TRADE_NET] = (doubles[d + TRADE_NET] ?? 0) - paidUsd;
      doubles[FUNDING] = (doubles[FUNDING] ?? 0) + paidUsd;
      guardPosition(work, lane, s);
      const at = reserveRecord(ledger);
      const record = ledger.doubles;
      record.fill(0, at, at + 17);
      record[at] = lane.plan.position;
      record[at + 1] = timeMs;
      record[at + 2] = index;
      record[at + 3] = PAID;
      record[at + 4] = BY_FUNDING;
      record[at + 6] = price;
      record[at + 7] = price;
      record[at + 11] = -paidUsd;
      record[at + 13] = quantity;
      record[at + 14] = doubles[CASH] ?? NaN;
    }
  }
}
