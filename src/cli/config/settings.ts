import { z } from 'zod';
import { configSchema } from './schema.js';

/** One leaf of the configuration, by its dotted path. */
export interface Setting {
  readonly path: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** How its text in a flag or variable is read: as it stands, as a number, or split at commas. */
  readonly form: 'text' | 'number' | 'list';
}

/** All leaves in the order of the schema. */
export const SETTINGS: readonly Setting[] = Object.entries(configSchema.shape).flatMap(([key, schema]) =>
  leaves(key, schema),
);

/** Environment variables and the settings they fill. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ARENA_STATE: 'state.folder',
  ARENA_CONTESTANTS: 'contestants.folder',
  ARENA_DEPLOYMENTS: 'deployments.folder',
  ARENA_PAPER: 'paper.folder',
  ARENA_MARKET: 'market.source',
  ARENA_EXCHANGE: 'market.exchange',
  ARENA_EXCHANGE_URL: 'market.exchangeUrl',
  ARENA_SECOND_EXCHANGE: 'market.secondExchange',
  ARENA_SECOND_EXCHANGE_URL: 'market.secondExchangeUrl',
  ARENA_TIMEFRAME: 'market.timeframe',
  ARENA_SYMBOLS: 'market.symbols',
  ARENA_SEED: 'market.seed',
  ARENA_LLM: 'llm.mode',
  ARENA_RECORDINGS: 'llm.recordings',
  ARENA_LOGS: 'logs.folder',
  ARENA_METRICS_PORT: 'metrics.port',
  ARENA_METRICS_HOST: 'metrics.host',
};

/** How settings are called on the command line, where that is not the last word of their path. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  'state.folder': '--state',
  'contestants.folder': '--contestants',
  'deployments.folder': '--deployments',
  'paper.folder': '--paper',
  'paper.cashUsd': '--balance',
  'paper.fills': '--fills',
  'market.source': '--market',
  'market.exchangeUrl': '--exchange-url',
  'market.secondExchange': '--second-exchange',
  'market.secondExchangeUrl': '--second-exchange-url',
  'llm.mode': '--llm',
  'logs.level': '--log-level',
};

export function flagOf(path: string): string {
  return FLAG_NAMES[path] ?? `--${path.split('.').at(-1) ?? path}`;
}

function leaves(path: string, schema: z.ZodType): Setting[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      leaves(`${path}.${key}`, child),
    );
  const form = inner instanceof z.ZodNumber ? 'number' : inner instanceof z.ZodArray ? 'list' : 'text';
  return [{ path, description: schema.description ?? '', schema, form }];
}

/** The schema without its default. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return bare(schema.unwrap() as z.ZodType);
  return schema;
}
