/** Between the arrays and the general session: the same state, there and back, bit for bit. */
import type { Account } from '../domain/account.js';
import { clearPosition } from '../domain/position.js';
import type { MarketTable } from '../domain/market-table.js';
import type { Order } from '../domain/intent.js';
import { firstIndexAtOrAfter } from '../domain/market-table.js';
import type { Session } from '../session/session.js';
import type { Stances } from '../strategies/signal-kind.js';
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
  WINS,
  WHY_CODES,
} from './lane-layout.js';
import { type Work, guardPosition } from './work.js';

const WHY_TEXTS: readonly string[] = WHY_CODES;

/** The mark of a symbol after row `b`, and its age; `b` = -1 is before the first. */
interface Marks {
  close(symbol: number): number;
  stale(symbol: number): number;
}

export function marksAt(rows: BlockRows, symbols: number, b: number): Marks {
  return b < 0
    ? {
        close: (s) => rows.closeBefore[s] ?? NaN,
        stale: (s) => rows.staleBefore[s] ?? 0,
      }
    : {
        close: (s) => rows.close[b * symbols + s] ?? NaN,
        stale: (s) => rows.stale?.[b * symbols + s] ?? 0,
      };
}

/** Writes the state after row `b` of slot `t` into the lane's session. */
export function writeLane(
  work: Work,
  lane: Lane,
  session: Session,
  market: MarketTable,
  marks: Marks,
  t: number,
): void {
  const { doubles, ints } = work;
  const { account, barMs } = session;
  const { openTimesMs } = market;
  writeAccount(account, doubles, ints);
  session.dueDecisions = ints[DUE_DECISIONS] ?? 0;
  session.madeDecisions = ints[MADE_DECISIONS] ?? 0;
  session.lastWhy = WHY_CODES[ints[WHY] ?? 0] ?? '';
  const before = (session.memory as Stances).stance;
  // Most lanes have no orders and the stances of before: nothing is made for them.
  let exits = NO_ORDERS;
  let entries = NO_ORDERS;
  let sameStance = true;
  let equity = account.cashUsd;
  let gross = 0;
  const decidedAtMs = (openTimesMs[t] ?? NaN) + barMs;
  for (let s = 0; s < account.positions.length; s++) {
    const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
    const i = INTS_HEAD + s * INTS_PER_SYMBOL;
    const position = account.positions[s];
    const index = lane.venue.index[s] ?? -1;
    if (position === undefined) continue;
    const state = ints[i + STATE] ?? 0;
    if (before[s] !== (state & STANCE_MASK) - 2) sameStance = false;
    const order = state >> ORDER_SHIFT;
    const quantity = doubles[d + QUANTITY] ?? 0;
    const protectedAt = ints[i + PROTECTED] ?? -1;
    position.protectedAtMs = protectedAt < 0 ? NaN : (openTimesMs[protectedAt] ?? NaN);
    if (quantity === 0) clearPosition(position);
    else {
      const opened = ints[i + OPENED] ?? 0;
      guardPosition(work, lane, s);
      position.quantity = quantity;
      position.entryPrice = doubles[d + ENTRY_PRICE] ?? NaN;
      position.entryReferencePrice = lane.venue.candles[s]?.open[opened] ?? NaN;
      position.marginUsd = doubles[d + MARGIN] ?? NaN;
      position.leverage = lane.leverage;
      position.stopPrice = work.stop[s] ?? NaN;
      position.targetPrice = work.target[s] ?? NaN;
      position.liquidationPrice = work.liquidation[s] ?? NaN;
      position.openedAtMs = openTimesMs[opened] ?? NaN;
      position.exitDueMs = position.openedAtMs + lane.maxHoldMs;
      position.bestPrice = doubles[d + BEST_PRICE] ?? NaN;
      position.tradeNetUsd = doubles[d + TRADE_NET] ?? NaN;
      position.markPrice = marks.close(index);
      position.staleBars = marks.stale(index);
      equity += position.marginUsd + quantity * (position.markPrice - position.entryPrice);
      gross += Math.abs(quantity * position.markPrice);
    }
    if ((order & ORDER_EXIT) !== 0) exits = [...exits, exitOrder(s, quantity, lane, decidedAtMs)];
    if ((order & (ORDER_LONG | ORDER_SHORT)) !== 0)
      entries = [
        ...entries,
        entryOrder(s, (order & ORDER_LONG) !== 0 ? 1 : -1, doubles[ORDER_USD] ?? NaN, lane, decidedAtMs),
      ];
  }
  session.equityUsd = equity;
  session.grossExposureFraction = gross === 0 ? 0 : equity > 0 ? gross / equity : 0;
  if (!sameStance)
    session.memory = {
      stance: account.positions.map(
        (_, s) => ((ints[INTS_HEAD + s * INTS_PER_SYMBOL + STATE] ?? 0) & STANCE_MASK) - 2,
      ),
    } satisfies Stances;
  session.orders = entries.length === 0 ? exits : [...exits, ...entries];
  if (session.refused.length > 0) session.refused = [];
}

