import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { createWilderSmoothing, smooth } from './smoothing.js';
import { trueRange } from './true-range.js';

/**
 * Average true range (Wilder 1978). A true range needs a previous close, so the first average is that of the
 * `period` ranges that start at the second bar.
 */
export const atr: IndicatorDefinition = {
  name: 'atr',
  outputs: ['value'],
  parameters: { period: 14 },
  warmupBars: (params) => readPeriod(atr, params, 'period') + 1,
  create(params) {
    const ranges = createWilderSmoothing(readPeriod(atr, params, 'period'));
    const previous = { close: NaN };
    return {
      next(bar, out) {
        const previousClose = previous.close;
        previous.close = bar.close;
        out[0] = Number.isNaN(previousClose) ? NaN : smooth(ranges, trueRange(bar, previousClose));
      },
    };
  },
};
