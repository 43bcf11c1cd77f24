/** Whether a bar is believed: by another venue's bar, and by what the symbol's own prices do. */
import type { SlotBar } from '../domain/growing-market.js';

export interface DoubtRules {
  /** Closes of two venues may differ by this fraction. */
  readonly maxDisagreementFraction: number;
  /** A price may move by so many robust standard deviations of the symbol's own bar returns ... */
  readonly jumpDeviations: number;
  /** ... and always by this fraction. */
  readonly leastJumpFraction: number;
}

export const DEFAULT_DOUBT_RULES: DoubtRules = {
  maxDisagreementFraction: 0.02,
  jumpDeviations: 20,
  leastJumpFraction: 0.1,
};

/** Returns that the spread is taken from, at most; fewer than the least say nothing. */
export const DOUBT_RETURNS = 200;
const LEAST_RETURNS = 20;
/** Of a normal distribution: the standard deviation over the median absolute deviation (Hampel 1974, JASA 69, 383-393). */
const NORMAL_MAD = 1.4826;

export interface DoubtedBar {
  readonly bar: SlotBar;
  /** Closes that rounds have used, oldest first. */
  readonly closes: readonly number[];
  /** The symbol's bar before this one where it was not believed. */
  readonly disbelieved: SlotBar | undefined;
  /** The same bar of the other venue; undefined where nobody was asked or nobody answered. */
  readonly second: SlotBar | undefined;
}

export type Belief =
  /** `restores`: it stands where the bar before it had gone, so that one was real too. */
  | { readonly believed: true; readonly restores: boolean }
  | { readonly believed: false; readonly text: string };

const BELIEVED: Belief = { believed: true, restores: false };

/**
 * Two venues that agree are believed whatever the prices do. A jump that nobody else saw is believed once the next bar stands where
 * the jump went: a real one costs one bar, a wrong tick is never traded on.
 */
export function believeBar({ bar, closes, disbelieved, second }: DoubtedBar, rules: DoubtRules): Belief {
  if (second !== undefined) {
    const apart = Math.abs(bar.close / second.close - 1);
    if (apart <= rules.maxDisagreementFraction) return BELIEVED;
    return {
      believed: false,
      text: `close ${String(bar.close)}, the other venue says ${String(second.close)}: ${percent(apart)} apart`,
    };
  }
  const last = closes.at(-1);
  if (last === undefined) return BELIEVED;
  const bound = jumpBound(closes, rules);
  const jump = largestMove(bar, last);
  if (jump <= bound) return BELIEVED;
  if (disbelieved !== undefined && largestMove(bar, disbelieved.close) <= bound)
    return { believed: true, restores: true };
  return {
    believed: false,
    text: `moved ${percent(Math.expm1(jump))} from ${String(last)}, more than ${percent(Math.expm1(bound))} is not believed at once`,
  };
}

/** The largest log move that is believed. */
function jumpBound(closes: readonly number[], rules: DoubtRules): number {
  const least = Math.log1p(rules.leastJumpFraction);
  const returns: number[] = [];
  for (let i = Math.max(1, closes.length - DOUBT_RETURNS); i < closes.length; i++)
    returns.push(Math.log((closes[i] ?? NaN) / (closes[i - 1] ?? NaN)));
  if (returns.length < LEAST_RETURNS) return least;
  const middle = median(returns);
  const spread = NORMAL_MAD * median(returns.map((value) => Math.abs(value - middle)));
  return Math.max(least, rules.jumpDeviations * spread);
}

/** As a log return, up or down, over the whole bar. */
function largestMove({ high, low, close }: SlotBar, from: number): number {
  return Math.max(...[high, low, close].map((price) => Math.abs(Math.log(price / from))));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
