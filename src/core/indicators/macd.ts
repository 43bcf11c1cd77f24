import { readPeriod, refusedParameter, type Params } from './parameters.js';
import type { StaggeredDefinition } from './output-warmup.js';
import { createExponentialSmoothing, smooth } from './smoothing.js';

/**
 * Moving average convergence divergence (Appel): fast EMA - slow EMA, its own EMA as the signal line, and the
 * difference of both. All are in units of price.
 */
export const macd: StaggeredDefinition = {
  name: 'macd',
  outputs: ['macd', 'signal', 'histogram'],
  parameters: { fast: 12, slow: 26, signal: 9 },
  warmupBars: (params) => readPeriods(params).slow,
  warmupBarsOf(output, params) {
    const { slow, signal } = readPeriods(params);
    return output === 'macd' ? slow : slow + signal - 1;
  },
  create(params) {
    const periods = readPeriods(params);
    const fast = createExponentialSmoothing(periods.fast);
    const slow = createExponentialSmoothing(periods.slow);
    const signal = createExponentialSmoothing(periods.signal);
    return {
      next(bar, out) {
        const line = smooth(fast, bar.close) - smooth(slow, bar.close);
        const signalLine = Number.isNaN(line) ? NaN : smooth(signal, line);
        out[0] = line;
        out[1] = signalLine;
        out[2] = line - signalLine;
      },
    };
  },
};

function readPeriods(params: Params): { fast: number; slow: number; signal: number } {
  const fast = readPeriod(macd, params, 'fast');
  const slow = readPeriod(macd, params, 'slow');
  if (fast >= slow) throw refusedParameter(macd, 'fast', fast, `a period below slow (${String(slow)})`);
  return { fast, slow, signal: readPeriod(macd, params, 'signal') };
}
