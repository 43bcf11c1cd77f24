import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type Timeframe } from '../domain/time.js';
import { zeroTradeTotals } from '../metrics/trade-totals.js';
import type { Metrics } from '../metrics/summarise.js';
import { type ModelRecord, openModelRecord } from '../session/model-record.js';
import { type ModelFigures, askedDays, modelFigures } from './model-figures.js';

const START_MS = Date.UTC(2026, 0, 5);

function figures(
  change: Partial<ModelRecord>,
  of: {
    totalReturnPct?: number;
    modelCostUsd?: number;
    startUsd?: number;
    due?: number;
    timeframe?: Timeframe;
  },
): ModelFigures | undefined {
  return modelFigures(
    { ...openModelRecord(), ...change },
    {
      metrics: { totalReturnPct: of.totalReturnPct } as Metrics,
      totals: { ...zeroTradeTotals(), modelCostUsd: of.modelCostUsd ?? 0 },
      startUsd: of.startUsd ?? 10_000,
      seat: { dueDecisions: of.due ?? 0, contestant: { manifest: { timeframe: of.timeframe ?? '1h' } } },
    },
  );
}

describe('figures of asking models', () => {
  it('are those computed by hand', () => {
    const record = {
      questions: 50,
      answers: 47,
      costUsd: 6,
      inputTokens: 1000,
      cachedInputTokens: 300,
      outputTokens: 70,
      probes: 8,
      flips: 2,
      servedBy: 'm-1',
      fingerprintChanges: 1,
      firstMs: START_MS,
      lastMs: START_MS + 71 * HOUR_MS,
    };
    // Seventy-two hours of hourly questions are three days; 5 of 10,000 are 0.05 %.
    expect(figures(record, { totalReturnPct: 1.5, modelCostUsd: 5, due: 40 })).toEqual({
      servedBy: 'm-1',
      questions: 50,
      answers: 47,
      grossReturnPct: 1.55,
      netReturnPct: 1.5,
      costUsd: 6,
      costPerDecisionUsd: 0.15,
      costPerDayUsd: 2,
      costPerWeekUsd: 14,
      tokens: { input: 1000, cached: 300, output: 70 },
      probes: 8,
      flipPct: 25,
      fingerprintChanges: 1,
    });
  });

  it('are nothing before the first question, and what cannot be told is not zero', () => {
    expect(figures({}, {})).toBeUndefined();
    const asked = { questions: 1, firstMs: START_MS, lastMs: START_MS };
    expect(figures(asked, { startUsd: 0, totalReturnPct: 1 })).toMatchObject({
      servedBy: undefined,
      grossReturnPct: undefined,
      costPerDecisionUsd: undefined,
      flipPct: undefined,
    });
  });

  it('project a week of questions as they were asked, however few there are and whatever their bars', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<[Timeframe, number]>(['1h', HOUR_MS], ['4h', 4 * HOUR_MS], ['1d', DAY_MS]),
        fc.integer({ min: 1, max: 400 }),
        ([timeframe, barMs], more) => {
          // A day of questions at least: fewer say little of a day.
          const questions = DAY_MS / barMs - 1 + more;
          const lastMs = START_MS + (questions - 1) * barMs;
          const record = { questions, costUsd: 0.25 * questions, firstMs: START_MS, lastMs };
          const weekly = figures(record, { timeframe })?.costPerWeekUsd;
          expect(weekly).toBeCloseTo(0.25 * ((7 * DAY_MS) / barMs), 9);
        },
      ),
    );
    expect(askedDays(START_MS, START_MS + DAY_MS, '1d'), 'two daily questions are two days').toBe(2);
    expect(askedDays(START_MS, START_MS + HOUR_MS, '1h')).toBe(1);
  });
});
