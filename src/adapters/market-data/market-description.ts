import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defaultMargin } from '../../core/domain/default-margin.js';
import { type Instrument, type MarginTier, spotInstrument } from '../../core/domain/instrument.js';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';

const tierSchema = z.strictObject({
  upToNotionalUsd: z.number().gt(0),
  maintenanceFraction: z.number().min(0).lt(1),
});
const instrumentShape = {
  lotSize: z.number().min(0).optional(),
  minNotionalUsd: z.number().min(0).optional(),
  tickSize: z.number().gt(0).optional(),
  maxLeverage: z.number().min(1).max(200).optional(),
  marginTiers: z
    .array(tierSchema)
    .min(1)
    .refine(isAscending, 'expected tiers that ascend in both fields')
    .optional(),
};
const instrumentType = z.enum(['spot', 'perpetual']);
const marketSchema = z.strictObject({
  instrument: instrumentType,
  ...instrumentShape,
  calendar: z.enum(['continuous', 'sessions']).optional(),
  perSymbol: z
    .record(z.string(), z.strictObject({ instrument: instrumentType.optional(), ...instrumentShape }))
    .optional(),
});
export type MarketDescription = z.infer<typeof marketSchema>;

const KEYS = Object.keys(marketSchema.shape);
const EXAMPLE = '{ "instrument": "perpetual", "maxLeverage": 20 }';

/** `market.json` of a folder; undefined when there is none. `symbols` are those with files in the folder. */
export function readMarketDescription(
  folder: string,
  symbols: readonly string[],
): MarketDescription | undefined {
  const file = join(folder, 'market.json');
  if (!existsSync(file)) return undefined;
  const parsed = marketSchema.safeParse(readJson(file));
  if (!parsed.success) throw schemaProblem(file, parsed.error);
  for (const symbol of Object.keys(parsed.data.perSymbol ?? {}))
    if (!symbols.includes(symbol))
      throw new Problem(
        'input',
        `${file}: perSymbol.${symbol}: no such symbol in the folder, expected one of ${symbols.slice(0, 20).join(', ')}`,
        { hint: `did you mean "${nearest(symbol, symbols)}"?` },
      );
  return parsed.data;
}

/** Without a description a symbol is spot, unless it has funding: then it is a perpetual. */
export function instrumentFor(
  symbol: string,
  description: MarketDescription | undefined,
  hasFunding: boolean,
): Instrument {
  const own = { ...description, ...description?.perSymbol?.[symbol] };
  const type = own.instrument ?? (hasFunding ? 'perpetual' : 'spot');
  const spot = spotInstrument(symbol, {
    lotSize: own.lotSize ?? 0,
    minNotionalUsd: own.minNotionalUsd ?? 0,
    ...(own.tickSize === undefined ? {} : { tickSize: own.tickSize }),
  });
  if (type === 'spot') return spot;
  const defaults = defaultMargin();
  return {
    ...spot,
    type,
    maxLeverage: own.maxLeverage ?? defaults.maxLeverage,
    marginTiers: own.marginTiers ?? defaults.marginTiers,
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Problem(
      'input',
      `${file}: is not JSON (${error instanceof Error ? error.message : String(error)}), expected an object`,
      { hint: `for example ${EXAMPLE}`, cause: error },
    );
  }
}

function schemaProblem(file: string, error: z.ZodError): Problem {
  // An unknown key is the likelier cause of a missing instrument than the other way round.
  const isMissing = (one: z.core.$ZodIssue): boolean =>
    one.code !== 'unrecognized_keys' && one.path[0] === 'instrument';
  const issue = error.issues.find((one) => !isMissing(one)) ?? error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return new Problem(
      'input',
      `${file}: ${[...issue.path, key].join('.')}: no such key, expected ${KEYS.join(', ')}`,
      { hint: `did you mean "${nearest(key, KEYS)}"?` },
    );
  }
  const key = issue?.path.join('.') ?? '';
  return new Problem('input', `${file}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'wrong shape'}`, {
    hint: `its keys are ${KEYS.join(', ')}; for example ${EXAMPLE}`,
  });
}

function isAscending(tiers: readonly MarginTier[]): boolean {
  return tiers.every((tier, i) => {
    const before = tiers[i - 1];
    return (
      before === undefined ||
      (tier.upToNotionalUsd > before.upToNotionalUsd &&
        tier.maintenanceFraction >= before.maintenanceFraction)
    );
  });
}