const NO_ORDERS: readonly Order[] = [];

/** Reads the session's state after slot `t` into the work; false where the arrays cannot hold it. */
export function readLane(
  work: Work,
  lane: Lane,
  session: Session,
  market: MarketTable,
  marks: Marks,
  t: number,
): boolean {
  const { doubles, ints } = work;
  const { account, barMs } = session;
  const { openTimesMs } = market;
  const why = WHY_TEXTS.indexOf(session.lastWhy);
  const news = session.exits.length + session.unfilled.length + session.refused.length;
  if (why < 0 || session.fault !== '' || news > 0 || account.modelCostUsd !== 0) return false;
  readAccount(account, doubles, ints);
  ints[DUE_DECISIONS] = session.dueDecisions;
  ints[MADE_DECISIONS] = session.madeDecisions;
  ints[WHY] = why;
  const { stance } = session.memory as Stances;
  for (let s = 0; s < account.positions.length; s++) {
    const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
    const i = INTS_HEAD + s * INTS_PER_SYMBOL;
    const position = account.positions[s];
    const known = stance[s] ?? NaN;
    if (position === undefined || !(known >= -2 && known <= 2)) return false;
    const protectedAt = slotOf(market, position.protectedAtMs);
    if (protectedAt < -1) return false;
    ints[i + STATE] = known + 2;
    ints[i + PROTECTED] = protectedAt;
    ints[i + OPENED] = 0;
    doubles[d + QUANTITY] = position.quantity;
    doubles[d + ENTRY_PRICE] = position.entryPrice;
    doubles[d + MARGIN] = position.marginUsd;
    doubles[d + TRADE_NET] = position.tradeNetUsd;
    doubles[d + BEST_PRICE] = position.bestPrice;
    if (position.quantity === 0) continue;
    const opened = slotOf(market, position.openedAtMs);
    if (opened < 0) return false;
    ints[i + OPENED] = opened;
    guardPosition(work, lane, s);
    const index = lane.venue.index[s] ?? -1;
    const agrees =
      Object.is(position.entryReferencePrice, lane.venue.candles[s]?.open[opened]) &&
      Object.is(position.stopPrice, work.stop[s]) &&
      Object.is(position.targetPrice, work.target[s]) &&
      Object.is(position.liquidationPrice, work.liquidation[s]) &&
      Object.is(position.exitDueMs, position.openedAtMs + lane.maxHoldMs) &&
      position.leverage === lane.leverage &&
      Object.is(position.markPrice, marks.close(index)) &&
      position.staleBars === marks.stale(index);
    if (!agrees) return false;
  }
  return readOrders(work, lane, session.orders, (openTimesMs[t] ?? NaN) + barMs);
}

/** Field by field, and not through a list of names: they are read and written for every lane at every live bar. */
function writeAccount(account: Account, doubles: Float64Array, ints: Int32Array): void {
  account.cashUsd = doubles[CASH] ?? NaN;
  account.realisedUsd = doubles[REALISED] ?? NaN;
  account.feesUsd = doubles[FEES] ?? NaN;
  account.spreadUsd = doubles[SPREAD] ?? NaN;
  account.slippageUsd = doubles[SLIPPAGE] ?? NaN;
  account.fundingUsd = doubles[FUNDING] ?? NaN;
  account.grossProfitUsd = doubles[GROSS_PROFIT] ?? NaN;
  account.grossLossUsd = doubles[GROSS_LOSS] ?? NaN;
  account.tradedNotionalUsd = doubles[TRADED] ?? NaN;
  account.fills = ints[FILLS] ?? 0;
  account.closedTrades = ints[CLOSED_TRADES] ?? 0;
  account.wins = ints[WINS] ?? 0;
  account.lossStreak = ints[LOSS_STREAK] ?? 0;
  account.openNames = ints[OPEN_NAMES] ?? 0;
}

