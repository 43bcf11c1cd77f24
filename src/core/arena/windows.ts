import type { TradeTotals } from '../metrics/trade-totals.js';
import { type Scorecard, openScorecard } from '../metrics/scorecard.js';

/** A contestant's running statistics: [since joining, since each tracked cohort's start]. */
export interface Scores {
  readonly cards: Scorecard[];
  /** Trade totals at the start of each card. */
  readonly baselines: TradeTotals[];
}

/**
 * Carries the cards of cohorts that are still tracked over, opens new ones at the present equity, and drops
 * the rest. The journal can be folded through the same function, so that a board can be derived again.
 */
export function moveWindows(
  scores: Scores,
  equityUsd: number,
  totals: TradeTotals,
  from: readonly number[],
  to: readonly number[],
): Scores {
  const cards: Scorecard[] = [scores.cards[0] ?? openScorecard(equityUsd)];
  const baselines: TradeTotals[] = [scores.baselines[0] ?? totals];
  for (const cohort of to) {
    const k = from.indexOf(cohort);
    cards.push((k === -1 ? undefined : scores.cards[k + 1]) ?? openScorecard(equityUsd));
    baselines.push((k === -1 ? undefined : scores.baselines[k + 1]) ?? totals);
  }
  return { cards, baselines };
}

/** What one contestant's cards begin at: the board's windows, and its own cohort where that is another one. */
export function windowsOf(tracked: readonly number[], own: number | undefined): readonly number[] {
  return own === undefined || tracked.includes(own) ? tracked : [...tracked, own];
}

export function sameWindows(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
