/** Running statistics of thousands of contestants in one array: the numbers of `Scorecard`, in the order of its fields. */
import { SCORECARD_FIELDS, type Scorecard, calmAbove, lossOf, openScorecard } from '../metrics/scorecard.js';
import { simpleReturn } from '../metrics/returns.js';

const WIDTH = SCORECARD_FIELDS.length;
const [START, LAST, LAST_SAMPLE, PEAK, DRAWDOWN, SAMPLES, MEAN, SQUARES, DOWNSIDE, MARKS, EXPOSURE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;

export function openCards(contestants: number, equityUsd: number): Float64Array {
  const cards = new Float64Array(contestants * WIDTH);
  const fresh = openScorecard(equityUsd);
  for (let k = 0; k < contestants; k++)
    SCORECARD_FIELDS.forEach((field, i) => {
      cards[k * WIDTH + i] = fresh[field];
    });
  return cards;
}

/** One contestant's card as the board reads it. */
export function readCard(cards: Float64Array, k: number): Scorecard {
  const card = openScorecard(0);
  SCORECARD_FIELDS.forEach((field, i) => {
    card[field] = cards[k * WIDTH + i] ?? NaN;
  });
  return card;
}

/** Where the ranking reads its keys: that of contestant `k` after row `b` at `keys[b * contestants + k]`. */
export interface SharpeKeys {
  readonly keys: Float32Array;
  readonly contestants: number;
  /** Samples a year. */
  readonly samplesPerYear: number;
}

/** What `recordStretch` does, and after every row the annual Sharpe ratio; 0 where there is none yet. */
export function stepCard(
  cards: Float64Array,
  k: number,
  equities: Float64Array,
  exposures: Float64Array,
  count: number,
  sampled: Uint8Array,
  { keys, contestants, samplesPerYear }: SharpeKeys,
): void {
  const at = k * WIDTH;
  const annual = Math.sqrt(samplesPerYear);
  let lastSample = cards[at + LAST_SAMPLE] ?? NaN;
  let peak = cards[at + PEAK] ?? NaN;
  let drawdown = cards[at + DRAWDOWN] ?? NaN;
  let samples = cards[at + SAMPLES] ?? NaN;
  let mean = cards[at + MEAN] ?? NaN;
  let squares = cards[at + SQUARES] ?? NaN;
  let downside = cards[at + DOWNSIDE] ?? NaN;
  let exposureSum = cards[at + EXPOSURE] ?? NaN;
  let calm = calmAbove(peak, drawdown);
  for (let b = 0, key = k; b < count; b++, key += contestants) {
    const equity = equities[b] ?? NaN;
    exposureSum += exposures[b] ?? NaN;
    if (equity > peak) {
      peak = equity;
      calm = calmAbove(peak, drawdown);
    } else if (!(equity > calm)) {
      const fall = equity / peak - 1;
      if (fall < drawdown) {
        drawdown = fall < -1 ? -1 : fall;
        calm = calmAbove(peak, drawdown);
      }
    }
    if (sampled[b] === 1) {
      const periodReturn = simpleReturn(lastSample, equity);
      lastSample = equity;
      samples++;
      const delta = periodReturn - mean;
      mean += delta / samples;
      squares += delta * (periodReturn - mean);
      const loss = lossOf(periodReturn);
      downside += loss * loss;
    }
    keys[key] = samples > 1 && squares > 0 ? (mean / Math.sqrt(squares / (samples - 1))) * annual : 0;
  }
  cards[at + LAST] = equities[count - 1] ?? cards[at + START] ?? NaN;
  cards[at + LAST_SAMPLE] = lastSample;
  cards[at + PEAK] = peak;
  cards[at + DRAWDOWN] = drawdown;
  cards[at + SAMPLES] = samples;
  cards[at + MEAN] = mean;
  cards[at + SQUARES] = squares;
  cards[at + DOWNSIDE] = downside;
  cards[at + MARKS] = (cards[at + MARKS] ?? NaN) + count;
  cards[at + EXPOSURE] = exposureSum;
}
