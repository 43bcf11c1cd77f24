import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToMoments, createWindowMoments, windowDeviation } from './window-moments.js';

/** Sample standard deviation (ddof 1) of the last `period` log returns, per bar: not annualised. */
export const volatility: IndicatorDefinition = {
  name: 'volatility',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(volatility, params, 'period', 2) + 1,
  create(params) {
    const returns = createWindowMoments(readPeriod(volatility, params, 'period', 2));
    const previous = { close: NaN };
    return {
      next(bar, out) {
        if (!Number.isNaN(previous.close)) addToMoments(returns, Math.log(bar.close / previous.close));
        previous.close = bar.close;
        out[0] = windowDeviation(returns, 1);
      },
    };
  },
};
