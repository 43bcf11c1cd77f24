/** What a signal kind decides at a close, and whether risk approves: as `signalKind` and `reviewIntents` say it. */
import { roundDownToLot } from '../domain/instrument.js';
import { LIMIT_TOLERANCE } from '../risk/limits.js';
import { NO_BAR } from '../strategies/signal-codes.js';
import type { Ground } from './ground.js';
import type { Lane } from './lane.js';
import {
  CASH,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  ENTRY_PRICE,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  MARGIN,
  OPEN_NAMES,
  ORDER_EXIT,
  ORDER_LONG,
  ORDER_SHIFT,
  ORDER_SHORT,
  ORDER_USD,
  QUANTITY,
  STANCE_MASK,
  STATE,
  WHY,
  WHY_ACT,
  WHY_HOLD,
} from './lane-layout.js';
import { NEXT_STANCE } from './work.js';

/** As a signal kind decides and risk reviews; false where an entry would be refused. */
export function decide(lane: Lane, ground: Ground, b: number, equityUsd: number): boolean {
  const { work } = ground;
  const { doubles, ints } = work;
  const { codes } = lane.signal;
  const nextStance = NEXT_STANCE;
  const symbols = lane.venue.index.length;
  let exits = 0;
  let entries = 0;
  for (let s = 0, i = INTS_HEAD + STATE, c = b * symbols; s < symbols; s++, i += INTS_PER_SYMBOL, c++) {
    const code = (codes[c] ?? NO_BAR) & lane.hears;
    if ((code & NO_BAR) !== 0) continue;
    const known = (ints[i] ?? 0) & STANCE_MASK;
    const held = doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] ?? 0;
    const before = known === 2 && held !== 0 ? inherited(lane, held) : known;
    const stance = nextStance[before * 32 + code] ?? 0;
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
