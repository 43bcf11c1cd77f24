import type { Gauge, Observation } from '../strategy.js';
import { coinNames } from './coin-names.js';
import { type Condition, type ConditionContext, holds, parseInvalidation } from './invalidation.js';
import type { PromptInput, PromptTemplate } from './prompt-template.js';
import type { SignalContext } from './signal-context.js';
import { type TraderMemory, rememberNow } from './trader-memory.js';
import type { TraderParams } from './trader-params.js';

/** One moment of a contestant, as the prompt shows it and as signals are judged by. */
export interface TraderView {
  readonly input: PromptInput;
  readonly context: Omit<SignalContext, 'reason'>;
  readonly leaving: ReadonlySet<number>;
  /** The newest value of the figure that a condition is about. */
  figure(symbol: number, condition: Condition): number;
}

/** A moment at which no symbol has a bar is none to decide at. */
export function hasAnyBar({ symbols, market }: Observation): boolean {
  return symbols.some((_, i) => market.hasBar(i));
}

export function traderView(
  observation: Observation<TraderParams>,
  before: TraderMemory,
  template: PromptTemplate,
): TraderView {
  const { params, symbols, market, features, portfolio } = observation;
  const names = coinNames(symbols, params.mask);
  const memory = rememberNow(before, observation.nowMs, portfolio.equityUsd, (symbol) => {
    const quantity = portfolio.quantity(symbols.indexOf(symbol));
    return quantity === 0 ? undefined : quantity > 0 ? 'long' : 'short';
  });
  const figure = (symbol: number, { metric }: Condition): number => {
    const feature = template.metrics[metric];
    return feature === undefined ? market.close(symbol) : features.value(symbol, feature);
  };
  const leaving = new Set(
    symbols.flatMap((symbol, i) => {
      const condition = memory.plans[symbol]?.condition ?? null;
      return condition !== null && holds(condition, figure(i, condition)) ? [i] : [];
    }),
  );
  const conditionContext = (symbol: number): ConditionContext => ({
    timeframeMs: market.timeframeMs,
    metrics: Object.keys(template.metrics),
    aliases: names.aliases(symbol),
  });
  return {
    leaving,
    figure,
    input: { observation, rules: params, names, memory, leaving },
    context: {
      rules: params,
      names,
      symbols,
      plans: memory.plans,
      leaving,
      instrument: (symbol) => market.instrument(symbol),
      position: (symbol) => portfolio.position(symbol),
      price: (symbol) => market.close(symbol),
      condition(symbol, text) {
        const condition = parseInvalidation(text, conditionContext(symbol));
        // What holds at the moment at which it is given cannot be what would make the position wrong.
        return condition === undefined || holds(condition, figure(symbol, condition)) ? null : condition;
      },
    },
  };
}

/** The conditions under which it will leave by itself, with their figures. */
export function conditionGauges(view: TraderView): readonly Gauge[] {
  return view.context.symbols.flatMap((symbol, i) => {
    const condition = view.input.memory.plans[symbol]?.condition ?? null;
    if (condition === null) return [];
    const value = view.figure(i, condition);
    return [
      {
        symbol,
        rule: 'leave, invalidated',
        text: `${condition.metric} ${condition.op} ${String(condition.value)}`,
        value,
        threshold: condition.value,
        holds: Number.isNaN(value) ? undefined : holds(condition, value),
      },
    ];
  });
}
