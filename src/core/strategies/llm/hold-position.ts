import type { Intent } from '../../domain/intent.js';
import type { PositionView } from '../strategy.js';
import { priceText } from './show-figures.js';
import {
  type NamedSignal,
  type SignalContext,
  type TraderRules,
  isConfidence,
  wordsOf,
  wrongSide,
} from './signal-context.js';
import type { SignalRefusal } from './signal-refusal.js';
import type { ExitPlan } from './trader-memory.js';

/** A hold keeps the position, its words anew; with another stop or target it changes them. */
export function holdPosition(
  { signal, index, symbol }: NamedSignal,
  position: PositionView,
  context: SignalContext,
): {
  readonly adjustment: Intent | undefined;
  readonly plan: ExitPlan;
  readonly refusals: readonly SignalRefusal[];
} {
  const side = position.quantity > 0 ? 'long' : 'short';
  const close = context.price(index);
  // Without a bar its last price stands.
  const price = close > 0 ? close : position.markPrice;
  const asked: Asked = { symbol, side, price, position, rules: context.rules };
  const stop = changedStop(signal.stopLoss, asked);
  const target = changedTarget(signal.profitTarget, asked);
  const newStop = typeof stop === 'number' ? stop : undefined;
  const newTarget = typeof target === 'number' ? target : undefined;
  const before = context.plans[symbol];
  const { confidence } = signal;
  const plan: ExitPlan = {
    side,
    stopLoss: newStop ?? known(position.stopPrice),
    profitTarget: newTarget ?? known(position.targetPrice),
    ...wordsOf(signal, before, index, context),
    confidence: isConfidence(confidence) ? confidence : (before?.confidence ?? null),
    riskUsd: signal.riskUsd ?? before?.riskUsd ?? null,
    entryReason: before?.entryReason ?? '',
  };
  const adjustment: Intent = {
    kind: 'adjust-protection',
    symbol,
    reason: 'model-hold',
    ...(newStop === undefined ? {} : { stop: { price: newStop } }),
    ...(newTarget === undefined ? {} : { target: { price: newTarget } }),
  };
  return {
    adjustment: newStop === undefined && newTarget === undefined ? undefined : adjustment,
    plan,
    refusals: [stop, target].filter((each) => typeof each === 'object'),
  };
}

interface Asked {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly price: number;
  readonly position: PositionView;
  readonly rules: TraderRules;
}

function changedStop(stop: number | null, asked: Asked): number | SignalRefusal | undefined {
  const { symbol, side, price, position, rules } = asked;
  const { stopPrice } = position;
  if (stop === null || isSameAsShown(stop, stopPrice)) return undefined;
  if (!(stop > 0)) return { kind: 'no-stop', symbol };
  const sign = side === 'long' ? 1 : -1;
  if (rules.tightenOnly && sign * (stop - stopPrice) < 0)
    return { kind: 'stop-widened', symbol, stop, present: stopPrice };
  return sign * (price - stop) > 0 ? stop : wrongSide('stop-side', symbol, side, stop, price);
}

function changedTarget(target: number | null, asked: Asked): number | SignalRefusal | undefined {
  const { symbol, side, price, position } = asked;
  if (target === null || isSameAsShown(target, position.targetPrice)) return undefined;
  if (!(target > 0)) return { kind: 'no-target', symbol };
  const sign = side === 'long' ? 1 : -1;
  return sign * (target - price) > 0 ? target : wrongSide('target-side', symbol, side, target, price);
}

/** The prompt shows rounded prices: one that is said back as it was shown has not changed. */
function isSameAsShown(said: number, present: number): boolean {
  return priceText(said) === priceText(present);
}

function known(price: number): number | null {
  return Number.isFinite(price) ? price : null;
}
