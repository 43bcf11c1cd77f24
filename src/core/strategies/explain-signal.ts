import { type FeatureSpec, featureText } from '../indicators/feature-columns.js';
import type { Condition, Operand, Side } from './signal-condition.js';
import type { Gauge, Observation } from './strategy.js';

/** What is needed of a rule and of its parameters and memory. */
interface Explained<Params> {
  features(params: Params): readonly FeatureSpec[];
  conditions(params: Params, side: Side): readonly Condition[];
}
interface Sided {
  readonly side: 'long' | 'short' | 'both';
}

/** Every condition of a signal rule for every symbol and side it may take, with the numbers of the newest bar. */
export function explainSignal<Params extends Sided>(
  rule: Explained<Params>,
  observation: Observation<Params>,
  memory: { readonly stance: readonly number[] },
): readonly Gauge[] {
  const { params, symbols, portfolio } = observation;
  const sides: readonly Side[] = params.side === 'both' ? [1, -1] : params.side === 'long' ? [1] : [-1];
  return symbols.flatMap((name, symbol) => {
    const held = Math.sign(portfolio.quantity(symbol));
    return sides.flatMap((side) => {
      const locked = memory.stance[symbol] === 2 * side;
      const wanted = held === side ? 'leave' : locked ? undefined : 'enter';
      return rule
        .conditions(params, side)
        .filter((condition) => wanted === undefined || condition.leads === wanted)
        .map((condition) => gauge(rule, observation, symbol, name, side, condition, locked && held === 0));
    });
  });
}

function gauge<Params extends Sided>(
  rule: Explained<Params>,
  observation: Observation<Params>,
  symbol: number,
  name: string,
  side: Side,
  { leads, left, is, right }: Condition,
  locked: boolean,
): Gauge {
  const { params, market, features } = observation;
  const valueOf = (operand: Operand): number =>
    operand === 'close'
      ? market.close(symbol)
      : typeof operand === 'number'
        ? operand
        : features.value(symbol, operand.feature);
  const textOf = (operand: Operand): string => {
    if (typeof operand !== 'object') return String(operand);
    const spec = rule.features(params)[operand.feature];
    return spec === undefined ? '?' : featureText(spec);
  };
  const value = valueOf(left);
  const threshold = valueOf(right);
  const unknown = Number.isNaN(value) || Number.isNaN(threshold);
  return {
    symbol: name,
    rule: `${leads} ${side === 1 ? 'long' : 'short'}${locked ? ' (locked after a protective exit)' : ''}`,
    text: `${textOf(left)} ${is} ${textOf(right)}`,
    value,
    threshold,
    holds: unknown ? undefined : is === '>' ? value > threshold : value < threshold,
  };
}
