import type { Bar } from '../domain/market-table.js';
import { readPeriod } from './parameters.js';
import type { StaggeredDefinition } from './output-warmup.js';
import { createWilderSmoothing, smooth } from './smoothing.js';
import { trueRange } from './true-range.js';

/**
 * Two moves that differ by less than this fraction of the price are equal. Prices move in ticks, so equal
 * moves are common, and 10.3 - 10.2 is not 10.2 - 10.1 in doubles: without the tolerance rounding would
 * decide which side moved.
 */
const EQUAL_MOVES_FRACTION = 1e-12;

/**
 * Directional movement (Wilder 1978). plusDi and minusDi are the smoothed moves beyond the previous bar's
 * high and low in percent of the smoothed true range, dx = 100 |plusDi - minusDi| / (plusDi + minusDi), adx
 * its Wilder mean. A market without range has no direction: all are 0.
 */
export const adx: StaggeredDefinition = {
  name: 'adx',
  outputs: ['adx', 'plusDi', 'minusDi', 'dx'],
  parameters: { period: 14 },
  warmupBars: (params) => 2 * readPeriod(adx, params, 'period'),
  warmupBarsOf(output, params) {
    const period = readPeriod(adx, params, 'period');
    return output === 'adx' ? 2 * period : period + 1;
  },
  create(params) {
    const period = readPeriod(adx, params, 'period');
    const ranges = createWilderSmoothing(period);
    const upMoves = createWilderSmoothing(period);
    const downMoves = createWilderSmoothing(period);
    const directions = createWilderSmoothing(period);
    const previous = { high: NaN, low: NaN, close: NaN };
    return {
      next(bar, out) {
        out.fill(NaN);
        if (!Number.isNaN(previous.close)) {
          const side = sideOfMove(bar, previous.high, previous.low);
          const range = smooth(ranges, trueRange(bar, previous.close));
          const up = smooth(upMoves, side > 0 ? bar.high - previous.high : 0);
          const down = smooth(downMoves, side < 0 ? previous.low - bar.low : 0);
          if (!Number.isNaN(range)) {
            const dx = up + down === 0 ? 0 : 100 * (Math.abs(up - down) / (up + down));
            out[0] = smooth(directions, dx);
            out[1] = range === 0 ? 0 : 100 * (up / range);
            out[2] = range === 0 ? 0 : 100 * (down / range);
            out[3] = dx;
          }
        }
        previous.high = bar.high;
        previous.low = bar.low;
        previous.close = bar.close;
      },
    };
  },
};

/** +1 when the bar went further above the previous high than below the previous low, -1 for the reverse, else 0. */
function sideOfMove(bar: Readonly<Bar>, previousHigh: number, previousLow: number): 1 | 0 | -1 {
  const up = bar.high - previousHigh;
  const down = previousLow - bar.low;
  if (Math.abs(up - down) <= EQUAL_MOVES_FRACTION * bar.high) return 0;
  if (up > down) return up > 0 ? 1 : 0;
  return down > 0 ? -1 : 0;
}
