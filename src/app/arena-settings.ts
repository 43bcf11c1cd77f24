import { z } from 'zod';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import { TIMEFRAMES } from '../core/domain/time.js';
import { LOOK_PLANS } from '../core/promotion/gate-rules.js';

export const costsSchema = z.strictObject({
  takerFeeBps: z.number(),
  makerFeeBps: z.number(),
  halfSpreadBps: z.number(),
  slippageBps: z.number(),
  impactBps: z.number(),
});

export const limitsSchema = z.strictObject({
  maxSymbolExposureFraction: z.number(),
  maxGrossExposureFraction: z.number(),
  maxOrderValueUsd: z.number(),
  maxOpenNames: z.number(),
  minNotionalUsd: z.number(),
  classes: z.record(z.string(), z.string()).optional(),
  maxClassExposureFraction: z.number().optional(),
  correlatedAbove: z.number().optional(),
});

/** What an arena was started with. It is kept in the state and holds until `--fresh`. */
export const settingsSchema = z.strictObject({
  market: z.strictObject({
    source: z.enum(['generated', 'recorded', 'live']),
    /** Of a live market. */
    exchange: z.string().optional(),
    second: z.string().optional(),
    /** Absolute folder of recorded candles. The log of a live market lies in its arena's state, wherever that is now. */
    folder: z.string().optional(),
    seed: z.int(),
    /** What a generated or live market trades; absent: spot. */
    instrument: z.literal('perpetual').optional(),
    timeframe: z.enum(TIMEFRAMES),
    symbols: z.array(z.string()),
    /** First decided bar. */
    fromMs: z.number(),
    warmupBars: z.int(),
  }),
  cashUsd: z.number(),
  costs: costsSchema,
  limits: limitsSchema,
  minimumHours: z.number(),
  /** Absent in states from before there was pruning. */
  pruning: z.strictObject({ everyHours: z.number() }).optional(),
  cohort: z.strictObject({
    opensOn: z.enum(['monday', 'day']),
    looks: z.enum(LOOK_PLANS),
    alpha: z.number(),
  }),
});
export type ArenaSettings = z.infer<typeof settingsSchema>;
type Market = ArenaSettings['market'];

export function settingsText(settings: ArenaSettings): string {
  return canonicalJson({ ...settings, market: writtenMarket(settings.market) });
}

/** A state may be moved or copied: where it lies is not written into it. */
export function writtenMarket(market: Market): Market {
  return market.source === 'live' ? { ...market, folder: undefined } : market;
}

/** Earlier versions wrote down where a live market's log was; what counts is the state that is read. */
export function marketIn(stateFolder: string, market: Market): Market {
  return market.source === 'live' ? { ...market, folder: stateFolder } : market;
}

/** `folder`: the state that they were read from. */
export function parseSettings(text: string, folder: string): ArenaSettings {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Problem('damaged', `${folder}: the settings in the journal are not JSON`, { cause: error });
  }
  const parsed = settingsSchema.safeParse(content);
  if (parsed.success) return { ...parsed.data, market: marketIn(folder, parsed.data.market) };
  const issue = parsed.error.issues[0];
  throw new Problem('damaged', `${folder}: settings.${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: 'start over with --fresh; the old state is moved aside',
  });
}
