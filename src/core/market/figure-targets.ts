/**
 * What ten large symbols measured, hourly, and how far a generated market may be from it. The bands hold all
 * three reference windows, and so say how much real markets differ from one period to the next; see docs/generated-market.md.
 */
import type { Figure } from './market-figures.js';

export interface FigureTarget {
  /** Measured in the first reference window. */
  readonly recorded: number;
  readonly low: number;
  readonly high: number;
}

/** From the first date up to, not including, the second. */
export const REFERENCE_WINDOWS = [
  '2023-04-01..2025-11-16',
  '2023-04-01..2024-07-01',
  '2024-07-01..2025-11-16',
] as const;

export const FIGURE_TARGETS: Readonly<Record<Figure, FigureTarget>> = {
  annualVolatility: { recorded: 0.847, low: 0.7, high: 1 },
  kurtosis: { recorded: 25.87, low: 14, high: 35 },
  dailyKurtosis: { recorded: 7.839, low: 5, high: 12 },
  beyondFivePerThousand: { recorded: 3.646, low: 3, high: 4.4 },
  absoluteAutocorrelation1h: { recorded: 0.261, low: 0.21, high: 0.31 },
  absoluteAutocorrelation24h: { recorded: 0.139, low: 0.11, high: 0.17 },
  absoluteAutocorrelation168h: { recorded: 0.108, low: 0.08, high: 0.13 },
  returnAutocorrelation1h: { recorded: -0.012, low: -0.02, high: 0.02 },
  dailyReturnAutocorrelation: { recorded: -0.02, low: -0.06, high: 0.06 },
  pairCorrelation: { recorded: 0.643, low: 0.56, high: 0.7 },
  absolutePairCorrelation: { recorded: 0.551, low: 0.48, high: 0.62 },
  moveVolumeCorrelation: { recorded: 0.526, low: 0.46, high: 0.6 },
  volumeAutocorrelation1h: { recorded: 0.779, low: 0.7, high: 0.83 },
  logVolumeDeviation: { recorded: 0.857, low: 0.78, high: 1 },
  rangeOverMove: { recorded: 2.096, low: 2, high: 2.2 },
  gapBps: { recorded: 0.734, low: 0.3, high: 1.2 },
};
