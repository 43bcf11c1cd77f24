import { divideFully, productError } from './pair-arithmetic.js';
import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';
import { addToWindow, createWindowSum } from './window-sum.js';

/** Mean of the last `period` closes weighted by volume; NaN where none of these bars has volume. */
export const vwma: IndicatorDefinition = {
  name: 'vwma',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(vwma, params, 'period'),
  create(params) {
    const period = readPeriod(vwma, params, 'period');
    const turnovers = createWindowSum(period);
    const volumes = createWindowSum(period);
    return {
      next(bar, out) {
        const turnover = bar.close * bar.volume;
        addToWindow(turnovers, turnover, productError(bar.close, bar.volume, turnover));
        addToWindow(volumes, bar.volume, 0);
        out[0] = volumes.full
          ? divideFully(turnovers.total.hi, turnovers.total.lo, volumes.total.hi, volumes.total.lo)
          : NaN;
      },
    };
  },
};
