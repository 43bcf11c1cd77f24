import { z } from 'zod';
import { TIMEFRAMES } from '../domain/time.js';
import { countSets, parameterSetsSchema } from './parameter-sets.js';

const bps = z.number().min(0);
const fraction = z.number().min(0);

/** Everything that a sweep's results depend on: the same settings give the same bytes, wherever and in whatever parts it is done. */
export const sweepSettingsSchema = z.strictObject({
  kind: z.string(),
  version: z.int(),
  /** Of the set that comes first, where the kind does not ship with the product: another code is another sweep. */
  code: z.string().nullable(),
  sets: parameterSetsSchema,
  /** Symbols of one account each: every set is played on each of these. */
  accounts: z.array(z.array(z.string()).min(1)).min(1),
  timeframe: z.enum(TIMEFRAMES),
  cashUsd: z.number().gt(0),
  costs: z.strictObject({
    takerFeeBps: bps,
    makerFeeBps: bps,
    halfSpreadBps: bps,
    slippageBps: bps,
    impactBps: bps,
  }),
  limits: z.strictObject({
    maxSymbolExposureFraction: fraction,
    maxGrossExposureFraction: fraction,
    maxOrderValueUsd: fraction,
    maxOpenNames: fraction,
    minNotionalUsd: fraction,
    classes: z.record(z.string(), z.string()).optional(),
    maxClassExposureFraction: fraction.optional(),
    correlatedAbove: z.number().optional(),
  }),
  /** Index of the first decided bar. */
  first: z.int().min(0),
  /** The market up to the holdout, by the hash of its bars. */
  market: z.string(),
  samplesPerYear: z.number().gt(0),
  windows: z.strictObject({
    ranked: z.int(),
    holdoutFrom: z.int(),
    samples: z.int(),
    folds: z.array(z.strictObject({ trainTo: z.int(), testFrom: z.int(), testTo: z.int() })).max(50),
  }),
});
export type SweepSettings = z.infer<typeof sweepSettingsSchema>;

/** How many runs there are: every set on every account, those included that the kind will not take. */
export function countRuns(settings: SweepSettings): number {
  return countSets(settings.sets) * settings.accounts.length;
}
