import { z } from 'zod';
import type { Intent } from '../../domain/intent.js';
import { timeframeMs } from '../../domain/time.js';
import { NO_INTENTS, type Observation, type PositionView, type Step } from '../strategy.js';
import { isInBox, isWithin } from './box.js';
import { heuristicRegime } from './heuristic-regime.js';
import { longerTimeframe, readLonger } from './longer-layer.js';
import { type MarketReading, momentumOf, readMarket } from './market-reading.js';
import { positionWeight } from './position-size.js';
import type { Regime } from './regime.js';
import type { RegimeCache } from './regime-cache.js';
import type { RegimeMemory, RegimeSource, SymbolMemory, UsedRegime } from './regime-memory.js';
import type { EntryRule, ExitRule } from './rule.js';
import { ruleConfidence } from './rule-confidence.js';
import { INHERITED_EXITS, RULES } from './rule-table.js';

/** Parameters of the rules, whoever names the regime. */
export const ruleParameters = {
  side: z.enum(['long', 'both']).default('long').describe('which positions it takes; shorts need perpetuals'),
  position: z.number().gt(0).max(1).default(0.1).describe('share of equity of a full-size position'),
  volumeFloor: z
    .number()
    .min(0)
    .max(10)
    .default(0.8)
    .describe('smallest volume ratio of rules that follow a move'),
};

export interface RuleParams {
  readonly side: 'long' | 'both';
  readonly position: number;
  readonly volumeFloor: number;
}

/** What a model has to say about one symbol; the cache comes back as the answers of this bar have left it. */
export interface SlowLayer {
  readonly cache: RegimeCache;
  readonly said: { readonly regime: Regime; readonly source: 'fresh' | 'stale' } | undefined;
}

/**
 * Own exits look from the second close after the fill on: what a rule buys it does not sell at the next bar. Stop and
 * target protect the position from the fill on.
 */
const SETTLE_BARS = 1;

/**
 * The fast layer. Whether a model answered or not, every position is looked at: what is missing is stood in for by
 * what it said last, then by the heuristic, and only a market that cannot be read leaves a position to its stop.
 */
export function decideByRegime<Params extends RuleParams>(
  o: Observation<Params>,
  memory: RegimeMemory,
  slowLayer: ((symbol: number, known: SymbolMemory) => SlowLayer) | undefined,
): Step<RegimeMemory> {
  const intents: Intent[] = [];
  const symbols: SymbolMemory[] = [];
  let worst: RegimeSource | undefined;
  for (let symbol = 0; symbol < o.symbols.length; symbol++) {
    const before = memory.symbols[symbol];
    if (before === undefined) throw new Error(`no memory of ${o.symbols[symbol] ?? ''}`);
    const slow = slowLayer?.(symbol, before);
    const known = forgetRule({ ...before, cache: slow?.cache ?? before.cache }, o, symbol);
    const reading = o.market.hasBar(symbol) ? readMarket(o.features, o.market, symbol) : undefined;
    if (reading === undefined) {
      symbols.push(known);
      continue;
    }
    const longer = longerOf(known, o, symbol);
    const used: UsedRegime =
      slow?.said === undefined
        ? {
            source: 'heuristic',
            atMs: o.nowMs,
            regime: heuristicRegime(reading, longer?.momentum ?? undefined),
          }
        : { ...slow.said, atMs: o.nowMs };
    worst = worse(worst, used.source);
    const { intent, rule } = act(o, symbol, known.rule, reading, used.regime);
    if (intent !== undefined) intents.push(intent);
    symbols.push({ ...known, rule, longer, used });
  }
  if (worst === undefined)
    return { intents: NO_INTENTS, memory: { ...memory, symbols }, why: { code: 'warming-up' } };
  const after: RegimeMemory = {
    symbols,
    decisions: memory.decisions + 1,
    onHeuristic: memory.onHeuristic + (worst === 'heuristic' ? 1 : 0),
  };
  const flag = slowLayer === undefined || worst === 'fresh' ? '' : `-on-${worst}`;
  const code = `${intents.length > 0 ? 'act' : 'hold'}${flag}`;
  // Rules alone have nothing to tell at a bar at which they do nothing.
  const why =
    slowLayer === undefined && intents.length === 0
      ? { code }
      : { code, detail: detailOf(o, after, slowLayer !== undefined) };
  return { intents, memory: after, why };
}

