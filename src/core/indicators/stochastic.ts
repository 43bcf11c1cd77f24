import { divideFully } from './pair-arithmetic.js';
import { readPeriod } from './parameters.js';
import type { StaggeredDefinition } from './output-warmup.js';
import { addToRange, createWindowRange } from './window-range.js';
import { addToWindow, createWindowSum } from './window-sum.js';

/** Where the close lies in a range of no width. Not 0: a market that stands still is not oversold. */
const NEUTRAL = 50;

/**
 * Stochastic oscillator (Lane): the close's place between the lowest low and highest high of `period` bars,
 * 0-100, averaged over `smooth` bars for k and once more over `dPeriod` for d. `smooth` 1 is the fast form.
 */
export const stochastic: StaggeredDefinition = {
  name: 'stochastic',
  outputs: ['k', 'd'],
  parameters: { period: 14, smooth: 3, dPeriod: 3 },
  warmupBars: (params) =>
    readPeriod(stochastic, params, 'period') + readPeriod(stochastic, params, 'smooth') - 1,
  warmupBarsOf: (output, params) =>
    stochastic.warmupBars(params) + (output === 'd' ? readPeriod(stochastic, params, 'dPeriod') - 1 : 0),
  create(params) {
    const range = createWindowRange(readPeriod(stochastic, params, 'period'));
    const smoothPeriod = readPeriod(stochastic, params, 'smooth');
    const dPeriod = readPeriod(stochastic, params, 'dPeriod');
    const places = createWindowSum(smoothPeriod);
    const ks = createWindowSum(dPeriod);
    return {
      next(bar, out) {
        out[0] = NaN;
        out[1] = NaN;
        addToRange(range, bar.high, bar.low);
        if (!range.full) return;
        const height = range.highest - range.lowest;
        addToWindow(places, height === 0 ? NEUTRAL : 100 * ((bar.close - range.lowest) / height), 0);
        if (!places.full) return;
        const k = divideFully(places.total.hi, places.total.lo, smoothPeriod, 0);
        addToWindow(ks, k, 0);
        out[0] = k;
        if (ks.full) out[1] = divideFully(ks.total.hi, ks.total.lo, dPeriod, 0);
      },
    };
  },
};
