import type { TimeMs } from '../domain/time.js';
import type { RawCandles } from './inspect-candles.js';

export interface Disagreement {
  readonly openMs: TimeMs;
  readonly close: number;
  readonly otherClose: number;
  readonly apartFraction: number;
}

export interface CandleComparison {
  /** Bars that both have. */
  readonly common: number;
  /** Bars that one has and the other has not, in the time that both cover. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Between closes; undefined without a common bar. */
  readonly medianApartFraction: number | undefined;
  readonly mostApartFraction: number | undefined;
  readonly beyond: number;
  /** The widest first, at most `MOST_DISAGREEMENTS`. */
  readonly disagreements: readonly Disagreement[];
}

export const MOST_DISAGREEMENTS = 1_000;

/** Closes of two exchanges for the same symbol, bar by bar. */
export function compareCandles(
  first: RawCandles,
  second: RawCandles,
  maxDisagreementFraction: number,
): CandleComparison {
  const closes = closesByTime(first);
  const others = closesByTime(second);
  const fromMs = Math.max(earliest(closes), earliest(others));
  const toMs = Math.min(latest(closes), latest(others));
  const apart: number[] = [];
  const beyond: Disagreement[] = [];
  let onlyFirst = 0;
  for (const [openMs, close] of closes) {
    const otherClose = others.get(openMs);
    if (otherClose === undefined) {
      if (openMs >= fromMs && openMs <= toMs) onlyFirst++;
      continue;
    }
    const apartFraction = Math.abs(close / otherClose - 1);
    apart.push(apartFraction);
    // A price that is none disagrees with every price.
    if (!(apartFraction <= maxDisagreementFraction))
      beyond.push({ openMs, close, otherClose, apartFraction });
  }
  let onlySecond = 0;
  for (const openMs of others.keys())
    if (openMs >= fromMs && openMs <= toMs && !closes.has(openMs)) onlySecond++;
  apart.sort((a, b) => a - b);
  return {
    common: apart.length,
    onlyFirst,
    onlySecond,
    medianApartFraction: apart[apart.length >> 1],
    mostApartFraction: apart.at(-1),
    beyond: beyond.length,
    disagreements: beyond.sort((a, b) => b.apartFraction - a.apartFraction).slice(0, MOST_DISAGREEMENTS),
  };
}

function closesByTime({ openTimesMs, close }: RawCandles): ReadonlyMap<TimeMs, number> {
  const closes = new Map<TimeMs, number>();
  openTimesMs.forEach((openMs, i) => closes.set(openMs, close[i] ?? NaN));
  return closes;
}

function earliest(closes: ReadonlyMap<TimeMs, number>): TimeMs {
  let ms = Infinity;
  for (const openMs of closes.keys()) ms = Math.min(ms, openMs);
  return ms;
}

function latest(closes: ReadonlyMap<TimeMs, number>): TimeMs {
  let ms = -Infinity;
  for (const openMs of closes.keys()) ms = Math.max(ms, openMs);
  return ms;
}
