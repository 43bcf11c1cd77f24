import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToMoments, createWindowMoments, windowDeviation, windowMean } from './window-moments.js';

/** (close - mean) / population deviation over the last `period` closes; 0 in a market that stands still. */
export const zscore: IndicatorDefinition = {
  name: 'zscore',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(zscore, params, 'period'),
  create(params) {
    const closes = createWindowMoments(readPeriod(zscore, params, 'period'));
    return {
      next(bar, out) {
        addToMoments(closes, bar.close);
        const spread = windowDeviation(closes, 0);
        out[0] = spread === 0 ? 0 : (bar.close - windowMean(closes)) / spread;
      },
    };
  },
};
