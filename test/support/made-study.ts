import { uniformAt } from '../../src/core/domain/rng.js';
import { sampleOf } from '../../src/core/metrics/sample.js';
import { normalQuantile } from '../../src/core/metrics/special-functions.js';
import type { StudyTrial } from '../../src/core/metrics/study-trial.js';

/** One trial with a few trades; what a test is about is given. */
export function madeTrial(
  change: Partial<StudyTrial> & Pick<StudyTrial, 'configuration' | 'trial'>,
): StudyTrial {
  const returnFraction = change.returnFraction ?? 0.01;
  return {
    model: 'made-model',
    temperature: 0.1,
    returnFraction,
    sharpe: 1.25,
    maxDrawdownFraction: -0.08,
    fills: 8,
    closedTrades: 4,
    wins: 2,
    feesUsd: 12.5,
    modelCostUsd: 0.35,
    fundingUsd: -1.5,
    equityUsd: 10_000 * (1 + returnFraction),
    failedShare: 0,
    bestTradeUsd: 60,
    worstTradeUsd: -30,
    tradeNetsUsd: [60, -30, 20, -10],
    notionalsUsd: [1000, 2000, 3000, 10_000],
    holdHours: [4, 8, 12, 48],
    leverages: [10, 10, 20, 20],
    longShare: 0.75,
    perSymbol: [
      {
        symbol: 'BTC-USDT',
        trades: 3,
        netUsd: 50,
        wins: 2,
        bestUsd: 60,
        worstUsd: -30,
        upCapture: 0.3,
        downCapture: 0.2,
      },
      { symbol: 'ETH-USDT', trades: 1, netUsd: -10, wins: 0, bestUsd: -10, worstUsd: -10 },
    ],
    ...change,
  };
}

/** So many returns, near Normal, that have exactly this mean and sample deviation. */
export function madeReturns(mean: number, deviation: number, count: number, seed: number): number[] {
  const drawn = Array.from({ length: count }, (_, i) =>
    normalQuantile(uniformAt(seed, i * 60_000, 1) || 0.5),
  );
  const sample = sampleOf(drawn);
  if (sample === undefined || sample.deviation === 0) throw new Error('nothing to scale');
  return drawn.map((value) => mean + (deviation * (value - sample.mean)) / sample.deviation);
}

/** Trials of one configuration with these returns. */
export function madeTrials(
  configuration: string,
  returns: readonly number[],
  change: Partial<StudyTrial> = {},
): StudyTrial[] {
  return returns.map((returnFraction, i) =>
    madeTrial({
      ...change,
      configuration,
      trial: i + 1,
      returnFraction,
      equityUsd: 10_000 * (1 + returnFraction),
    }),
  );
}
