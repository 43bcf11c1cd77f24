/**
 * Most bars of a rule change nothing: no order waits, nothing is touched, the signal says what it said before.
 * Such bars only move the mark and the statistics, and are passed here in one loop. Every other bar is played by
 * the general session, which stays the definition: both ways give the same bytes, as a property in the tests.
 */
import { slotHasBar } from '../domain/market-table.js';
import { recordStretch } from '../metrics/scorecard.js';
import { isTouched } from '../simulation/protective-exits.js';
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

type Rule = SignalRule<Sizing>;

/** The rule of a session whose bars may be quiet; undefined where every bar needs the general session. */
export function quietRuleOf(session: Session): Rule | undefined {
  const { plan, view } = session;
  // Breakers look at every bar, and longer bars of its own are rare enough to be played one by one.
  if (plan.breakers !== undefined || view.closesAt !== undefined) return undefined;
  return (plan.kind as StrategyKind & { readonly rule?: Rule }).rule;
}

/** Passes quiet bars from slot `from` on; returns the first slot that is not quiet, or `end`. */
export function passQuietBars(session: Session, rule: Rule, from: number, end: number, curve: Curve): number {
  const { venue, account, observation, orders, exits, unfilled } = session;
  const news = orders.length + exits.length + unfilled.length + session.refused.length;
  if (news > 0 || session.lastWhy !== 'hold' || session.fault !== '') return from;
  const held = account.openNames > 0;
  if (held && venue.hasFunding) return from;
  const { market } = venue;
  const stances = (session.memory as Stances).stance;
  const params = session.plan.params as Sizing;
  const { market: seen, features } = observation;
  const { positions } = account;
  const { equity, exposure, barsMs } = curve;
  let { count } = curve;
  let t = from;
  for (; t < end; t++) {
    seen.t = t;
    features.t = t;
    const openMs = market.openTimesMs[t] ?? NaN;
    let bars = 0;
    let quiet = true;
    for (let own = 0; own < stances.length; own++) {
      const candles = venue.candles[own];
      const position = positions[own];
      const close = candles?.close[t] ?? NaN;
      if (candles === undefined || position === undefined || close !== close) continue;
      bars++;
      const { quantity } = position;
      if (quantity !== 0) {
        const open = candles.open[t] ?? NaN;
        const high = candles.high[t] ?? NaN;
        const low = candles.low[t] ?? NaN;
        if (position.exitDueMs <= openMs || isTouched(position, open, high, low)) {
          quiet = false;
          break;
        }
      }
      const stance = stances[own] ?? 0;
      const after = nextStance(
        stance,
        params.side === 'short' ? 'stay' : rule.signal(params, 1, features, own, seen),
        params.side === 'long' ? 'stay' : rule.signal(params, -1, features, own, seen),
      );
      const wanted = after === 1 || after === -1 ? after : 0;
      if (after !== stance || (quantity === 0 ? wanted !== 0 : !(quantity * wanted > 0))) {
        quiet = false;
        break;
      }
    }
    if (!quiet) break;
    if (bars === 0) {
      if (slotHasBar(market, t)) break;
      continue;
    }
    if (held) moveBestPrices(session, t);
    markPositions(session, t);
    equity[count] = session.equityUsd;
    exposure[count] = session.grossExposureFraction;
    barsMs[count] = openMs;
    count++;
  }
  recordBars(session, curve, count);
  return t;
}

/** The decisions and statistics of the bars that were passed. */
function recordBars(session: Session, curve: Curve, count: number): void {
  const { equity, exposure, barsMs, count: first } = curve;
  const { barMs } = session;
  session.dueDecisions += count - first;
  session.madeDecisions += count - first;
  const sampled = (i: number): boolean => isSampleBar(barMs, barsMs[i] ?? NaN);
  for (const card of session.cards) recordStretch(card, equity, exposure, first, count, sampled);
  curve.count = count;
}

/** What the check of protective exits leaves behind where nothing is touched. */
function moveBestPrices({ venue, account }: Session, t: number): void {
  const { positions } = account;
  for (let own = 0; own < positions.length; own++) {
    const position = positions[own];
    if (position === undefined || position.quantity === 0) continue;
    const high = venue.candles[own]?.high[t] ?? NaN;
    const low = venue.candles[own]?.low[t] ?? NaN;
    if (position.quantity > 0) {
      if (high > position.bestPrice) position.bestPrice = high;
    } else if (low < position.bestPrice) position.bestPrice = low;
  }
}
