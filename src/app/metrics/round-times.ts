import type { HistogramFamily } from '../../reporting/metrics-text.js';

/** Seconds; a round of a thousand rule contestants takes some ten milliseconds, one that asks models minutes. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/** How long rounds took, counted without keeping them. */
export interface RoundTimes {
  observe(seconds: number): void;
  family(name: string, help: string): HistogramFamily;
}

export function createRoundTimes(): RoundTimes {
  const counts = BOUNDS.map(() => 0);
  let count = 0;
  let sum = 0;
  return {
    observe(seconds) {
      count++;
      sum += seconds;
      BOUNDS.forEach((bound, i) => {
        if (seconds <= bound) counts[i] = (counts[i] ?? 0) + 1;
      });
    },
    family: (name, help) => ({
      type: 'histogram',
      name,
      help,
      buckets: BOUNDS.map((upTo, i) => ({ upTo, count: counts[i] ?? 0 })),
      sum,
      count,
    }),
  };
}
