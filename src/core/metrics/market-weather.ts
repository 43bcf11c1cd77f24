/**
 * The market's weather at each slot, in two words: where it has been going and how wild it has been. Everything is
 * taken from closes before the slot, so that whoever trades in it could have known. The generated market's regimes
 * (bull, bear, quiet, panic) are its own secret; these words say what could be seen of them.
 *
 * Direction: the return of the last 14 days against the deviation that 14 independent days would have, taken from
 * the last 60 days of hourly moves: above +0.5 deviations up, below -0.5 down, else sideways.
 * Force: deviation of the last 3 days over that of the last 60: above 1.25 wild, else calm.
 */
import type { Timeframe } from '../domain/time.js';
import { DAY_MS, timeframeMs } from '../domain/time.js';

export const DIRECTIONS = ['up', 'sideways', 'down'] as const;
export const FORCES = ['calm', 'wild'] as const;
type Direction = (typeof DIRECTIONS)[number];
type Force = (typeof FORCES)[number];

export interface Weather {
  /** Undefined before there is enough past to tell. */
  readonly direction: Direction | undefined;
  readonly force: Force | undefined;
}

const TREND_DAYS = 14;
const SHORT_DAYS = 3;
const LONG_DAYS = 60;
/** At least so much past before a word is said; then as much as there is, up to LONG_DAYS. */
const FEWEST_DAYS = 20;
const TREND_DEVIATIONS = 0.5;
const WILD_RATIO = 1.25;

export const WEATHER_RULE =
  `Direction: the equal-weight market's return of the last ${String(TREND_DAYS)} days against the deviation of as many ` +
  `days, from moves of the last ${String(LONG_DAYS)} (${String(FEWEST_DAYS)} at least): above +${String(TREND_DEVIATIONS)} up (bull), ` +
  `below -${String(TREND_DEVIATIONS)} down (bear), else sideways. Force: deviation of the last ${String(SHORT_DAYS)} days over that ` +
  `of the last ${String(LONG_DAYS)}: above ${String(WILD_RATIO)} wild (panic), else calm (quiet). Closes before the bar alone.`;

const UNKNOWN: Weather = { direction: undefined, force: undefined };

/** One word pair for each slot of an index of closes. */
export function marketWeather(index: Float64Array, timeframe: Timeframe): Weather[] {
  const perDay = DAY_MS / timeframeMs(timeframe);
  const trend = Math.max(1, Math.round(TREND_DAYS * perDay));
  const short = Math.max(2, Math.round(SHORT_DAYS * perDay));
  const long = Math.max(3, Math.round(LONG_DAYS * perDay));
  const fewest = Math.max(trend, Math.round(FEWEST_DAYS * perDay));
  const squares = new Float64Array(index.length + 1);
  for (let i = 1; i < index.length; i++) {
    const move = Math.log((index[i] ?? NaN) / (index[i - 1] ?? NaN));
    squares[i + 1] = (squares[i] ?? 0) + (Number.isFinite(move) ? move * move : 0);
  }
  // Of the moves that end in [from, to).
  const deviation = (from: number, to: number): number =>
    Math.sqrt(((squares[to] ?? NaN) - (squares[from] ?? NaN)) / (to - from));
  return Array.from(index, (_, t) => {
    if (t <= fewest) return UNKNOWN;
    const usual = deviation(Math.max(1, t - long), t);
    if (!(usual > 0)) return UNKNOWN;
    const moved = Math.log((index[t - 1] ?? NaN) / (index[t - 1 - trend] ?? NaN));
    const deviations = moved / (usual * Math.sqrt(trend));
    const ratio = deviation(t - short, t) / usual;
    return {
      direction: deviations > TREND_DEVIATIONS ? 'up' : deviations < -TREND_DEVIATIONS ? 'down' : 'sideways',
      force: ratio > WILD_RATIO ? 'wild' : 'calm',
    };
  });
}
