import type { Intent } from '../../domain/intent.js';
import type { TradeSignal } from '../llm/trade-signal.js';
import type { Observation } from '../strategy.js';

export interface DirectIntents {
  /** Closes before opens. */
  readonly intents: readonly Intent[];
  /** `BTC-USD: buy without a stop`. */
  readonly refused: readonly string[];
}

/** What a model asked for, in its own numbers: where one is missing or makes no sense the signal is refused, never completed. */
export function directIntents(
  signals: readonly TradeSignal[],
  o: Observation,
  side: 'long' | 'both',
): DirectIntents {
  const closes: Intent[] = [];
  const opens: Intent[] = [];
  const refused: string[] = [];
  const spoken = new Set<string>();
  for (const signal of signals) {
    const symbol = symbolOf(signal.coin, o.symbols);
    const name = o.symbols[symbol];
    const outcome =
      name === undefined
        ? 'not traded here'
        : spoken.has(name)
          ? 'the symbol is named twice'
          : intentOf(signal, o, symbol, name, side);
    if (name !== undefined) spoken.add(name);
    if (typeof outcome === 'string') refused.push(`${signal.coin}: ${signal.signal} refused, ${outcome}`);
    else if (outcome !== undefined) (outcome.kind === 'close' ? closes : opens).push(outcome);
  }
  return { intents: [...closes, ...opens], refused };
}

/** By its whole name, or by its first part where that names one symbol only; -1 for none. */
function symbolOf(coin: string, symbols: readonly string[]): number {
  const names = symbols.map((name) => name.toUpperCase());
  const exact = names.indexOf(coin);
  if (exact >= 0) return exact;
  const first = names.map((name) => name.split(/[-/]/)[0]);
  const at = first.indexOf(coin);
  return at >= 0 && first.lastIndexOf(coin) === at ? at : -1;
}

function intentOf(
  signal: TradeSignal,
  o: Observation,
  symbol: number,
  name: string,
  allowed: 'long' | 'both',
): Intent | undefined | string {
  const held = o.portfolio.quantity(symbol);
  if (signal.signal === 'hold') return undefined;
  if (signal.signal === 'close_position')
    return held === 0 ? 'nothing is held' : { kind: 'close', symbol: name, reason: 'model-close' };
  const { quantity, leverage, stopLoss, profitTarget, confidence } = signal;
  const side = signal.signal === 'buy' ? 'long' : 'short';
  if (side === 'short' && allowed === 'long') return 'shorts are not taken';
  if (held !== 0) return 'it is held already';
  if (quantity === null || !(quantity > 0)) return 'no quantity above 0';
  if (leverage === null || !(leverage >= 1)) return 'no leverage of 1 or more';
  if (stopLoss === null || !(stopLoss > 0)) return 'no stop';
  if (profitTarget === null || !(profitTarget > 0)) return 'no target';
  if (confidence !== null && !(confidence >= 0 && confidence <= 1)) return 'a confidence outside 0-1';
  const price = o.market.close(symbol);
  if (!(price > 0)) return 'no price';
  const [low, high] = side === 'long' ? [stopLoss, profitTarget] : [profitTarget, stopLoss];
  if (!(low < price && price < high)) return `the price of ${String(price)} is not between stop and target`;
  return {
    kind: 'open',
    symbol: name,
    side,
    reason: `model-${signal.signal}`,
    size: { quantity },
    leverage,
    stop: { price: stopLoss },
    target: { price: profitTarget },
    ...(confidence === null ? {} : { confidence }),
  };
}
