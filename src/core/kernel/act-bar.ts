/**
 * One bar of a lane in which something happens: fills at the open, funding, protection, mark and decision, by the same
 * formulas in the same order as the general session (DESIGN section 5; simulation/ and risk/ say why). It knows the
 * plain case only. Whatever a venue or a limit would refuse, and an exit that has to wait for a bar, ends it with
 * `false`: then the caller takes the state back and the general session plays the bar.
 */
import { roundDownToLot } from '../domain/instrument.js';
import { FILL_REASONS, LEDGER_EFFECTS, type LedgerBuffer, reserveRecord } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { timeframeMs } from '../domain/time.js';
import { LIMIT_TOLERANCE } from '../risk/limits.js';
import { firstAtOrAfter } from '../simulation/book-funding.js';
import { slippageFraction } from '../simulation/venue.js';
import { NO_BAR } from '../strategies/signal-codes.js';
import type { BlockRows } from './block-rows.js';
import type { Lane } from './lane.js';
import {
  BEST_PRICE,
  CASH,
  CLOSED_TRADES,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  DUE_DECISIONS,
  ENTRY_PRICE,
  FEES,
  FILLS,
  FUNDING,
  GROSS_LOSS,
  GROSS_PROFIT,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  LOSS_STREAK,
  MADE_DECISIONS,
  MARGIN,
  OPENED,
  OPEN_NAMES,
  ORDER_EXIT,
  ORDER_LONG,
  ORDER_SHIFT,
  ORDER_SHORT,
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
  WHY,
  WHY_ACT,
  WHY_HOLD,
  WINS,
} from './lane-layout.js';
import { NEXT_STANCE, type Work, guardPosition, unguard } from './work.js';

/** What the bars of one lane are played on, and where they leave their marks. */
export interface Ground {
  readonly market: MarketTable;
  readonly rows: BlockRows;
  readonly ledger: LedgerBuffer;
  readonly work: Work;
  /** By row. */
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}

const ENTRY = LEDGER_EFFECTS.indexOf('entry');
const EXIT = LEDGER_EFFECTS.indexOf('exit');
const PAID = LEDGER_EFFECTS.indexOf('funding');
const BY_STRATEGY = FILL_REASONS.indexOf('strategy');
const BY_STOP = FILL_REASONS.indexOf('stop');
const BY_TARGET = FILL_REASONS.indexOf('target');
const BY_MAX_HOLD = FILL_REASONS.indexOf('max-hold');
const BY_LIQUIDATION = FILL_REASONS.indexOf('liquidation');
const BY_FUNDING = FILL_REASONS.indexOf('funding');

/** Plays row `b`. After `true`, `work.ints[WHY]` says whether it acted, and the orders of the decision are in its state. */
export function actBar(lane: Lane, ground: Ground, b: number): boolean {
  const { work, rows, market } = ground;
  const { doubles, ints } = work;
  const t = rows.slots[b] ?? 0;
  if ((ints[OPEN_NAMES] ?? 0) > 0 && (rows.openMs[b] ?? NaN) >= work.dueMs) leaveWhatIsDue(lane, ground, t);
  if (!fillOrders(lane, ground, b, t)) return false;
  if ((ints[OPEN_NAMES] ?? 0) > 0) {
    if (rows.nextFunded[b] === b) payFunding(lane, ground, b, t);
    checkProtection(lane, ground, b, t);
  }
  let equity = doubles[CASH] ?? NaN;
  let gross = 0;
  if ((ints[OPEN_NAMES] ?? 0) > 0) {
    const { index } = lane.venue;
    const row = b * market.symbols.length;
    for (let s = 0, d = DOUBLES_HEAD; s < index.length; s++, d += DOUBLES_PER_SYMBOL) {
      const quantity = doubles[d + QUANTITY] ?? 0;
      if (quantity === 0) continue;
      const mark = rows.close[row + (index[s] ?? 0)] ?? NaN;
      equity += (doubles[d + MARGIN] ?? NaN) + quantity * (mark - (doubles[d + ENTRY_PRICE] ?? NaN));
      gross += Math.abs(quantity * mark);
    }
  }
  ground.equity[b] = equity;
  ground.exposure[b] = gross === 0 ? 0 : equity > 0 ? gross / equity : 0;
  ints[DUE_DECISIONS] = (ints[DUE_DECISIONS] ?? 0) + 1;
  ints[MADE_DECISIONS] = (ints[MADE_DECISIONS] ?? 0) + 1;
  return decide(lane, ground, b, equity);
}

