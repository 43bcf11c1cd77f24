/**
 * From what a reply says to what the arena may do. Whatever the reply's order: first what leaves, then changed stops
 * and targets, then entries in the order of the reply, so that money that is freed is there and the earlier entry has
 * the first claim on it. What cannot be done as it was said is refused with a reason, never bent into something near.
 */
import type { Intent } from '../../domain/intent.js';
import type { PositionView } from '../strategy.js';
import { enterPosition } from './enter-position.js';
import { holdPosition } from './hold-position.js';
import type { NamedSignal, SignalContext } from './signal-context.js';
import type { SignalRefusal } from './signal-refusal.js';
import type { TradeSignal } from './trade-signal.js';
import type { ExitPlan } from './trader-memory.js';

export interface SignalIntents {
  readonly intents: readonly Intent[];
  readonly refusals: readonly SignalRefusal[];
  readonly plans: Readonly<Record<string, ExitPlan>>;
}

/** A part that would leave less than this share behind is the whole: the rest would be dust that costs a fee to sell. */
const DUST_FRACTION = 0.005;

export function signalsToIntents(signals: readonly TradeSignal[], context: SignalContext): SignalIntents {
  const { maxPositions } = context.rules;
  const { named, refusals } = nameSignals(signals, context);
  const plans = { ...context.plans };
  const exits: Intent[] = [];
  const adjustments: Intent[] = [];
  const entries: Intent[] = [];
  const held = new Set(context.symbols.flatMap((_, i) => (context.position(i) === undefined ? [] : [i])));
  for (const index of context.leaving) held.delete(index);

  for (const each of named) {
    if (each.signal.signal !== 'close_position') continue;
    const position = context.position(each.index);
    if (position === undefined) {
      refusals.push({ kind: 'not-held', symbol: each.symbol });
      continue;
    }
    const exit = exitOf(each, position);
    exits.push(exit);
    if (exit.kind === 'close') held.delete(each.index);
  }
  for (const each of named) {
    const position = context.position(each.index);
    // A hold of what is not held says nothing.
    if (each.signal.signal !== 'hold' || position === undefined) continue;
    const kept = holdPosition(each, position, context);
    refusals.push(...kept.refusals);
    if (kept.adjustment !== undefined) adjustments.push(kept.adjustment);
    plans[each.symbol] = kept.plan;
  }
  for (const each of named) {
    if (each.signal.signal !== 'buy' && each.signal.signal !== 'sell') continue;
    const entry = enterPosition(each, context);
    if ('kind' in entry) refusals.push(entry);
    else if (held.size >= maxPositions)
      refusals.push({ kind: 'too-many-positions', symbol: each.symbol, most: maxPositions });
    else {
      held.add(each.index);
      entries.push(entry.intent);
      plans[each.symbol] = entry.plan;
    }
  }
  return { intents: [...exits, ...adjustments, ...entries], refusals, plans };
}

/** Signals for symbols that are traded and stay; of two for one symbol the later one. */
function nameSignals(
  signals: readonly TradeSignal[],
  { names, symbols, leaving }: SignalContext,
): { named: readonly NamedSignal[]; refusals: SignalRefusal[] } {
  const byIndex = new Map<number, NamedSignal>();
  const refusals: SignalRefusal[] = [];
  for (const signal of signals) {
    const found = names.find(signal.coin);
    if (found.kind !== 'found') {
      refusals.push({ kind: `${found.kind}-coin`, coin: signal.coin });
      continue;
    }
    const index = found.symbol;
    const symbol = symbols[index] ?? '';
    if (leaving.has(index)) {
      if (signal.signal !== 'close_position') refusals.push({ kind: 'leaving', symbol });
      continue;
    }
    if (byIndex.delete(index)) refusals.push({ kind: 'said-twice', symbol });
    byIndex.set(index, { signal, index, symbol });
  }
  return { named: [...byIndex.values()], refusals };
}

/** Needs only the coin: a quantity that is missing, unreadable or not smaller than what is held means all of it. */
function exitOf({ signal, symbol }: NamedSignal, position: PositionView): Intent {
  const fraction = Math.abs(signal.quantity ?? 0) / Math.abs(position.quantity);
  return fraction > 0 && fraction < 1 - DUST_FRACTION
    ? { kind: 'reduce', symbol, reason: 'model-reduce', fraction }
    : { kind: 'close', symbol, reason: 'model-close' };
}
