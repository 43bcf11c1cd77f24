import { HOUR_MS, type TimeMs } from '../../domain/time.js';
import type { Regime } from './regime.js';
import { FAILURE_LIFE_MS, type RegimeCache, regimeKey } from './regime-cache.js';
import type { RegimeHybridParams } from './regime-hybrid.js';
import type { RegimeMemory, RegimeSource } from './regime-memory.js';

/** The regime of one symbol as a contestant's memory has it. */
export interface RegimeRow {
  readonly symbol: string;
  /** Of the last decision; undefined before the first that could be made. */
  readonly regime: Regime | undefined;
  readonly source: RegimeSource | undefined;
  /** Since the model said it, or since the heuristic did. */
  readonly ageMs: number | undefined;
  /** The close at which the model is asked next; undefined where no model is asked. */
  readonly nextDueMs: TimeMs | undefined;
  /** What went wrong when it was asked last, where it did. */
  readonly failure: string | undefined;
}

export interface RegimesSeen {
  readonly rows: readonly RegimeRow[];
  readonly decisions: number;
  readonly onHeuristic: number;
}

/** What a contestant of one of the two kinds remembers at `nowMs`; undefined for every other kind. */
export function describeRegimes(
  kind: string,
  params: unknown,
  memory: unknown,
  symbols: readonly string[],
  nowMs: TimeMs,
  /** Length of the contestant's own bars. */
  barMs: number,
): RegimesSeen | undefined {
  if (kind !== 'regime-hybrid' && kind !== 'regime-rules') return undefined;
  // Parameters and memory are the kind's own: they came from its schema and its decisions.
  const asked = kind === 'regime-hybrid' ? (params as RegimeHybridParams) : undefined;
  const { symbols: known, decisions, onHeuristic } = memory as RegimeMemory;
  const rows = symbols.map((symbol, i): RegimeRow => {
    const used = known[i]?.used ?? undefined;
    const cache = known[i]?.cache;
    const sinceMs = used?.source === 'heuristic' ? used.atMs : cache?.kept?.atMs;
    return {
      symbol,
      regime: used?.regime,
      source: used?.source,
      ageMs: used === undefined || sinceMs === undefined ? undefined : nowMs - sinceMs,
      nextDueMs:
        asked === undefined || cache === undefined ? undefined : nextDue(asked, symbol, cache, nowMs, barMs),
      failure:
        cache?.failed === null || cache?.failed === undefined
          ? undefined
          : `${cache.failed.fault}: ${cache.failed.why}`,
    };
  });
  return { rows, decisions, onHeuristic };
}

/** The first close of an own bar at which a question is due: nothing is asked between bars. */
function nextDue(
  params: RegimeHybridParams,
  symbol: string,
  { kept, failed }: RegimeCache,
  nowMs: TimeMs,
  barMs: number,
): TimeMs {
  const key = regimeKey(symbol, params);
  const freshUntilMs = kept?.key === key ? kept.atMs + params.lifeHours * HOUR_MS : -Infinity;
  const failedUntilMs = failed?.key === key ? failed.atMs + FAILURE_LIFE_MS : -Infinity;
  const nextBarMs = (Math.floor(nowMs / barMs) + 1) * barMs;
  return Math.max(nextBarMs, Math.ceil(Math.max(freshUntilMs, failedUntilMs) / barMs) * barMs);
}
