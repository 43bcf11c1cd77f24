/**
 * Runs a kind on a made market, again, and on the same market cut off at random bars. Whoever decides
 * differently before the cut has seen what came after it, or remembers something outside its memory. Both
 * would make the arena's past depend on its future, so such a kind does not enter.
 */
import { DEFAULT_COSTS } from '../domain/costs.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { createLedgerBuffer } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { sliceMarket } from '../domain/slice-market.js';
import { uniformAt } from '../domain/rng.js';
import { createMarketViews } from '../indicators/market-views.js';
import { generateMarket } from '../market/generate-market.js';
import { withMadeReadings } from '../market/made-readings.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { type DecisionRecord, decideSession } from './decide.js';
import { advanceSession, openSession } from './session.js';
import type { SessionPlan } from './session-plan.js';

export interface AuditSubject {
  readonly kind: StrategyKind;
  readonly params: unknown;
  readonly symbols: readonly string[];
  readonly instrument: 'spot' | 'perpetual';
}

const CUTS = 8;
const BARS_AFTER_WARMUP = 160;
const AUDIT_SEED = 20_260_101;
const AUDIT_FROM_MS = Date.UTC(2026, 0, 1);

/** Undefined when nothing was found; otherwise what is wrong, in words. */
export function auditKind(subject: AuditSubject): string | undefined {
  const warmup = subject.kind.warmupBars(subject.params);
  const market = madeMarket(subject, warmup + BARS_AFTER_WARMUP);
  const whole = decisions(subject, market);
  const again = decisions(subject, market);
  const differs = firstDifference(whole, again, market.length);
  if (differs !== undefined)
    return `decides differently at bar ${String(differs)} when it is run again: it must depend on its observation and its memory alone`;
  for (let i = 0; i < CUTS; i++) {
    const cut = warmup + 1 + Math.floor(uniformAt(AUDIT_SEED, i, 0) * (BARS_AFTER_WARMUP - 2));
    const seen = firstDifference(whole, decisions(subject, sliceMarket(market, 0, cut)), cut);
    if (seen !== undefined)
      return `decides differently at bar ${String(seen)} when the bars from ${String(cut)} on are missing: it looks ahead, or it keeps something outside its memory`;
  }
  return undefined;
}

function madeMarket({ symbols, instrument }: AuditSubject, length: number): MarketTable {
  return generateMarket({
    seed: AUDIT_SEED,
    symbols,
    timeframe: '1h',
    startMs: AUDIT_FROM_MS,
    length,
    perpetual: instrument === 'perpetual',
  });
}

/** One line for every bar: what was decided there. Faults are decisions too. */
function decisions(subject: AuditSubject, market: MarketTable): string[] {
  const plan: SessionPlan = {
    position: 0,
    kind: subject.kind,
    params: subject.params,
    seed: 1,
    symbols: subject.symbols,
    timeframe: market.timeframe,
    cashUsd: 10_000,
    costs: DEFAULT_COSTS,
    limits: DEFAULT_LIMITS,
  };
  // Readings of spot markets are told by nobody.
  const seen = subject.instrument === 'perpetual' ? withMadeReadings(market, AUDIT_SEED) : market;
  const session = openSession(plan, createMarketViews(seen), createLedgerBuffer());
  const lines: string[] = [];
  for (let t = 0; t < market.length; t++) {
    const keep: DecisionRecord[] = [];
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    decideSession(session, t, keep);
    lines.push(canonicalJson([session.lastWhy, session.fault, session.equityUsd, ...keep.map(plainRecord)]));
    // What the journal saves is what comes back after a restart.
    session.memory = JSON.parse(JSON.stringify(session.memory ?? null)) as unknown;
  }
  return lines;
}

function plainRecord(record: DecisionRecord): unknown {
  return {
    why: record.why.code,
    intents: record.intents,
    refused: record.refused,
    unfilled: record.unfilled,
  };
}

function firstDifference(a: readonly string[], b: readonly string[], length: number): number | undefined {
  for (let t = 0; t < length; t++) if (a[t] !== b[t]) return t;
  return undefined;
}