function leaveWhatIsDue(lane: Lane, ground: Ground, t: number): void {
  const { doubles, ints } = ground.work;
  const { openTimesMs } = ground.market;
  const openMs = openTimesMs[t] ?? NaN;
  const { candles } = lane.venue;
  for (let s = 0; s < candles.length; s++) {
    if (doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] === 0) continue;
    const openedMs = openTimesMs[ints[INTS_HEAD + s * INTS_PER_SYMBOL + OPENED] ?? 0] ?? NaN;
    if (!(openedMs + lane.maxHoldMs <= openMs)) continue;
    const open = candles[s]?.open[t] ?? NaN;
    if (open === open) leave(lane, ground, t, s, open, BY_MAX_HOLD);
  }
}

/** False where an order would not fill as it stands. */
function fillOrders(lane: Lane, ground: Ground, b: number, t: number): boolean {
  const { doubles, ints } = ground.work;
  const { candles } = lane.venue;
  let entries = 0;
  for (let s = 0, i = INTS_HEAD + STATE; s < candles.length; s++, i += INTS_PER_SYMBOL) {
    const order = (ints[i] ?? 0) >> ORDER_SHIFT;
    if (order === 0) continue;
    entries |= order & (ORDER_LONG | ORDER_SHORT);
    // A protective exit may have been first.
    if ((order & ORDER_EXIT) === 0 || doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] === 0)
      continue;
    const open = candles[s]?.open[t] ?? NaN;
    if (open !== open) return false;
    leave(lane, ground, t, s, open, BY_STRATEGY);
  }
  for (let s = 0, i = INTS_HEAD + STATE; s < candles.length; s++, i += INTS_PER_SYMBOL) {
    const state = ints[i] ?? 0;
    const order = state >> ORDER_SHIFT;
    if (order === 0) continue;
    ints[i] = state & STANCE_MASK;
    if ((entries & order) === 0) continue;
    if (!enter(lane, ground, b, t, s, (order & ORDER_LONG) !== 0 ? 1 : -1)) return false;
  }
  return true;
}