/** While flat there is no rule to keep to: an entry may have been refused, or a stop may have closed the position. */
function forgetRule(known: SymbolMemory, o: Observation, symbol: number): SymbolMemory {
  return known.rule !== '' && o.portfolio.quantity(symbol) === 0 ? { ...known, rule: '' } : known;
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

interface Action {
  readonly intent?: Intent;
  readonly rule: string;
}

function act(
  o: Observation<RuleParams>,
  symbol: number,
  rule: string,
  reading: MarketReading,
  regime: Regime,
): Action {
  const name = o.symbols[symbol] ?? '';
  const position = o.portfolio.position(symbol);
  if (position !== undefined) {
    const exit = exitFor(position, rule, reading, regime, o);
    return exit === undefined ? { rule } : { rule, intent: { kind: 'close', symbol: name, reason: exit.id } };
  }
  // What a stop has just closed is not opened again at the same close.
  if (o.exits.some((exit) => exit.symbol === symbol)) return { rule: '' };
  const entry = findEntry(o.params, reading, regime);
  if (entry === undefined) return { rule: '' };
  return {
    rule: entry.id,
    intent: {
      kind: 'open',
      symbol: name,
      side: entry.side,
      reason: entry.id,
      size: { weight: positionWeight(o.params.position, entry.size, regime) },
      stop: { fraction: entry.stopAtr * reading.atrFraction },
      target: { fraction: entry.targetAtr * reading.atrFraction },
      confidence: ruleConfidence(entry, reading),
    },
  };
}

/** Long rules stand before short ones; the first whose box and confidence fit. */
function findEntry(params: RuleParams, reading: MarketReading, regime: Regime): EntryRule | undefined {
  const values = { ...reading, profit: 0 };
  const fits = (rule: EntryRule): boolean =>
    rule.regime === regime.regime &&
    rule.trend === regime.trend &&
    isInBox(values, rule.box) &&
    (rule.needsVolume !== true || isWithin(reading.volumeRatio, { from: params.volumeFloor })) &&
    ruleConfidence(rule, reading) >= rule.minConfidence;
  return (
    RULES.find((rule) => rule.side === 'long' && fits(rule)) ??
    (params.side === 'both' ? RULES.find((rule) => rule.side === 'short' && fits(rule)) : undefined)
  );
}

function exitFor(
  position: PositionView,
  ruleId: string,
  reading: MarketReading,
  regime: Regime,
  o: Observation,
): ExitRule | undefined {
  if (o.nowMs - position.openedAtMs <= SETTLE_BARS * o.market.timeframeMs) return undefined;
  const side = position.quantity > 0 ? 'long' : 'short';
  const rule = RULES.find(({ id }) => id === ruleId);
  const exits = rule?.side === side ? rule.exits : INHERITED_EXITS[side];
  const gain = position.markPrice / position.entryPrice - 1;
  const values = { ...reading, profit: side === 'long' ? gain : -gain };
  return exits.find(
    ({ regimes, trends, box }) =>
      regimes?.includes(regime.regime) !== false &&
      trends?.includes(regime.trend) !== false &&
      isInBox(values, box),
  );
}

const BADNESS: Readonly<Record<RegimeSource, number>> = { fresh: 0, stale: 1, heuristic: 2 };

function worse(one: RegimeSource | undefined, other: RegimeSource): RegimeSource {
  return one === undefined || BADNESS[other] > BADNESS[one] ? other : one;
}

function detailOf(o: Observation, memory: RegimeMemory, withModel: boolean): string {
  const each = memory.symbols.flatMap(({ used, cache }, i) => {
    if (used?.atMs !== o.nowMs) return [];
    const { regime, trend, confidence } = used.regime;
    const failed = cache.failed === null || used.source === 'fresh' ? '' : ` (${cache.failed.fault})`;
    return [`${o.symbols[i] ?? ''} ${used.source}${failed} ${regime}/${trend} ${confidence.toFixed(2)}`];
  });
  return withModel
    ? `${each.join('; ')}; heuristic in ${String(memory.onHeuristic)} of ${String(memory.decisions)} decisions`
    : each.join('; ');
}
