import type { Intent } from '../../domain/intent.js';
import { NO_INTENTS, type Observation, type Step } from '../strategy.js';
import { type RuleParams, applyRules } from './apply-rules.js';
import type { RegimeMemory, RegimeSource, SymbolMemory } from './regime-memory.js';
import { type AskSlowLayer, seeSymbol } from './see-symbol.js';

/**
 * The fast layer. Whether a model answered or not, every position is looked at: what is missing is stood in for by
 * what it said last, then by the heuristic, and only a market that cannot be read leaves a position to its stop.
 */
export function decideByRegime<Params extends RuleParams>(
  o: Observation<Params>,
  memory: RegimeMemory,
  slowLayer: AskSlowLayer,
): Step<RegimeMemory> {
  const intents: Intent[] = [];
  const symbols: SymbolMemory[] = [];
  let worst: RegimeSource | undefined;
  for (let symbol = 0; symbol < o.symbols.length; symbol++) {
    const { known, now } = seeSymbol(o, memory, symbol, slowLayer);
    if (now === undefined) {
      symbols.push(known);
      continue;
    }
    worst = worse(worst, now.used.source);
    const { intent, rule } = applyRules(o, symbol, known.rule, now.reading, now.used.regime);
    if (intent !== undefined) intents.push(intent);
    symbols.push({ ...known, rule });
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
