import type { IndicatorDefinition } from './indicator.js';
import type { Params } from './parameters.js';

/** A definition whose outputs do not all start at the same bar, e.g. the signal line of MACD. */
export interface StaggeredDefinition extends IndicatorDefinition {
  /** Bars after which this output has a value. */
  warmupBarsOf(output: string, params: Params): number;
}

/** Bars after which `output` has its first value. */
export function outputWarmupBars(definition: IndicatorDefinition, output: string, params: Params): number {
  return isStaggered(definition) ? definition.warmupBarsOf(output, params) : definition.warmupBars(params);
}

function isStaggered(definition: IndicatorDefinition): definition is StaggeredDefinition {
  return 'warmupBarsOf' in definition;
}
