/**
 * Which part of the record each figure of a sweep is about, in samples (hourly returns, or those of longer bars).
 *
 * The last share is held out: the market of the ranking ends before it. The rest has walk-forward folds. They are
 * anchored: K folds cut it into K + 1 blocks, fold k trains on blocks 0 to k and is tested on block k + 1. All are
 * sliced from one curve per set, because rules without fitting learn nothing from the training part: what the account
 * does in a test is what it would have done there anyway, and only the choice of the set comes from training. The purge
 * is cut off the end of the training part and the embargo off the beginning of the test (Lopez de Prado 2018, Advances
 * in Financial Machine Learning, chapter 7): a trade no longer than both together never has returns on both sides, and
 * with a purge as long as the warm-up no indicator of the test's first bar has seen a bar that training was judged by.
 */
export interface Fold {
  /** Training is [0, trainTo), the test [testFrom, testTo). */
  readonly trainTo: number;
  readonly testFrom: number;
  readonly testTo: number;
}

export interface SweepWindows {
  /** Samples that are ranked: [0, ranked). */
  readonly ranked: number;
  /** First sample of the holdout: the purge and the embargo lie before it too. Equals `samples` without one. */
  readonly holdoutFrom: number;
  readonly samples: number;
  readonly folds: readonly Fold[];
}

/** Fewer returns than this say nothing about a Sharpe ratio. */
export const FEWEST_SAMPLES = 30;

export interface WindowRules {
  readonly holdoutFraction: number;
  readonly folds: number;
  readonly purge: number;
  readonly embargo: number;
}

/** Undefined where a part would have fewer than 30 samples. */
export function planWindows(samples: number, rules: WindowRules): SweepWindows | undefined {
  const { holdoutFraction, folds: count, purge, embargo } = rules;
  const ranked = samples - Math.round(samples * holdoutFraction);
  const holdoutFrom = holdoutFraction === 0 ? samples : ranked + purge + embargo;
  if (ranked < FEWEST_SAMPLES) return undefined;
  if (holdoutFraction > 0 && samples - holdoutFrom < FEWEST_SAMPLES) return undefined;
  const folds = Array.from({ length: count }, (_, k) => {
    const border = Math.floor(((k + 1) * ranked) / (count + 1));
    return {
      trainTo: border - purge,
      testFrom: border + embargo,
      testTo: Math.floor(((k + 2) * ranked) / (count + 1)),
    };
  });
  const fit = folds.every(
    ({ trainTo, testFrom, testTo }) => trainTo >= FEWEST_SAMPLES && testTo - testFrom >= FEWEST_SAMPLES,
  );
  return fit ? { ranked, holdoutFrom, samples, folds } : undefined;
}
