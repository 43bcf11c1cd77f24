import type { IndicatorDefinition } from './indicator.js';
import { readPeriod, readPositive } from './parameters.js';
import { addToMoments, createWindowMoments, windowDeviation, windowMean } from './window-moments.js';

/** Where the close lies in bands of no width: in the middle. */
const MIDDLE_PERCENT_B = 0.5;

/**
 * Bollinger bands: mean of closes and `k` population deviations around it. percentB is the close's place
 * between the bands (0 lower, 1 upper, may leave that range), width is (upper - lower) / middle.
 */
export const bollinger: IndicatorDefinition = {
  name: 'bollinger',
  outputs: ['middle', 'upper', 'lower', 'percentB', 'width'],
  parameters: { period: 20, k: 2 },
  warmupBars: (params) => readPeriod(bollinger, params, 'period'),
  create(params) {
    const closes = createWindowMoments(readPeriod(bollinger, params, 'period'));
    const k = readPositive(bollinger, params, 'k');
    return {
      next(bar, out) {
        addToMoments(closes, bar.close);
        const middle = windowMean(closes);
        const band = k * windowDeviation(closes, 0);
        out[0] = middle;
        out[1] = middle + band;
        out[2] = middle - band;
        out[3] = band === 0 ? MIDDLE_PERCENT_B : 0.5 + (bar.close - middle) / (2 * band);
        out[4] = (2 * band) / middle;
      },
    };
  },
};
