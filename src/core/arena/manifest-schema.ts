import { z } from 'zod';
import { TIMEFRAMES } from '../domain/time.js';
import { breakerRulesSchema } from '../risk/breakers.js';
import type { ContestantManifest } from './contestant.js';

/** A contestant's manifest as it comes out of a file or a journal. */
export const manifestSchema = z
  .strictObject({
    kind: z.string(),
    version: z.int(),
    params: z.unknown(),
    symbols: z.array(z.string()),
    timeframe: z.enum(TIMEFRAMES),
    instrument: z.enum(['spot', 'perpetual']),
    seed: z.int(),
    code: z.string().optional(),
    breakers: breakerRulesSchema.optional(),
  })
  .transform(({ code, breakers, params, ...plain }): ContestantManifest => ({
    ...plain,
    params,
    ...(code === undefined ? {} : { code }),
    ...(breakers === undefined ? {} : { breakers }),
  }));
