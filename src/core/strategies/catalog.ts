import { buyAndHold } from './benchmark/buy-and-hold.js';
import { flat } from './benchmark/flat.js';
import { placebo } from './placebo/placebo.js';
import { adxGatedReversion } from './reversion/adx-gated-reversion.js';
import { bollingerReversion } from './reversion/bollinger-reversion.js';
import { rsiBands } from './reversion/rsi-bands.js';
import { momentumRotation } from './rotation/momentum-rotation.js';
import type { StrategyKind } from './strategy.js';
import { donchianBreakout } from './trend/donchian-breakout.js';
import { emaCross } from './trend/ema-cross.js';
import { macdTrend } from './trend/macd-trend.js';
import { smaCross } from './trend/sma-cross.js';

/** Every kind that ships with the product, one line each. */
const KINDS: readonly StrategyKind[] = [
  erase(smaCross),
  erase(emaCross),
  erase(macdTrend),
  erase(donchianBreakout),
  erase(rsiBands),
  erase(bollingerReversion),
  erase(adxGatedReversion),
  erase(momentumRotation),
  erase(buyAndHold),
  erase(flat),
  erase(placebo),
];

const BY_NAME: ReadonlyMap<string, StrategyKind> = new Map(KINDS.map((kind) => [kind.manifest.kind, kind]));

export const KIND_NAMES: readonly string[] = KINDS.map((kind) => kind.manifest.kind);

export function findKind(name: string): StrategyKind | undefined {
  return BY_NAME.get(name);
}

/**
 * The catalog holds kinds of different parameters and memories. That is safe because parameters reach a kind
 * only through its own schema and memory only through its own `begin` and `decide`.
 */
function erase<Params, Memory>(kind: StrategyKind<Params, Memory>): StrategyKind {
  return kind;
}
