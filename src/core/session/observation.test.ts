import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS, flatBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { FREE, scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { HOUR_MS, type Timeframe } from '../domain/time.js';
import { decideSession } from './decide.js';
import { advanceSession } from './session.js';

const BARS = 24;

/** The rate that a strategy reads at each of its decisions, by the close of the bar. */
function seenRates(
  funding: readonly (readonly [number, number])[],
  timeframe: Timeframe,
): { readonly nowMs: number; readonly rate: number }[] {
  const seen: { nowMs: number; rate: number }[] = [];
  const kind = scripted((_decision, o) => {
    seen.push({ nowMs: o.nowMs, rate: o.market.fundingRate(0) });
    return [];
  });
  const market = marketOf([flatBars(100, BARS)], {
    instruments: [perpetual('A')],
    funding: [
      {
        timesMs: Float64Array.from(funding, ([timeMs]) => timeMs),
        rates: Float64Array.from(funding, ([, rate]) => rate),
      },
    ],
  });
  const session = sessionFor(kind, market, { costs: FREE, timeframe });
  for (let t = 0; t < BARS; t++) {
    advanceSession(session, t);
    decideSession(session, t, []);
  }
  return seen;
}

describe('the funding rate that a strategy sees', () => {
  it('is the newest one due strictly before the close, whatever comes after', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -4, max: 4 * BARS }), { maxLength: 40 }),
        fc.constantFrom<Timeframe>('1h', '4h'),
        (quarters, timeframe) => {
          const funding = quarters
            .sort((a, b) => a - b)
            .map((quarter, i) => [START_MS + (quarter * HOUR_MS) / 4, (i + 1) / 1e4] as const);
          for (const { nowMs, rate } of seenRates(funding, timeframe)) {
            const before = funding.filter(([timeMs]) => timeMs < nowMs);
            expect(rate).toBe(before.at(-1)?.[1] ?? NaN);
            // Nothing of the future: without what is due later it is the same.
            const cut = seenRates(before, timeframe).find((one) => one.nowMs === nowMs);
            expect(cut?.rate).toBe(rate);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
