import type { TimeMs } from '../../domain/time.js';
import type { Momentum } from './market-reading.js';
import type { Regime } from './regime.js';
import { EMPTY_CACHE, type RegimeCache } from './regime-cache.js';

export type RegimeSource = 'fresh' | 'stale' | 'heuristic';

/** The regime of the last decision, and where it came from. */
export interface UsedRegime {
  readonly source: RegimeSource;
  readonly atMs: TimeMs;
  readonly regime: Regime;
}

/** Of one symbol. */
export interface SymbolMemory {
  /** The rule behind the last entry; empty while flat, and of a position that no rule here has opened. */
  readonly rule: string;
  /** The longer layer as of the longer bar that closed last; momentum is null where it is not known. */
  readonly longer: { readonly atMs: TimeMs; readonly momentum: Momentum | null } | null;
  readonly cache: RegimeCache;
  readonly used: UsedRegime | null;
}

/** Parallel to the session's symbols. */
export interface RegimeMemory {
  readonly symbols: readonly SymbolMemory[];
  /** Decisions that could be made at all, and those of them in which the heuristic stood in for a model. */
  readonly decisions: number;
  readonly onHeuristic: number;
}

const NOTHING: SymbolMemory = { rule: '', longer: null, cache: EMPTY_CACHE, used: null };

export function beginRegimes(symbols: readonly string[]): RegimeMemory {
  return { symbols: symbols.map(() => NOTHING), decisions: 0, onHeuristic: 0 };
}

/** Makes what models said void, of one symbol or of all: the next bar asks again. Failures are forgiven as well. */
export function invalidateRegime(memory: RegimeMemory, symbol?: number): RegimeMemory {
  return {
    ...memory,
    symbols: memory.symbols.map((known, i) =>
      symbol === undefined || symbol === i ? { ...known, cache: EMPTY_CACHE } : known,
    ),
  };
}
