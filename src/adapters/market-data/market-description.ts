import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Instrument, type MarginTier, spotInstrument } from '../../core/domain/instrument.js';
import { Problem } from '../../core/domain/problem.js';

const tierSchema = z.strictObject({
  upToNotionalUsd: z.number().gt(0),
  maintenanceFraction: z.number().min(0).lt(1),
});
const instrumentShape = {
  instrument: z.enum(['spot', 'perpetual']).optional(),
  lotSize: z.number().min(0).optional(),
  minNotionalUsd: z.number().min(0).optional(),
  maxLeverage: z.number().min(1).max(200).optional(),
  marginTiers: z.array(tierSchema).optional(),
};
const marketSchema = z.strictObject({
  ...instrumentShape,
  calendar: z.enum(['continuous', 'sessions']).optional(),
  perSymbol: z.record(z.string(), z.strictObject(instrumentShape)).optional(),
});
export type MarketDescription = z.infer<typeof marketSchema>;

/** A large venue's tiers in round figures: what a perpetual has when market.json says nothing. */
const DEFAULT_MARGIN_TIERS: readonly MarginTier[] = [
  { upToNotionalUsd: 50_000, maintenanceFraction: 0.005 },
  { upToNotionalUsd: 250_000, maintenanceFraction: 0.01 },
  { upToNotionalUsd: 1_000_000, maintenanceFraction: 0.025 },
  { upToNotionalUsd: 10_000_000, maintenanceFraction: 0.05 },
  { upToNotionalUsd: 1e15, maintenanceFraction: 0.125 },
];
const DEFAULT_MAX_LEVERAGE = 20;

/** `market.json` of a folder; an empty description when there is none. */
export function readMarketDescription(folder: string): MarketDescription {
  const file = join(folder, 'market.json');
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Problem(
      'input',
      `${file}: is not JSON (${error instanceof Error ? error.message : String(error)})`,
      {
        cause: error,
      },
    );
  }
  const parsed = marketSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    'input',
    `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'has the wrong shape'}`,
    {
      hint: 'its keys are instrument, lotSize, minNotionalUsd, maxLeverage, marginTiers, calendar, perSymbol',
    },
  );
}

/** A symbol with funding is a perpetual unless market.json says otherwise. */
export function instrumentFor(
  symbol: string,
  description: MarketDescription,
  hasFunding: boolean,
): Instrument {
  const own = { ...description, ...description.perSymbol?.[symbol] };
  const type = own.instrument ?? (hasFunding ? 'perpetual' : 'spot');
  const base = spotInstrument(symbol, {
    lotSize: own.lotSize ?? 0,
    minNotionalUsd: own.minNotionalUsd ?? 0,
  });
  if (type === 'spot') return base;
  return {
    ...base,
    type,
    maxLeverage: own.maxLeverage ?? DEFAULT_MAX_LEVERAGE,
    marginTiers: own.marginTiers ?? DEFAULT_MARGIN_TIERS,
  };
}
