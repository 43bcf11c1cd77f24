/**
 * One number from 0 to 100 for people who want one number: 30 points for the Sharpe ratio, 25 for a shallow
 * drawdown, 25 for the profit factor, 20 for the share of trades won, each in steps. A convention, not a
 * statistic: it neither counts trials nor length, and nothing ranks or promotes by it.
 */

export interface QualityInput {
  readonly closedTrades: number;
  /** Annual. */
  readonly sharpe: number | undefined;
  /** -1 to 0. */
  readonly drawdownFraction: number | undefined;
  readonly profitFactor: number | undefined;
  readonly winFraction: number | undefined;
}

export interface QualityParts {
  readonly sharpe: number;
  readonly drawdown: number;
  readonly profitFactor: number;
  readonly winRate: number;
}

export type QualityScore =
  | { readonly kind: 'measured'; readonly points: number; readonly parts: QualityParts }
  | { readonly kind: 'undefined'; readonly why: 'fewer-than-30-trades' | 'no-sharpe' | 'no-result' };

const FEWEST_TRADES = 30;

/** A figure beyond the limit earns the points; the limits themselves do not. */
type Steps = readonly { readonly beyond: number; readonly points: number }[];
const SHARPE: Steps = [
  { beyond: 2, points: 30 },
  { beyond: 1.5, points: 25 },
  { beyond: 1, points: 20 },
  { beyond: 0.5, points: 10 },
];
/** Of the depth as a negative fraction: less deep than 5 % is beyond -0.05. */
const DRAWDOWN: Steps = [
  { beyond: -0.05, points: 25 },
  { beyond: -0.1, points: 20 },
  { beyond: -0.15, points: 15 },
  { beyond: -0.2, points: 10 },
];
const PROFIT_FACTOR: Steps = [
  { beyond: 2, points: 25 },
  { beyond: 1.5, points: 20 },
  { beyond: 1.3, points: 15 },
  { beyond: 1.1, points: 10 },
];
const WIN_RATE: Steps = [
  { beyond: 0.6, points: 20 },
  { beyond: 0.55, points: 15 },
  { beyond: 0.5, points: 10 },
  { beyond: 0.45, points: 5 },
];

/** Insufficient data below 30 closed trades, and where there is no ratio to look at. */
export function qualityScore(input: QualityInput): QualityScore {
  const { closedTrades, sharpe, drawdownFraction, winFraction } = input;
  if (!(closedTrades >= FEWEST_TRADES)) return { kind: 'undefined', why: 'fewer-than-30-trades' };
  if (sharpe === undefined || drawdownFraction === undefined) return { kind: 'undefined', why: 'no-sharpe' };
  if (winFraction === undefined) return { kind: 'undefined', why: 'no-result' };
  // Trades that were won and never one lost have no profit factor: it is above every limit.
  const profitFactor = input.profitFactor ?? (winFraction > 0 ? Infinity : 0);
  const parts = {
    sharpe: pointsFor(sharpe, SHARPE),
    drawdown: pointsFor(drawdownFraction, DRAWDOWN),
    profitFactor: pointsFor(profitFactor, PROFIT_FACTOR),
    winRate: pointsFor(winFraction, WIN_RATE),
  };
  const points = parts.sharpe + parts.drawdown + parts.profitFactor + parts.winRate;
  return { kind: 'measured', points, parts };
}

function pointsFor(value: number, steps: Steps): number {
  return steps.find((step) => value > step.beyond)?.points ?? 0;
}
