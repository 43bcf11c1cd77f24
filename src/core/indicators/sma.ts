import { divideFully } from './pair-arithmetic.js';
import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToWindow, createWindowSum } from './window-sum.js';

/** Simple mean of the last `period` closes. */
export const sma: IndicatorDefinition = {
  name: 'sma',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(sma, params, 'period'),
  create(params) {
    const period = readPeriod(sma, params, 'period');
    const closes = createWindowSum(period);
    return {
      next(bar, out) {
        addToWindow(closes, bar.close, 0);
        out[0] = closes.full ? divideFully(closes.total.hi, closes.total.lo, period, 0) : NaN;
      },
    };
  },
};
