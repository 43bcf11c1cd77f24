import { Problem } from '../domain/problem.js';
import { buyAndHold } from './benchmark/buy-and-hold.js';
import { flat } from './benchmark/flat.js';
import { llmDirect, llmTrader } from './llm/llm-trader.js';
import { volatilityTarget } from './overlay/volatility-target.js';
import { placebo } from './placebo/placebo.js';
import { regimeHybrid } from './regime-hybrid/regime-hybrid.js';
import { regimeRules } from './regime-hybrid/regime-rules.js';
import { adxGatedReversion } from './reversion/adx-gated-reversion.js';
import { bollingerReversion } from './reversion/bollinger-reversion.js';
import { rsiBands } from './reversion/rsi-bands.js';
import { momentumRotation } from './rotation/momentum-rotation.js';
import { pairsSpread } from './spread/pairs-spread.js';
import type { StrategyKind } from './strategy.js';
import { donchianBreakout } from './trend/donchian-breakout.js';
import { emaCross } from './trend/ema-cross.js';
import { macdTrend } from './trend/macd-trend.js';
import { smaCross } from './trend/sma-cross.js';

/** The kinds that a program knows. */
export interface Kinds {
  readonly names: readonly string[];
  find(name: string): StrategyKind | undefined;
}

/** Kinds that ship with the product and need no library; one line each. */
const BUILT_IN: readonly StrategyKind[] = [
  erase(smaCross),
  erase(emaCross),
  erase(macdTrend),
  erase(donchianBreakout),
  erase(rsiBands),
  erase(bollingerReversion),
  erase(adxGatedReversion),
  erase(momentumRotation),
  erase(pairsSpread),
  erase(llmTrader),
  erase(regimeRules),
  erase(regimeHybrid),
  erase(llmDirect),
  erase(buyAndHold),
  erase(flat),
  erase(placebo),
];

/** The built-in kinds and `more`, and what combines any of them. A name that is taken is a Problem. */
export function createKinds(more: readonly StrategyKind[] = []): Kinds {
  const byName = new Map<string, StrategyKind>();
  const add = (kind: StrategyKind): void => {
    const { kind: name } = kind.manifest;
    if (byName.has(name))
      throw new Problem('input', `there are two kinds with the name "${name}"`, {
        hint: 'rename the one in contestants/kinds',
      });
    byName.set(name, kind);
  };
  for (const kind of [...BUILT_IN, ...more]) add(kind);
  const plain = new Map(byName);
  add(erase(volatilityTarget((name) => plain.get(name))));
  return { names: [...byName.keys()], find: (name) => byName.get(name) };
}

/**
 * The catalog holds kinds of different parameters and memories. That is safe because parameters reach a kind
 * only through its own schema and memory only through its own `begin` and `decide`.
 */
export function erase<Params, Memory>(kind: StrategyKind<Params, Memory>): StrategyKind {
  return kind;
}
