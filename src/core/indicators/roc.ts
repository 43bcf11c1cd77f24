import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';

/** Rate of change as a fraction: close / close `period` bars ago - 1. */
export const roc: IndicatorDefinition = {
  name: 'roc',
  outputs: ['value'],
  parameters: { period: 10 },
  warmupBars: (params) => readPeriod(roc, params, 'period') + 1,
  create(params) {
    const closes = new Float64Array(readPeriod(roc, params, 'period')).fill(NaN);
    const oldest = { slot: 0 };
    return {
      next(bar, out) {
        out[0] = bar.close / (closes[oldest.slot] ?? NaN) - 1;
        closes[oldest.slot] = bar.close;
        oldest.slot = oldest.slot + 1 === closes.length ? 0 : oldest.slot + 1;
      },
    };
  },
};
