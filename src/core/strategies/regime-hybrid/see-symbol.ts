import { timeframeMs } from '../../domain/time.js';
import type { Observation } from '../strategy.js';
import { heuristicRegime } from './heuristic-regime.js';
import { longerTimeframe, readLonger } from './longer-layer.js';
import { type MarketReading, momentumOf, readMarket } from './market-reading.js';
import type { Regime } from './regime.js';
import type { RegimeCache } from './regime-cache.js';
import type { RegimeMemory, SymbolMemory, UsedRegime } from './regime-memory.js';

/** What a model has to say about one symbol; the cache comes back as the answers of this bar have left it. */
export interface SlowLayer {
  readonly cache: RegimeCache;
  readonly said: { readonly regime: Regime; readonly source: 'fresh' | 'stale' } | undefined;
}

/** Undefined for rules that ask no model. */
export type AskSlowLayer = ((symbol: number, known: SymbolMemory) => SlowLayer) | undefined;

export interface SeenSymbol {
  /** With the answers of this bar; the rule is forgotten while flat. */
  readonly known: SymbolMemory;
  /** Both are undefined where the market cannot be read. */
  readonly now: { readonly reading: MarketReading; readonly used: UsedRegime } | undefined;
}

/**
 * What stands before the rules: the newest readings, and the regime that the model said or, where it has nothing to
 * say, the heuristic says.
 */
export function seeSymbol(
  o: Observation,
  memory: RegimeMemory,
  symbol: number,
  slowLayer: AskSlowLayer,
): SeenSymbol {
  const before = memory.symbols[symbol];
  if (before === undefined) throw new Error(`no memory of ${o.symbols[symbol] ?? ''}`);
  const slow = slowLayer?.(symbol, before);
  // An entry may have been refused, or a stop may have closed the position: then there is no rule to keep to.
  const rule = o.portfolio.quantity(symbol) === 0 ? '' : before.rule;
  const known = { ...before, rule, cache: slow?.cache ?? before.cache };
  const reading = o.market.hasBar(symbol) ? readMarket(o.features, o.market, symbol) : undefined;
  if (reading === undefined) return { known, now: undefined };
  const longer = longerOf(known, o, symbol);
  const regime = slow?.said?.regime ?? heuristicRegime(reading, longer?.momentum ?? undefined);
  const used: UsedRegime = { source: slow?.said?.source ?? 'heuristic', atMs: o.nowMs, regime };
  return { known: { ...known, longer, used }, now: { reading, used } };
}

/** Read once for every longer bar; a pure function of bars and memory, so that a question sees what the decision will. */
export function longerOf(known: SymbolMemory, o: Observation, symbol: number): SymbolMemory['longer'] {
  const longer = longerTimeframe(o.market.timeframeMs);
  if (longer === undefined) return null;
  const lengthMs = timeframeMs(longer);
  const slot = (atMs: number): number => Math.floor(atMs / lengthMs);
  if (known.longer !== null && slot(known.longer.atMs) === slot(o.nowMs)) return known.longer;
  const layer = readLonger(o.market, symbol, o.nowMs);
  return { atMs: o.nowMs, momentum: layer === undefined ? null : momentumOf(layer) };
}