/** As `fillEntry` does for a symbol that is flat. */
function enter(lane: Lane, ground: Ground, b: number, t: number, s: number, direction: number): boolean {
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
  const price = reference * (1 + direction * (halfSpread + slip));
  let quantity = fixed > 0 ? fixed : notionalAsked / price;
  if (quantity * price * perDollar > cash) quantity = affordableUsd / price;
  quantity = roundDownToLot(quantity, instrument.lotSize);
  const notionalUsd = quantity * price;
  if (!(quantity > 0)) return false;
  if (notionalUsd < Math.max(venue.limits.minNotionalUsd, instrument.minNotionalUsd)) return false;

  const feeUsd = notionalUsd * takerFee;
  const marginUsd = notionalUsd / leverage;
  const spreadUsd = quantity * reference * halfSpread;
  const slippageUsd = quantity * reference * slip;
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
function leave(
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
  const price = referencePrice * (1 - sign * (costs.halfSpread + slip));
  const grossUsd = sign * closing * (referencePrice - entryReference);
  const spreadUsd = closing * referencePrice * costs.halfSpread;
  const slippageUsd = closing * referencePrice * slip;
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
function payFunding(lane: Lane, ground: Ground, b: number, t: number): void {
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

/** As `checkProtection` does; best prices are caught up with at the end of a block. */
function checkProtection(lane: Lane, ground: Ground, b: number, t: number): void {
  const { work, rows, market } = ground;
  const { doubles, below, above } = work;
  const { index, candles } = lane.venue;
  const row = b * market.symbols.length;
  for (let s = 0; s < index.length; s++) {
    const low = rows.low[row + (index[s] ?? 0)] ?? NaN;
    const high = rows.high[row + (index[s] ?? 0)] ?? NaN;
    if (!(low <= (below[s] ?? NaN)) && !(high >= (above[s] ?? NaN))) continue;
    const quantity = doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] ?? 0;
    if (quantity === 0) continue;
    const open = candles[s]?.open[t] ?? NaN;
    const stop = work.stop[s] ?? NaN;
    const target = work.target[s] ?? NaN;
    const liquidation = work.liquidation[s] ?? NaN;
    if (quantity > 0) {
      if (open <= liquidation) leave(lane, ground, t, s, open, BY_LIQUIDATION);
      else if (low <= stop && !(stop <= liquidation))
        leave(lane, ground, t, s, open < stop ? open : stop, BY_STOP);
      else if (low <= liquidation) leave(lane, ground, t, s, liquidation, BY_LIQUIDATION);
      else if (high >= target) leave(lane, ground, t, s, open > target ? open : target, BY_TARGET);
    } else if (open >= liquidation) leave(lane, ground, t, s, open, BY_LIQUIDATION);
    else if (high >= stop && !(stop >= liquidation))
      leave(lane, ground, t, s, open > stop ? open : stop, BY_STOP);
    else if (high >= liquidation) leave(lane, ground, t, s, liquidation, BY_LIQUIDATION);
    else if (low <= target) leave(lane, ground, t, s, open < target ? open : target, BY_TARGET);
  }
}

/** As a signal kind decides and risk reviews; false where an entry would be refused. */
function decide(lane: Lane, ground: Ground, b: number, equityUsd: number): boolean {
  const { work } = ground;
  const { doubles, ints } = work;
  const { codes } = lane.signal;
  const symbols = lane.venue.index.length;
  let exits = 0;
  let entries = 0;
  for (let s = 0, i = INTS_HEAD + STATE, c = b * symbols; s < symbols; s++, i += INTS_PER_SYMBOL, c++) {
    const code = (codes[c] ?? NO_BAR) & lane.hears;
    if ((code & NO_BAR) !== 0) continue;
    const known = (ints[i] ?? 0) & STANCE_MASK;
    const held = doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] ?? 0;
    const before = known === 2 && held !== 0 ? inherited(lane, held) : known;
    const stance = NEXT_STANCE[before * 32 + code] ?? 0;
    let order = 0;
    if (held !== 0 && !(stance === 1 ? held > 0 : stance === -1 && held < 0)) {
      order = ORDER_EXIT;
      exits++;
    }
    if ((stance === 1 || stance === -1) && (held === 0 || order !== 0)) {
      order |= stance === 1 ? ORDER_LONG : ORDER_SHORT;
      entries++;
    }
    ints[i] = (order << ORDER_SHIFT) | (stance + 2);
  }
  ints[WHY] = exits + entries > 0 ? WHY_ACT : WHY_HOLD;
  return entries === 0 || review(lane, ground, b, equityUsd);
}

/** Stance + 2 of a position that somebody else opened, where this lane takes its side. */
function inherited({ params }: Lane, held: number): number {
  if (held > 0 && params.side !== 'short') return 3;
  return held < 0 && params.side !== 'long' ? 1 : 2;
}

/** Whether risk approves of every entry, as `reviewIntents` asks: closes first, then the entries, each seeing the others. */
function review(lane: Lane, ground: Ground, b: number, equityUsd: number): boolean {
  const { work, rows, market } = ground;
  const { doubles, ints, symbolUsd } = work;
  const { venue, leverage, params } = lane;
  const { limits, index } = venue;
  const symbols = index.length;
  const row = b * market.symbols.length;
  let freeCashUsd = doubles[CASH] ?? NaN;
  let grossUsd = 0;
  let openNames = ints[OPEN_NAMES] ?? 0;
  for (let s = 0, d = DOUBLES_HEAD; s < symbols; s++, d += DOUBLES_PER_SYMBOL) {
    const quantity = doubles[d + QUANTITY] ?? 0;
    const usd = quantity === 0 ? 0 : Math.abs(quantity * (rows.close[row + (index[s] ?? 0)] ?? NaN));
    symbolUsd[s] = usd;
    if (quantity !== 0) grossUsd += usd;
  }
  for (
    let s = 0, d = DOUBLES_HEAD, i = INTS_HEAD + STATE;
    s < symbols;
    s++, d += DOUBLES_PER_SYMBOL, i += INTS_PER_SYMBOL
  ) {
    if ((((ints[i] ?? 0) >> ORDER_SHIFT) & ORDER_EXIT) === 0) continue;
    const quantity = doubles[d + QUANTITY] ?? 0;
    const mark = rows.close[row + (index[s] ?? 0)] ?? NaN;
    const freedUsd = Math.abs(quantity) * mark;
    grossUsd -= freedUsd;
    freeCashUsd += (doubles[d + MARGIN] ?? NaN) + quantity * (mark - (doubles[d + ENTRY_PRICE] ?? NaN));
    symbolUsd[s] = (symbolUsd[s] ?? 0) - freedUsd;
    openNames--;
  }
  const shareUsd = (params.exposure * equityUsd) / symbols;
  for (let s = 0, i = INTS_HEAD + STATE; s < symbols; s++, i += INTS_PER_SYMBOL) {
    const order = (ints[i] ?? 0) >> ORDER_SHIFT;
    if ((order & (ORDER_LONG | ORDER_SHORT)) === 0) continue;
    const instrument = venue.instruments[s];
    const price = rows.close[row + (index[s] ?? 0)] ?? NaN;
    if (instrument === undefined || !(price > 0)) return false;
    const direction = (order & ORDER_LONG) !== 0 ? 1 : -1;
    const usedUsd = symbolUsd[s] ?? 0;
    if (!onRightSide(lane, price, direction)) return false;
    const askedUsd = params.quantity === undefined ? shareUsd : params.quantity * price;
    if (!(askedUsd > 0 && Number.isFinite(askedUsd))) return false;
    const notionalUsd = Math.min(askedUsd, freeCashUsd * leverage);
    if (!(notionalUsd > 0)) return false;
    if (instrument.lotSize > 0 && roundDownToLot(notionalUsd / price, instrument.lotSize) === 0) return false;
    if (notionalUsd < Math.max(limits.minNotionalUsd, instrument.minNotionalUsd)) return false;
    if (notionalUsd > limits.maxOrderValueUsd) return false;
    if ((usedUsd + notionalUsd) / equityUsd > limits.maxSymbolExposureFraction + LIMIT_TOLERANCE)
      return false;
    if ((grossUsd + notionalUsd) / equityUsd > limits.maxGrossExposureFraction + LIMIT_TOLERANCE)
      return false;
    const opensName = usedUsd <= 0;
    if (opensName && openNames >= limits.maxOpenNames) return false;
    grossUsd += notionalUsd;
    freeCashUsd -= notionalUsd / leverage;
    symbolUsd[s] = usedUsd + notionalUsd;
    if (opensName) openNames++;
  }
  doubles[ORDER_USD] = shareUsd;
  return true;
}

/** A stop or a target nearer than rounding can tell would lie on the wrong side of its price. */
function onRightSide(lane: Lane, price: number, direction: number): boolean {
  if (lane.stop === lane.stop) {
    const stop = price * (1 - direction * lane.stop);
    if (!(direction * (price - stop) > 0) || !(stop > 0 || direction > 0)) return false;
  }
  if (lane.target === lane.target) {
    const target = price * (1 + direction * lane.target);
    if (!(direction * (target - price) > 0)) return false;
  }
  return true;
}
