import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { createExponentialSmoothing, smooth } from './smoothing.js';

/** Exponential mean of closes, weight 2 / (period + 1), started with the simple mean of the first `period`. */
export const ema: IndicatorDefinition = {
  name: 'ema',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(ema, params, 'period'),
  create(params) {
    const closes = createExponentialSmoothing(readPeriod(ema, params, 'period'));
    return {
      next(bar, out) {
        out[0] = smooth(closes, bar.close);
      },
      fill(candles, from, to, outputs) {
        const [out] = outputs;
        if (out === undefined) return;
        const { close } = candles;
        for (let slot = from; slot < to; slot++) {
          const value = close[slot] ?? NaN;
          out[slot] = value === value ? smooth(closes, value) : NaN;
        }
      },
    };
  },
};
