import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, failedAnswer } from '../../test/support/asking-kind.js';
import { START_MS, flatBars, marketOf } from '../../test/support/made-market.js';
import { playedJournal } from '../../test/support/played-journal.js';
import { DAY_MS, HOUR_MS } from '../core/domain/time.js';
import { modelCosts } from './model-costs.js';

const MARKET = marketOf([flatBars(100, 30)]);
const NAMES = ['daily', 'hourly'];

describe('what contestants spent on language models', () => {
  it('is by contestant and UTC day of the market, failures with what they cost', () => {
    const { store } = playedJournal(
      MARKET,
      [
        { kind: 'asking', timeframe: '1d' },
        { kind: 'sma-cross', params: { fast: 2, slow: 3 } },
        { kind: 'asking' },
      ],
      ({ contestant, atMs }) =>
        contestant === 0
          ? answered('wait', { costUsd: 2 })
          : atMs === START_MS + 5 * HOUR_MS
            ? failedAnswer('late', 0.5)
            : answered('wait', { costUsd: 0.25 }),
    );
    const [daily, hourly, ...rest] = modelCosts(store, (c) => NAMES[c] ?? 'other');
    expect(rest).toEqual([]);
    // Its only bar closes at the end of the first day, which is the second one.
    expect(daily).toEqual({
      contestant: 0,
      name: 'daily',
      calls: 1,
      failed: 0,
      inputTokens: 100,
      cachedInputTokens: 20,
      outputTokens: 5,
      costUsd: 2,
      firstMs: START_MS + DAY_MS,
      lastMs: START_MS + DAY_MS,
      days: [{ dayMs: START_MS + DAY_MS, calls: 1, costUsd: 2 }],
    });
    expect(hourly).toMatchObject({
      contestant: 2,
      calls: 30,
      failed: 1,
      inputTokens: 29 * 100,
      outputTokens: 29 * 5,
      costUsd: 29 * 0.25 + 0.5,
      firstMs: START_MS + HOUR_MS,
      lastMs: START_MS + 30 * HOUR_MS,
      // Closes at 01:00 to 23:00, then at 00:00 to 06:00 of the next day.
      days: [
        { dayMs: START_MS, calls: 23, costUsd: 22 * 0.25 + 0.5 },
        { dayMs: START_MS + DAY_MS, calls: 7, costUsd: 7 * 0.25 },
      ],
    });
  });

  it('is what the accounts paid, and the days are all of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 30, maxLength: 30 }),
        (costs) => {
          const { arena, store } = playedJournal(
            MARKET,
            [{ kind: 'asking' }, { kind: 'asking', params: { probe: true } }],
            ({ atMs }) => answered('wait', { costUsd: costs[(atMs - START_MS) / HOUR_MS - 1] ?? NaN }),
          );
          for (const spend of modelCosts(store, String)) {
            expect(spend.costUsd).toBe(arena.seats[spend.contestant]?.session.account.modelCostUsd);
            expect(spend.days.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(spend.costUsd, 9);
            expect(spend.days.reduce((sum, { calls }) => sum + calls, 0)).toBe(spend.calls);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is nothing where nobody asked', () => {
    const { store } = playedJournal(MARKET, [{ kind: 'buy-and-hold' }], () => answered('wait'));
    expect(modelCosts(store, String)).toEqual([]);
  });
});
