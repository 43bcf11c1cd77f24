import { HOUR_MS, type TimeMs } from '../../domain/time.js';
import type { Regime } from './regime.js';
import { FAILURE_LIFE_MS, cachedRegime, regimeKey } from './regime-cache.js';
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
  /** When the model is asked next; undefined where no model is asked. */
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
        asked === undefined || cache === undefined ? undefined : nextDue(asked, symbol, cache, nowMs),
      failure:
        cache?.failed === null || cache?.failed === undefined
          ? undefined
          : `${cache.failed.fault}: ${cache.failed.why}`,
    };
  });
  return { rows, decisions, onHeuristic };
}

/** Not before `nowMs`: what is overdue is asked at the next bar. */
function nextDue(
  params: RegimeHybridParams,
  symbol: string,
  cache: RegimeMemory['symbols'][number]['cache'],
  nowMs: TimeMs,
): TimeMs {
  const key = regimeKey(symbol, params);
  const { kept, failed } = cache;
  const fresh = cachedRegime(cache, key, nowMs, params.lifeHours)?.source === 'fresh';
  if (fresh && kept !== null) return kept.atMs + params.lifeHours * HOUR_MS;
  return failed?.key === key ? Math.max(nowMs, failed.atMs + FAILURE_LIFE_MS) : nowMs;
}
