import { Problem } from '../domain/problem.js';
import type { IndicatorDefinition } from './indicator.js';

export type Params = Readonly<Record<string, number>>;
type Described = Pick<IndicatorDefinition, 'name' | 'parameters'>;

/** Longest window of an indicator: nearly two years of minutes. Every window buffer is at most this long. */
export const MAX_PERIOD_BARS = 1_000_000;

/** A number of bars; the definition's default where `params` does not name it. */
export function readPeriod(definition: Described, params: Params, parameter: string, least = 1): number {
  const value = readParameter(definition, params, parameter);
  if (!Number.isInteger(value) || value < least || value > MAX_PERIOD_BARS)
    throw refusedParameter(
      definition,
      parameter,
      value,
      `a whole number from ${String(least)} to ${String(MAX_PERIOD_BARS)}`,
    );
  return value;
}

export function readPositive(definition: Described, params: Params, parameter: string): number {
  const value = readParameter(definition, params, parameter);
  if (!Number.isFinite(value) || value <= 0)
    throw refusedParameter(definition, parameter, value, 'a number above 0');
  return value;
}

export function refusedParameter(
  definition: Described,
  parameter: string,
  value: unknown,
  expected: string,
): Problem {
  return new Problem(
    'input',
    `indicator ${definition.name}: parameter ${parameter} is ${String(value)}, expected ${expected}`,
  );
}

/** All parameters in the definition's order. A name that the definition does not have is refused. */
export function withDefaults(definition: Described, params: Params = {}): Params {
  const names = Object.keys(definition.parameters);
  for (const [given, value] of Object.entries(params))
    if (!names.includes(given))
      throw refusedParameter(
        definition,
        given,
        value,
        names.length === 0 ? 'no parameters' : `one of the parameters ${names.join(', ')}`,
      );
  return Object.fromEntries(names.map((name) => [name, readParameter(definition, params, name)]));
}

function readParameter(definition: Described, params: Params, parameter: string): number {
  const given = Object.hasOwn(params, parameter) ? params[parameter] : undefined;
  return given ?? definition.parameters[parameter] ?? NaN;
}
