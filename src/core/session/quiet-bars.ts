/**
 * Most bars of a rule change nothing: no order waits, nothing is touched, the signal says what it said before.
 * Such bars only move the mark and the statistics, and are passed here in one loop. Every other bar is played by
 * the general session, which stays the definition: both ways give the same bytes, as a property in the tests.
 */
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { recordStretch } from '../metrics/scorecard.js';
import { type SignalRule, type Sizing, type Stances, nextStance } from '../strategies/signal-kind.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { type Session, isSampleBar, markPositions } from './session.js';

/** Where a run writes its curve. */
export interface Curve {
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
  readonly exposure: Float64Array;
  count: number;
}

/** What is needed to pass a session's quiet bars: its rule, and for every symbol the prices that end the quiet. */
export interface QuietPath {
  readonly rule: SignalRule<Sizing>;
  readonly below: Float64Array;
  readonly above: Float64Array;
}

/** Undefined where every bar needs the general session. */
export function quietPathOf(session: Session): QuietPath | undefined {
  const { plan, view, account } = session;
  // Breakers and protections look at every bar, and longer bars of its own are rare enough to be played one by one.
  if (plan.breakers !== undefined || plan.protection !== undefined) return undefined;
  if (plan.orphans !== undefined || view.closesAt !== undefined) return undefined;
  const { rule } = plan.kind as StrategyKind & { readonly rule?: SignalRule<Sizing> };
  if (rule === undefined) return undefined;
  const symbols = account.positions.length;
  return { rule, below: new Float64Array(symbols), above: new Float64Array(symbols) };
}

/** Passes quiet bars from slot `from` on; returns the first slot that is not quiet, or `end`. */
export function passQuietBars(
  session: Session,
  path: QuietPath,
  from: number,
  end: number,
  curve: Curve,
): number {
  const { account, orders, exits, unfilled } = session;
  const news = orders.length + exits.length + unfilled.length + session.refused.length;
  if (news > 0 || session.lastWhy !== 'hold' || session.fault !== '') return from;
  if (account.openNames > 0 && session.venue.hasFunding) return from;
  const to = quietUntil(session, path, from, end);
  if (to > from) recordBars(session, from, to, curve);
  return to;
}

/** The first slot on which something happens, or in which the session has no bar at all. */
function quietUntil(session: Session, path: QuietPath, from: number, end: number): number {
  const { venue, account, observation } = session;
  const { rule, below, above } = path;
  const stances = (session.memory as Stances).stance;
  const params = session.plan.params as Sizing;
  const asksLong = params.side !== 'short';
  const asksShort = params.side !== 'long';
  const { market: seen, features } = observation;
  const { positions } = account;
  const { openTimesMs } = venue.market;
  const dueMs = limitPrices(session, path);
  for (let t = from; t < end; t++) {
    if ((openTimesMs[t] ?? NaN) >= dueMs) return t;
    seen.t = t;
    features.t = t;
    let bars = 0;
    for (let own = 0; own < stances.length; own++) {
      const candles = venue.candles[own];
      if (candles === undefined) continue;
      const low = candles.low[t] ?? NaN;
      if (low !== low) continue;
      bars++;
      if (low <= (below[own] ?? NaN) || (candles.high[t] ?? NaN) >= (above[own] ?? NaN)) return t;
      const stance = stances[own] ?? 0;
      const after = nextStance(
        stance,
        asksLong ? rule.signal(params, 1, features, own, seen) : 'stay',
        asksShort ? rule.signal(params, -1, features, own, seen) : 'stay',
      );
      if (after !== stance) return t;
      const quantity = positions[own]?.quantity ?? 0;
      // Held as it should be: flat with no stance or a locked one, otherwise on the stance's side.
      const wanted = stance === 1 || stance === -1 ? stance : 0;
      if (quantity === 0 ? wanted !== 0 : !(quantity * wanted > 0)) return t;
    }
    if (bars === 0) return t;
  }
  return end;
}

/** Sets the prices that reach a stop, a target or the liquidation; returns when the first position must leave. */
function limitPrices({ account }: Session, { below, above }: QuietPath): TimeMs {
  let dueMs = Infinity;
  for (let own = 0; own < account.positions.length; own++) {
    below[own] = -Infinity;
    above[own] = Infinity;
    const position = account.positions[own];
    if (position === undefined || position.quantity === 0) continue;
    const { stopPrice, targetPrice, liquidationPrice, exitDueMs } = position;
    const long = position.quantity > 0;
    const [worse, better] = long ? [below, above] : [above, below];
    const farther = long ? Math.max : Math.min;
    // A price that is not there is NaN.
    if (stopPrice === stopPrice) worse[own] = stopPrice;
    if (liquidationPrice === liquidationPrice) worse[own] = farther(worse[own] ?? NaN, liquidationPrice);
    if (targetPrice === targetPrice) better[own] = targetPrice;
    if (exitDueMs < dueMs) dueMs = exitDueMs;
  }
  return dueMs;
}

/** Marks, decisions and statistics of the slots [from, to), and what the check of protection leaves behind. */
function recordBars(session: Session, from: number, to: number, curve: Curve): void {
  const { equity, exposure, barsMs, count: first } = curve;
  const { account, venue, barMs } = session;
  const { openTimesMs } = venue.market;
  let count = first;
  for (let t = from; t < to; t++) {
    if (account.openNames > 0 || t === from) markPositions(session, t);
    equity[count] = session.equityUsd;
    exposure[count] = session.grossExposureFraction;
    barsMs[count] = openTimesMs[t] ?? NaN;
    count++;
  }
  if (account.openNames > 0) moveBestPrices(session, from, to);
  session.dueDecisions += to - from;
  session.madeDecisions += to - from;
  const everyBar = barMs >= HOUR_MS;
  const sampled = (i: number): boolean => everyBar || isSampleBar(barMs, barsMs[i] ?? NaN);
  for (const card of session.cards) recordStretch(card, equity, exposure, first, count, sampled);
  curve.count = count;
}

function moveBestPrices({ venue, account }: Session, from: number, to: number): void {
  const { positions } = account;
  for (let own = 0; own < positions.length; own++) {
    const position = positions[own];
    const candles = venue.candles[own];
    if (position === undefined || candles === undefined || position.quantity === 0) continue;
    let best = position.bestPrice;
    const { high, low } = candles;
    if (position.quantity > 0) {
      for (let t = from; t < to; t++) best = (high[t] ?? NaN) > best ? (high[t] ?? NaN) : best;
    } else for (let t = from; t < to; t++) best = (low[t] ?? NaN) < best ? (low[t] ?? NaN) : best;
    position.bestPrice = best;
  }
}
