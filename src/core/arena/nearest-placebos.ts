/**
 * How much of a result luck explains: every contestant beside the random traders that trade at its pace and size. Its
 * pace is the mean time a dollar stays in a position, by Little's law (1961, Operations Research 9(3)): what stands in
 * positions on average, over what goes through them an hour.
 */
import { z } from 'zod';
import type { Metrics } from '../metrics/summarise.js';
import type { Contestant } from './contestant.js';

export interface PlaceboRank {
  /** Of the random traders of the nearest cell. */
  readonly beaten: number;
  readonly of: number;
  /** Their hold time and exposure. */
  readonly holdHours: number;
  readonly exposurePct: number;
}

export interface Placebo {
  readonly holdHours: number;
  readonly exposurePct: number;
  readonly returnPct: number;
}

const paramsSchema = z.looseObject({ holdHours: z.number(), exposure: z.number() });

/** Undefined for one that is no placebo, or has no return yet. */
export function placeboOf(contestant: Contestant, metrics: Metrics): Placebo | undefined {
  const params = paramsSchema.safeParse(contestant.manifest.params).data;
  if (contestant.role !== 'placebo' || params === undefined || metrics.totalReturnPct === undefined)
    return undefined;
  return {
    holdHours: params.holdHours,
    exposurePct: 100 * params.exposure,
    returnPct: metrics.totalReturnPct,
  };
}

/** Undefined without placebos, and for one that holds or trades nothing. */
export function nearestPlacebos(
  metrics: Metrics,
  hours: number,
  placebos: readonly Placebo[],
): PlaceboRank | undefined {
  const { exposurePct, turnover, totalReturnPct: returnPct } = metrics;
  if (exposurePct === undefined || turnover === undefined || returnPct === undefined) return undefined;
  const holdHours = ((exposurePct / 100) * hours) / (turnover / 2);
  if (!(holdHours > 0) || !Number.isFinite(holdHours)) return undefined;
  // Three times as long counts as much as a quarter of the account more.
  const distance = (one: Placebo): number =>
    Math.abs(Math.log(holdHours / one.holdHours)) / Math.log(3) +
    Math.abs(exposurePct - one.exposurePct) / 25;
  const nearest = placebos.reduce<Placebo | undefined>(
    (best, one) => (best === undefined || distance(one) < distance(best) ? one : best),
    undefined,
  );
  if (nearest === undefined) return undefined;
  const cell = placebos.filter(
    (one) => one.holdHours === nearest.holdHours && one.exposurePct === nearest.exposurePct,
  );
  return {
    beaten: cell.filter((one) => one.returnPct < returnPct).length,
    of: cell.length,
    holdHours: nearest.holdHours,
    exposurePct: nearest.exposurePct,
  };
}
