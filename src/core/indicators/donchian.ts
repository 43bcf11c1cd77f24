import { readPeriod } from './parameters.js';
import type { StaggeredDefinition } from './output-warmup.js';
import { addToRange, createWindowRange } from './window-range.js';

/**
 * Donchian channel: highest high and lowest low of the last `period` bars, the current one included. A close
 * can never break out of a channel that contains its own bar; a breakout is measured against priorUpper and
 * priorLower, the channel of the `period` bars before the current one.
 */
export const donchian: StaggeredDefinition = {
  name: 'donchian',
  outputs: ['upper', 'lower', 'middle', 'priorUpper', 'priorLower'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(donchian, params, 'period'),
  warmupBarsOf: (output, params) =>
    readPeriod(donchian, params, 'period') + (output.startsWith('prior') ? 1 : 0),
  create(params) {
    const range = createWindowRange(readPeriod(donchian, params, 'period'));
    return {
      next(bar, out) {
        out[3] = range.full ? range.highest : NaN;
        out[4] = range.full ? range.lowest : NaN;
        addToRange(range, bar.high, bar.low);
        out[0] = range.full ? range.highest : NaN;
        out[1] = range.full ? range.lowest : NaN;
        out[2] = range.full ? (range.highest + range.lowest) / 2 : NaN;
      },
    };
  },
};
