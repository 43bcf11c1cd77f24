import { z } from 'zod';
import { configSchema } from './schema.js';

/** One leaf of the configuration, by its dotted path. */
export interface Setting {
  readonly path: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

/** All leaves in the order of the schema. */
export const SETTINGS: readonly Setting[] = Object.entries(configSchema.shape).flatMap(([key, schema]) =>
  leaves(key, schema),
);

function leaves(path: string, schema: z.ZodType): Setting[] {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      leaves(`${path}.${key}`, child),
    );
  return [{ path, description: schema.description ?? '', schema }];
}

/** Environment variables and the settings they fill. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ARENA_STATE: 'state.folder',
  ARENA_CONTESTANTS: 'contestants.folder',
  ARENA_MARKET: 'market.source',
  ARENA_TIMEFRAME: 'market.timeframe',
  ARENA_SYMBOLS: 'market.symbols',
  ARENA_SEED: 'market.seed',
};
