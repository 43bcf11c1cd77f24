import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { createWilderSmoothing, smooth } from './smoothing.js';

const NEUTRAL = 50;

/**
 * Relative strength index (Wilder 1978): the share of smoothed gains in all smoothed moves, 0-100. Without
 * losses it is 100; a market that has not moved at all is neutral, 50.
 */
export const rsi: IndicatorDefinition = {
  name: 'rsi',
  outputs: ['value'],
  parameters: { period: 14 },
  warmupBars: (params) => readPeriod(rsi, params, 'period') + 1,
  create(params) {
    const period = readPeriod(rsi, params, 'period');
    const gains = createWilderSmoothing(period);
    const losses = createWilderSmoothing(period);
    const previous = { close: NaN };
    return {
      next(bar, out) {
        const change = bar.close - previous.close;
        previous.close = bar.close;
        out[0] = NaN;
        if (Number.isNaN(change)) return;
        const gain = smooth(gains, Math.max(change, 0));
        const moves = gain + smooth(losses, Math.max(-change, 0));
        out[0] = moves === 0 ? NEUTRAL : 100 * (gain / moves);
      },
    };
  },
};