function readAccount(account: Account, doubles: Float64Array, ints: Int32Array): void {
  doubles[CASH] = account.cashUsd;
  doubles[REALISED] = account.realisedUsd;
  doubles[FEES] = account.feesUsd;
  doubles[SPREAD] = account.spreadUsd;
  doubles[SLIPPAGE] = account.slippageUsd;
  doubles[FUNDING] = account.fundingUsd;
  doubles[GROSS_PROFIT] = account.grossProfitUsd;
  doubles[GROSS_LOSS] = account.grossLossUsd;
  doubles[TRADED] = account.tradedNotionalUsd;
  ints[FILLS] = account.fills;
  ints[CLOSED_TRADES] = account.closedTrades;
  ints[WINS] = account.wins;
  ints[LOSS_STREAK] = account.lossStreak;
  ints[OPEN_NAMES] = account.openNames;
}

/** Slot of a bar by its open; -1 for NaN, -2 where the axis does not have it. */
function slotOf(market: MarketTable, openMs: number): number {
  if (Number.isNaN(openMs)) return -1;
  const slot = firstIndexAtOrAfter(market, openMs);
  return market.openTimesMs[slot] === openMs ? slot : -2;
}

/** Only orders as the kernel would have made them at this close, in its order. */
function readOrders(work: Work, lane: Lane, orders: readonly Order[], decidedAtMs: number): boolean {
  const { doubles, ints } = work;
  let usd = NaN;
  let place = -1;
  for (const order of orders) {
    const i = INTS_HEAD + order.symbol * INTS_PER_SYMBOL + STATE;
    const quantity = doubles[DOUBLES_HEAD + order.symbol * DOUBLES_PER_SYMBOL + QUANTITY] ?? 0;
    const entry = order.effect === 'entry';
    const rank = order.symbol + (entry ? orders.length + lane.venue.index.length : 0);
    if (rank <= place) return false;
    place = rank;
    if (entry && !(usd === usd) && order.quantity === 0) usd = order.notionalUsd;
    const same = entry
      ? entryOrder(order.symbol, order.direction, usd, lane, decidedAtMs)
      : exitOrder(order.symbol, quantity, lane, decidedAtMs);
    if (!sameOrder(order, same)) return false;
    const bit = !entry ? ORDER_EXIT : order.direction > 0 ? ORDER_LONG : ORDER_SHORT;
    ints[i] = (ints[i] ?? 0) | (bit << ORDER_SHIFT);
  }
  doubles[ORDER_USD] = usd;
  return true;
}

function exitOrder(symbol: number, quantity: number, lane: Lane, decidedAtMs: number): Order {
  return {
    symbol,
    effect: 'exit',
    direction: quantity > 0 ? -1 : 1,
    quantity: Math.abs(quantity),
    notionalUsd: 0,
    leverage: lane.leverage,
    stop: undefined,
    target: undefined,
    maxHoldMs: undefined,
    decidedAtMs,
  };
}

function entryOrder(symbol: number, direction: 1 | -1, usd: number, lane: Lane, decidedAtMs: number): Order {
  const { params } = lane;
  return {
    symbol,
    effect: 'entry',
    direction,
    quantity: params.quantity ?? 0,
    notionalUsd: params.quantity === undefined ? usd : 0,
    leverage: lane.leverage,
    stop: params.stop === undefined ? undefined : { fraction: params.stop },
    target: params.target === undefined ? undefined : { fraction: params.target },
    maxHoldMs: params.maxHoldBars === undefined ? undefined : lane.maxHoldMs,
    decidedAtMs,
  };
}

function sameOrder(a: Order, b: Order): boolean {
  return (
    a.effect === b.effect &&
    a.direction === b.direction &&
    a.quantity === b.quantity &&
    a.notionalUsd === b.notionalUsd &&
    a.leverage === b.leverage &&
    sameLevel(a.stop, b.stop) &&
    sameLevel(a.target, b.target) &&
    a.maxHoldMs === b.maxHoldMs &&
    a.decidedAtMs === b.decidedAtMs &&
    a.reason === undefined
  );
}

function sameLevel(a: Order['stop'], b: Order['stop']): boolean {
  if (a === undefined || b === undefined) return a === b;
  return 'fraction' in a && 'fraction' in b && a.fraction === b.fraction;
}
