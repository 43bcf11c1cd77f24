import type { Intent } from '../../domain/intent.js';
import {
  type NamedSignal,
  type SignalContext,
  isConfidence,
  leverageRange,
  wordsOf,
  wrongSide,
} from './signal-context.js';
import type { SignalRefusal } from './signal-refusal.js';
import type { ExitPlan } from './trader-memory.js';

/** A buy or sell with everything that it needs: size, leverage, a stop and a target on the right sides of the price. */
export function enterPosition(
  { signal, index, symbol }: NamedSignal,
  context: SignalContext,
): { readonly intent: Intent; readonly plan: ExitPlan } | SignalRefusal {
  const side = signal.signal === 'buy' ? 'long' : 'short';
  const sign = side === 'long' ? 1 : -1;
  const position = context.position(index);
  if (position !== undefined)
    return { kind: position.quantity * sign > 0 ? 'already-held' : 'other-side-held', symbol };
  const price = context.price(index);
  if (!(price > 0)) return { kind: 'no-price', symbol };
  const { quantity, leverage, stopLoss, profitTarget, confidence } = signal;
  if (quantity === null || !(quantity > 0)) return { kind: 'no-quantity', symbol };
  if (leverage === null) return { kind: 'no-leverage', symbol };
  const { least, most } = leverageRange(context.rules, context.instrument(index));
  if (!(leverage >= least && leverage <= most))
    return { kind: 'leverage-range', symbol, leverage, least, most };
  if (stopLoss === null || !(stopLoss > 0)) return { kind: 'no-stop', symbol };
  if (profitTarget === null || !(profitTarget > 0)) return { kind: 'no-target', symbol };
  if (!(sign * (price - stopLoss) > 0)) return wrongSide('stop-side', symbol, side, stopLoss, price);
  if (!(sign * (profitTarget - price) > 0))
    return wrongSide('target-side', symbol, side, profitTarget, price);
  if (confidence !== null && !isConfidence(confidence))
    return { kind: 'confidence-range', symbol, confidence };
  return {
    intent: {
      kind: 'open',
      symbol,
      side,
      reason: side === 'long' ? 'model-buy' : 'model-sell',
      size: { quantity },
      leverage,
      stop: { price: stopLoss },
      target: { price: profitTarget },
      ...(confidence === null ? {} : { confidence }),
    },
    plan: {
      side,
      stopLoss,
      profitTarget,
      ...wordsOf(signal, undefined, index, context),
      confidence,
      riskUsd: signal.riskUsd,
      entryReason: context.reason(index),
    },
  };
}
