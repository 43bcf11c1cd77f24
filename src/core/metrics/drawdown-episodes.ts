import { ROUNDING_FRACTION } from './measurable.js';
import { grow } from './returns.js';

/** One fall from a peak until the peak is reached again. */
export interface DrawdownEpisode {
  /** Below the peak at the worst moment, as a fraction: -1 to 0. */
  readonly depthFraction: number;
  /** Returns before the peak: 0 is the start of the record. */
  readonly peakPeriod: number;
  /** Returns up to the worst moment. */
  readonly troughPeriod: number;
  /** Periods below the peak; one that has not ended counts as far as it goes. */
  readonly lengthPeriods: number;
  /** From the worst moment until the peak is reached again; undefined when it has not been. */
  readonly recoveryPeriods: number | undefined;
}

/**
 * Every fall in the order of time, by the rules of `drawdown`: equity starts at 1 before the first return, and
 * a curve that is back up to rounding is back. Undefined without returns and with a gap.
 */
export function drawdownEpisodes(returns: ArrayLike<number>): readonly DrawdownEpisode[] | undefined {
  const episodes: DrawdownEpisode[] = [];
  let wealth = 1;
  let peak = 1;
  let peakPeriod = 0;
  let depth = 0;
  let trough = 0;
  const close = (period: number, recovered: boolean): void => {
    if (depth < 0)
      episodes.push({
        depthFraction: depth,
        peakPeriod,
        troughPeriod: trough,
        lengthPeriods: recovered ? period - peakPeriod - 1 : period - peakPeriod,
        recoveryPeriods: recovered ? period - trough : undefined,
      });
    depth = 0;
  };
  for (let i = 0; i < returns.length; i++) {
    const period = i + 1;
    wealth = grow(wealth, returns[i] ?? NaN);
    if (wealth > peak) peak = wealth;
    if (wealth >= peak * (1 - ROUNDING_FRACTION)) {
      close(period, true);
      peakPeriod = period;
    } else if (wealth / peak - 1 < depth) {
      depth = wealth / peak - 1;
      trough = period;
    }
  }
  close(returns.length, false);
  return returns.length === 0 || Number.isNaN(wealth) ? undefined : episodes;
}

/** The deepest first; of equal ones the earlier. */
export function worstDrawdowns(episodes: readonly DrawdownEpisode[], count: number): DrawdownEpisode[] {
  return [...episodes].sort((a, b) => a.depthFraction - b.depthFraction).slice(0, count);
}
