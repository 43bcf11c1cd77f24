import { nearest } from '../../domain/nearest.js';
import { Problem } from '../../domain/problem.js';
import { findIndicator } from '../../indicators/catalog.js';
import { outputWarmupBars } from '../../indicators/output-warmup.js';
import { type Params, withDefaults } from '../../indicators/parameters.js';
import type { FeatureSpec } from '../../indicators/feature-columns.js';
import type { Numeric } from './expression.js';
import { FormulaError } from './source.js';

/** `bollinger(20, 2).upper`: arguments in the indicator's order, its defaults where they end. */
export function readFeature(
  word: string,
  args: readonly number[],
  output: string | undefined,
  at: number,
): Numeric {
  const definition = findIndicator(word.replaceAll('_', '-'));
  const names = Object.keys(definition.parameters);
  if (args.length > names.length)
    throw new FormulaError(
      `${word} takes ${names.length === 0 ? 'no numbers' : `at most ${names.join(', ')}`}, got ${String(args.length)}`,
      at,
    );
  if (output !== undefined && !definition.outputs.includes(output))
    throw new FormulaError(
      `${word} has no output "${output}"`,
      at,
      `did you mean "${nearest(output, definition.outputs)}"? It has ${definition.outputs.join(', ')}.`,
    );
  const given = Object.fromEntries(args.map((value, i) => [names[i] ?? '', value]));
  const params = checked(() => {
    const all = withDefaults(definition, given);
    definition.create(all);
    return all;
  }, at);
  const written = Object.values(params).join(', ');
  return {
    is: 'feature',
    spec: { indicator: definition.name, params, output: output ?? definition.outputs[0] ?? '' },
    // The output is always written where there are several, so that one feature has one name.
    text: `${word}(${written})${definition.outputs.length === 1 ? '' : `.${output ?? definition.outputs[0] ?? ''}`}`,
    ago: 0,
  };
}

/** Closed bars after which the feature has its first value. */
export function featureWarmupBars(spec: FeatureSpec): number {
  const definition = findIndicator(spec.indicator);
  return outputWarmupBars(
    definition,
    spec.output ?? definition.outputs[0] ?? '',
    withDefaults(definition, spec.params),
  );
}

function checked(make: () => Params, at: number): Params {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem) throw new FormulaError(error.message, at);
    throw error;
  }
}
