import { divideFully } from './pair-arithmetic.js';
import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToWindow, createWindowSum } from './window-sum.js';

/**
 * The bar's volume relative to the mean of the last `period` volumes, its own included: so it lies between 0
 * and `period`. NaN where none of these bars has volume.
 */
export const volumeRatio: IndicatorDefinition = {
  name: 'volume-ratio',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(volumeRatio, params, 'period'),
  create(params) {
    const period = readPeriod(volumeRatio, params, 'period');
    const volumes = createWindowSum(period);
    return {
      next(bar, out) {
        addToWindow(volumes, bar.volume, 0);
        const { hi, lo } = volumes.total;
        out[0] = volumes.full ? bar.volume / divideFully(hi, lo, period, 0) : NaN;
      },
    };
  },
};
