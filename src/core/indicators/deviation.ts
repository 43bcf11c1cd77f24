import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToMoments, createWindowMoments, windowDeviation } from './window-moments.js';

/** Population standard deviation of the last `period` closes, in units of price. */
export const deviation: IndicatorDefinition = {
  name: 'deviation',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(deviation, params, 'period'),
  create(params) {
    const closes = createWindowMoments(readPeriod(deviation, params, 'period'));
    return {
      next(bar, out) {
        addToMoments(closes, bar.close);
        out[0] = windowDeviation(closes, 0);
      },
    };
  },
};
