import { DAY_MS } from '../domain/time.js';
import type { IndicatorDefinition } from './indicator.js';
import { addPair, divideFully, productError, zeroSum } from './pair-arithmetic.js';

/**
 * Volume-weighted mean of the typical price (high + low + close) / 3 since the session began; sessions begin
 * at 00:00 UTC by the bar's open. NaN until the session has volume. A stream that starts inside a session
 * knows only the bars it was given.
 */
export const vwapSession: IndicatorDefinition = {
  name: 'vwap-session',
  outputs: ['value'],
  parameters: {},
  warmupBars: () => 1,
  create() {
    const turnover = zeroSum();
    const volume = zeroSum();
    const session = { day: NaN };
    return {
      next(bar, out) {
        const day = Math.floor(bar.openTimeMs / DAY_MS);
        if (day !== session.day) {
          session.day = day;
          turnover.hi = turnover.lo = 0;
          volume.hi = volume.lo = 0;
        }
        // Written from the close, so that a bar of one price has exactly that price.
        const typicalPrice = bar.close + (bar.high - bar.close + (bar.low - bar.close)) / 3;
        const product = typicalPrice * bar.volume;
        addPair(turnover, product, productError(typicalPrice, bar.volume, product));
        addPair(volume, bar.volume, 0);
        out[0] = divideFully(turnover.hi, turnover.lo, volume.hi, volume.lo);
      },
    };
  },
};
