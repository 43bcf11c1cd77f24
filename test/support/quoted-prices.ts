/** Closes of coins that no candles of the recorded venue are at hand for, from what replies quote of their prompts. */
import type { TimeMs } from '../../src/core/domain/time.js';
import type { RecordedRunDecisions } from './recorded-decisions.js';

export type Closes = (closeMs: TimeMs) => number;

/** A quote this far from another venue's close is of another candle. */
const TOLERANCE = 0.003;

/**
 * BNB stood in the prompt as it traded, in steps of 0.1 (indicators beside it have two decimals): the price that most
 * replies of that close quote; the other venue's close where none does.
 */
export function bnbCloses(runs: readonly RecordedRunDecisions[], near: Closes): Closes {
  return (closeMs) => {
    const close = near(closeMs);
    const votes = runs.flatMap(({ decisions }) => {
      const numbers = (decisions.get(closeMs)?.text ?? '').matchAll(/(?<![\d.])\d[\d,]*\.?\d*/g);
      const prices = [...numbers].map(([digits]) => Number(digits.replaceAll(',', '')));
      const inSteps = prices.filter((price) => Math.abs(price * 10 - Math.round(price * 10)) < 1e-6);
      return [...new Set(inSteps.filter((price) => isNear(price, close)))];
    });
    return mostQuoted(votes, close);
  };
}

/**
 * XRP stood there with two decimals, but with all of them where it was held: as "current" price at the same close and as
 * "entry" in replies after the purchase. One close was quoted by nobody: with this one the cash after the first trade of
 * anthropic_oct_31_temp07_trial8 is the 8,422.86 that its second reply names.
 */
const XRP_FROM_CASH = { closeMs: Date.UTC(2025, 9, 17, 4), price: 2.358 };

export function xrpCloses(runs: readonly RecordedRunDecisions[], near: Closes): Closes {
  const quotes = new Map<TimeMs, number[]>([[XRP_FROM_CASH.closeMs, [XRP_FROM_CASH.price]]]);
  for (const { decisions } of runs) {
    let boughtMs = NaN;
    for (const [closeMs, { text, told }] of [...decisions].sort(([a], [b]) => a - b)) {
      for (const [word, ofMs] of [
        ['current', closeMs],
        ['entry', boughtMs],
      ] as const)
        for (const price of pricesAfter(word, text))
          if (isNear(price, near(ofMs))) quotes.set(ofMs, [...(quotes.get(ofMs) ?? []), price]);
      if (told.some(({ coin, signal }) => coin === 'XRP' && signal === 'buy')) boughtMs = closeMs;
    }
  }
  return (closeMs) => mostQuoted(quotes.get(closeMs) ?? [], near(closeMs));
}

function pricesAfter(word: string, text: string): number[] {
  return [...text.matchAll(new RegExp(`${word}[^\\d]{0,20}(\\d\\.\\d{3,4})(?!\\d)`, 'gi'))].map((match) =>
    Number(match[1]),
  );
}

/** Of equally many the one nearest to the other venue's close, which is the answer where nothing was quoted. */
function mostQuoted(prices: readonly number[], close: number): number {
  const votes = new Map<number, number>();
  for (const price of prices) votes.set(price, (votes.get(price) ?? 0) + 1);
  const [most] = [...votes].sort(([a, m], [b, n]) => n - m || Math.abs(a - close) - Math.abs(b - close));
  return most?.[0] ?? close;
}

function isNear(price: number, close: number): boolean {
  return Math.abs(price / close - 1) < TOLERANCE;
}
