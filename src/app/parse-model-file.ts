import { z } from 'zod';
import { type RosterEntry, type RosterMarket, parseRoster } from '../core/arena/parse-roster.js';
import { Problem } from '../core/domain/problem.js';
import { TIMEFRAMES } from '../core/domain/time.js';
import { breakerRulesSchema } from '../core/risk/breakers.js';
import type { Kinds } from '../core/strategies/catalog.js';

/** Where trials of one configuration stop being a measurement and begin to be a mistake. */
const MAX_TRIALS = 1000;

/** One language model as a contestant; `trials` makes so many contestants that differ in their trial number alone. */
const modelFileSchema = z.strictObject({
  title: z.string().min(1).max(50).optional(),
  kind: z.string().default('llm-trader'),
  provider: z.string().min(1).optional(),
  /** Of the provider: no part of the contestant's identity. */
  baseUrl: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  temperature: z.number().min(0).max(2).nullable().optional(),
  prompt: z.string().min(1).optional(),
  /** How often it decides: a bar length; the market's own when absent. */
  interval: z.enum(TIMEFRAMES).optional(),
  symbols: z.union([z.enum(['all', 'each', 'majors']), z.array(z.string()).min(1)]).optional(),
  trials: z.int().min(1).max(MAX_TRIALS).default(1),
  budgetUsdPerDay: z.number().min(0).nullable().optional(),
  /** For a model that the price table does not have; a price table's entry without names. */
  price: z.unknown().optional(),
  /** Further parameters of the kind. */
  params: z.record(z.string(), z.unknown()).default({}),
  breakers: breakerRulesSchema.optional(),
});

/** What a file says of the model itself, without a market. */
export interface NamedModel {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl: string | undefined;
  readonly price: unknown;
  /** As far as the file says it; the kind has defaults for the rest. */
  readonly temperature: number | null | undefined;
}

export interface ModelFile extends NamedModel {
  readonly entries: readonly RosterEntry[];
}

/** Reads what a file of `contestants/llm` says of its model. Throws a Problem that names file and key. */
export function parseNamedModel(
  content: unknown,
  file: string,
  defaults: { readonly provider: string; readonly model: string },
): NamedModel {
  const own = parseFile(content, file);
  return namedIn(own, file, defaults);
}

/** The default model is the default provider's: asked of another one it would be a model that is not there. */
function namedIn(
  own: z.infer<typeof modelFileSchema>,
  file: string,
  defaults: { readonly provider: string; readonly model: string },
): NamedModel {
  const { provider: paramProvider, model: paramModel } = own.params;
  const inParams = typeof paramProvider === 'string' ? paramProvider : undefined;
  const provider = own.provider ?? inParams ?? defaults.provider;
  const model =
    own.model ??
    (typeof paramModel === 'string' && provider === (inParams ?? defaults.provider)
      ? paramModel
      : provider === defaults.provider
        ? defaults.model
        : undefined);
  if (model === undefined)
    throw new Problem('input', `${file}.model: which model of ${provider} is not said`, {
      hint: `${defaults.model} is the default of ${defaults.provider} alone`,
    });
  return {
    provider,
    model,
    baseUrl: own.baseUrl,
    price: own.price,
    temperature: own.temperature,
  };
}

function parseFile(content: unknown, file: string): z.infer<typeof modelFileSchema> {
  const parsed = modelFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Problem(
    'input',
    `${[file, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'has the wrong shape'}`,
    {
      hint: 'a model file has provider, model, temperature, interval, trials, budgetUsdPerDay; see contestants/llm/README.md',
    },
  );
}

/** Turns a parsed file of `contestants/llm` into contestants for this market. Throws a Problem that names file and key. */
export function parseModelFile(
  content: unknown,
  file: string,
  market: RosterMarket,
  kinds: Kinds,
  defaults: { readonly provider: string; readonly model: string },
): ModelFile {
  const own = parseFile(content, file);
  const named = namedIn(own, file, defaults);
  const { provider, model } = named;
  const trials = Array.from({ length: own.trials }, (_, i) => i + 1);
  const entries = trials.flatMap((trial) =>
    parseRoster(
      {
        ...(own.title === undefined
          ? {}
          : { title: trials.length === 1 ? own.title : `${own.title} #${String(trial)}` }),
        kind: own.kind,
        params: {
          ...own.params,
          provider,
          model,
          ...(own.temperature === undefined ? {} : { temperature: own.temperature }),
          ...(own.prompt === undefined ? {} : { prompt: own.prompt }),
          ...(own.budgetUsdPerDay === undefined ? {} : { budgetUsdPerDay: own.budgetUsdPerDay }),
          ...(trials.length === 1 ? {} : { trial }),
        },
        ...(own.interval === undefined ? {} : { timeframe: own.interval }),
        ...(own.symbols === undefined ? {} : { symbols: own.symbols }),
        ...(own.breakers === undefined ? {} : { breakers: own.breakers }),
      },
      file,
      market,
      kinds,
    ),
  );
  return { entries, ...named };
}
