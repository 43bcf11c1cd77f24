/** What goes from the old champion's session to the new one's when the account changes hands. */
import { ACCOUNT_FIELDS } from '../domain/account.js';
import type { Order } from '../domain/intent.js';
import { POSITION_FIELDS } from '../domain/position.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { fixedStop, nearerStop, PROTECTION_FIELDS } from '../risk/account-protection.js';
import { BREAKER_FIELDS } from '../risk/breakers.js';
import type { Session } from '../session/session.js';
import { type HandoverPlan, type HeldPosition, ORPHAN_HOURS } from './plan-handover.js';

/** All symbols of a session, orphans included, in the order of its positions. */
export function heldSymbols({ plan }: Session): readonly string[] {
  return [...plan.symbols, ...(plan.orphans ?? [])];
}

/** What is held, for the plan. The stop is the nearer one of the position's own and the account's. */
export function heldPositions(session: Session): HeldPosition[] {
  const symbols = heldSymbols(session);
  return session.account.positions.map((position, own) => ({
    symbol: symbols[own] ?? '',
    quantity: position.quantity,
    markPrice: position.markPrice,
    stopPrice: nearerStop(position.quantity, position.stopPrice, fixedStop(position, session.guard?.rules)),
  }));
}

/** Money, positions with everything that belongs to them, latches, marks and statistics. */
export function carryAccount(old: Session, next: Session): void {
  for (const field of ACCOUNT_FIELDS) next.account[field] = old.account[field];
  const symbols = heldSymbols(next);
  heldSymbols(old).forEach((symbol, i) => {
    const from = old.account.positions[i];
    const to = next.account.positions[symbols.indexOf(symbol)];
    if (from === undefined || to === undefined) {
      if (from !== undefined && from.quantity !== 0)
        throw new Error(`${symbol} would be lost in the hand-over`);
      return;
    }
    for (const field of POSITION_FIELDS) to[field] = from[field];
  });
  if (old.breakers !== undefined && next.breakers !== undefined)
    for (const field of BREAKER_FIELDS) next.breakers[field] = old.breakers[field];
  if (old.guard !== undefined && next.guard !== undefined)
    for (const field of PROTECTION_FIELDS) next.guard.state[field] = old.guard.state[field];
  next.equityUsd = old.equityUsd;
  next.grossExposureFraction = old.grossExposureFraction;
  next.cards = old.cards;
  next.dueDecisions = old.dueDecisions;
  next.madeDecisions = old.madeDecisions;
}

/** Orders of a hand-over, and what became of those that waited. */
export interface OrdersAfter {
  readonly orders: readonly Order[];
  /** Symbols whose waiting exits go on. */
  readonly carried: readonly string[];
  /** Symbols whose waiting entries do not. */
  readonly lapsed: readonly string[];
}

/**
 * An exit that was decided stands, whoever decided it: the position would otherwise stay without anybody having
 * said so. An entry was the old champion's opinion and lapses. A planned close replaces whatever waited.
 */
export function ordersAfter(old: Session, next: Session, plan: HandoverPlan, nowMs: TimeMs): OrdersAfter {
  const before = heldSymbols(old);
  const symbols = heldSymbols(next);
  const closing = plan.steps.filter((step) => step.action === 'close').map((step) => step.symbol);
  const orders = closing.map((symbol) => exitOrder(next, symbols.indexOf(symbol), nowMs, 'hand-over'));
  const carried: string[] = [];
  const lapsed: string[] = [];
  for (const order of old.orders) {
    const symbol = before[order.symbol] ?? '';
    const own = symbols.indexOf(symbol);
    if (order.effect === 'entry') lapsed.push(symbol);
    else if (!closing.includes(symbol) && (next.account.positions[own]?.quantity ?? 0) !== 0) {
      orders.push({ ...order, symbol: own });
      carried.push(symbol);
    }
  }
  return { orders, carried, lapsed };
}

/** Sells or buys back all of a position at the next open. */
export function exitOrder(session: Session, own: number, nowMs: TimeMs, reason: 'hand-over' | 'kill'): Order {
  const position = session.account.positions[own];
  if (position === undefined || position.quantity === 0) throw new Error('there is nothing to close');
  return {
    symbol: own,
    effect: 'exit',
    direction: position.quantity > 0 ? -1 : 1,
    quantity: Math.abs(position.quantity),
    notionalUsd: 0,
    leverage: position.leverage,
    stop: undefined,
    target: undefined,
    maxHoldMs: undefined,
    decidedAtMs: nowMs,
    reason,
  };
}

/** Nothing stays for ever that nobody trades. */
export function limitStay(session: Session, symbol: string, nowMs: TimeMs): void {
  const position = session.account.positions[heldSymbols(session).indexOf(symbol)];
  if (position === undefined) return;
  const latestMs = nowMs + ORPHAN_HOURS * HOUR_MS;
  position.exitDueMs = Math.min(Number.isNaN(position.exitDueMs) ? latestMs : position.exitDueMs, latestMs);
}
