import { z } from 'zod';
import type { MarginTier } from '../../core/domain/instrument.js';
import type { TimeMs } from '../../core/domain/time.js';
import { VenueFault, type VenueFunding } from '../../ports/venue.js';

const fundingSchema = z.array(
  z.object({
    symbol: z.string().nullish(),
    timestamp: z.int().positive(),
    fundingRate: z.number().min(-1).max(1),
  }),
);

/** Funding rates as ccxt words them. */
export function parseFunding(
  what: string,
  ccxtSymbol: string,
  reply: unknown,
  fromMs: TimeMs,
): readonly VenueFunding[] {
  const rows = read(what, fundingSchema, reply);
  const settled: VenueFunding[] = [];
  for (const { symbol, timestamp, fundingRate } of rows) {
    refuseOther(what, ccxtSymbol, symbol);
    const before = settled.at(-1);
    if (before !== undefined && timestamp <= before.timeMs)
      throw new VenueFault(
        'bad-reply',
        `${what}: the rate of ${new Date(timestamp).toISOString()} came twice or out of order`,
      );
    if (timestamp >= fromMs) settled.push({ timeMs: timestamp, rate: fundingRate });
  }
  return settled;
}

const openInterestSchema = z.object({
  symbol: z.string().nullish(),
  openInterestAmount: z.number().nonnegative().nullish(),
  openInterestValue: z.number().nonnegative().nullish(),
  timestamp: z.int().positive().nullish(),
});

/** Open interest in USD: as the venue values it, else contracts at a price. */
export function parseOpenInterest(
  what: string,
  ccxtSymbol: string,
  reply: unknown,
  usdPerContract: number,
): { readonly usd: number; readonly timeMs: TimeMs | undefined } {
  const { symbol, openInterestAmount, openInterestValue, timestamp } = read(what, openInterestSchema, reply);
  refuseOther(what, ccxtSymbol, symbol);
  const usd = openInterestValue ?? (openInterestAmount ?? Number.NaN) * usdPerContract;
  if (!Number.isFinite(usd)) throw new VenueFault('bad-reply', `${what}: neither an amount nor a value`);
  return { usd, timeMs: timestamp ?? undefined };
}

const tiersSchema = z
  .array(
    z.object({
      maxNotional: z.number().positive().nullish(),
      maintenanceMarginRate: z.number().min(0).lt(1),
    }),
  )
  .min(1);

/** No tier is above this; venues leave the end of the last one open. */
const NO_END_USD = 1e15;

export function parseMarginTiers(what: string, reply: unknown): readonly MarginTier[] {
  const tiers = read(what, tiersSchema, reply).map((tier) => ({
    upToNotionalUsd: tier.maxNotional ?? NO_END_USD,
    maintenanceFraction: tier.maintenanceMarginRate,
  }));
  for (const [i, tier] of tiers.entries()) {
    const before = tiers[i - 1];
    if (before !== undefined && tier.upToNotionalUsd <= before.upToNotionalUsd)
      throw new VenueFault('bad-reply', `${what}: the tiers do not ascend`);
  }
  return tiers;
}

function read<Shape extends z.ZodType>(what: string, schema: Shape, reply: unknown): z.infer<Shape> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new VenueFault(
    'bad-reply',
    `${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong shape'}`,
  );
}

function refuseOther(what: string, asked: string, said: string | null | undefined): void {
  if (said !== undefined && said !== null && said !== asked)
    throw new VenueFault('bad-reply', `${what}: the answer is about ${JSON.stringify(said.slice(0, 40))}`);
}
