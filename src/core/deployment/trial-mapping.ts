/** How the parameters of a trial become those of a contestant: names, units, whole numbers, constants. */
import { z } from 'zod';
import { nearest } from '../domain/nearest.js';
import { TIMEFRAMES } from '../domain/time.js';

const name = z.string().min(1);
const constantSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

const PARAM_FORMS =
  'expected the name of a parameter of the trial, { "from": NAME }, { "attribute": NAME } or { "value": CONSTANT }; the middle two may have "scale", "round" and "optional"';

const paramSourceSchema = z.union(
  [
    name,
    z.strictObject({
      from: name,
      scale: z.number().optional(),
      round: z.union([z.boolean(), z.int().min(0).max(12)]).optional(),
      optional: z.boolean().optional(),
    }),
    z.strictObject({
      attribute: name,
      scale: z.number().optional(),
      round: z.union([z.boolean(), z.int().min(0).max(12)]).optional(),
      optional: z.boolean().optional(),
    }),
    z.strictObject({ value: constantSchema }),
  ],
  { error: () => PARAM_FORMS },
);
type ParamSource = Readonly<z.infer<typeof paramSourceSchema>>;

export const trialMappingSchema = z.strictObject({
  /** Of the contestant; `{ "from": NAME }` where training chose among kinds. */
  kind: z.union([name, z.strictObject({ from: name })], {
    error: () => 'expected the name of a kind, or { "from": NAME } of a parameter that holds it',
  }),
  /** By the contestant's parameter; `same` takes all that the trial has under their own names. */
  params: z
    .union([z.literal('same'), z.record(name, z.unknown())], {
      error: () => 'expected "same", or an object like { "fast": "fast_period" }',
    })
    // Checked one by one: an issue within a union would not say which parameter it is about.
    .superRefine((params, context) => {
      if (params === 'same') return;
      for (const [key, source] of Object.entries(params))
        if (!paramSourceSchema.safeParse(source).success)
          context.addIssue({ code: 'custom', path: [key], message: PARAM_FORMS, input: source });
    })
    .default('same'),
  /** What happens to the trial's parameters that `params` does not use. */
  others: z.enum(['ignore', 'same']).default('ignore'),
  symbols: z.union([z.enum(['all', 'majors']), z.array(name).min(1)]).optional(),
  timeframe: z.enum(TIMEFRAMES).optional(),
  /** `{study}`, `{number}` and `{value}` are filled in; no part of the contestant's identity. */
  title: z.string().min(1).max(200).optional(),
});
type ParsedMapping = z.infer<typeof trialMappingSchema>;
/** The same in any depth of readonly: settings are frozen. */
export type TrialMapping = Readonly<Omit<ParsedMapping, 'symbols' | 'params' | 'kind'>> & {
  readonly kind: Readonly<ParsedMapping['kind']>;
  /** Each a ParamSource, which the schema has made sure of. */
  readonly params: 'same' | Readonly<Record<string, unknown>>;
  readonly symbols?: 'all' | 'majors' | readonly string[] | undefined;
};

/** What a mapping reads of a trial. */
export interface MappableTrial {
  readonly study: string;
  readonly number: number;
  readonly objective: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A contestant file's entry, or why the trial cannot be one; the words do not name the trial. */
export type Mapped = { readonly contestant: unknown } | { readonly why: string };

/** The longest title that a contestant may have. */
const MAX_TITLE = 60;

export function mapTrial(trial: MappableTrial, mapping: TrialMapping): Mapped {
  try {
    const title = titleOf(trial, mapping.title);
    return {
      contestant: {
        ...(title === undefined ? {} : { title }),
        kind: kindOf(trial, mapping.kind),
        params: paramsOf(trial, mapping),
        ...(mapping.symbols === undefined ? {} : { symbols: mapping.symbols }),
        ...(mapping.timeframe === undefined ? {} : { timeframe: mapping.timeframe }),
      },
    };
  } catch (error) {
    if (error instanceof Unmappable) return { why: error.message };
    throw error;
  }
}

/** Ends the mapping of one trial from wherever it fails; never leaves this file. */
class Unmappable extends Error {}

function kindOf(trial: MappableTrial, kind: TrialMapping['kind']): string {
  if (typeof kind === 'string') return kind;
  const value = taken(trial.params, kind.from, 'parameter');
  if (typeof value !== 'string')
    throw new Unmappable(`parameter "${kind.from}" should name a kind, it is ${shown(value)}`);
  return value;
}

function paramsOf(trial: MappableTrial, mapping: TrialMapping): Record<string, unknown> {
  if (mapping.params === 'same') {
    const used = typeof mapping.kind === 'string' ? undefined : mapping.kind.from;
    return Object.fromEntries(Object.entries(trial.params).filter(([key]) => key !== used));
  }
  const used = new Set(typeof mapping.kind === 'string' ? [] : [mapping.kind.from]);
  const result: [string, unknown][] = [];
  for (const [key, source] of Object.entries(mapping.params as Readonly<Record<string, ParamSource>>)) {
    if (typeof source === 'string') used.add(source);
    else if ('from' in source) used.add(source.from);
    const value = valueOf(trial, key, source);
    if (value !== undefined) result.push([key, value]);
  }
  if (mapping.others === 'ignore') return Object.fromEntries(result);
  const rest = Object.entries(trial.params).filter(
    ([key]) => !used.has(key) && !Object.hasOwn(mapping.params as object, key),
  );
  return Object.fromEntries([...rest, ...result]);
}

/** Undefined where an optional one is not there. */
function valueOf(trial: MappableTrial, key: string, source: ParamSource): unknown {
  if (typeof source === 'string') return taken(trial.params, source, 'parameter');
  if ('value' in source) return source.value;
  const [from, what, origin] =
    'from' in source
      ? ([trial.params, 'parameter', source.from] as const)
      : ([trial.attributes, 'user attribute', source.attribute] as const);
  if (source.optional === true && !Object.hasOwn(from, origin)) return undefined;
  const value = taken(from, origin, what);
  const { scale, round } = source;
  if (scale === undefined && (round === undefined || round === false)) return value;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Unmappable(
      `${what} "${origin}" (for "${key}") should be a number to be scaled or rounded, it is ${shown(value)}`,
    );
  const scaled = value * (scale ?? 1);
  if (!Number.isFinite(scaled))
    throw new Unmappable(`${what} "${origin}" (for "${key}") times ${String(scale)} is no finite number`);
  if (round === undefined || round === false) return scaled;
  return rounded(scaled, round === true ? 0 : round);
}

/** Half away from zero in the decimal that a person reads; adding zero takes the sign off a zero. */
function rounded(value: number, decimals: number): number {
  const text = Math.abs(value).toString();
  if (text.includes('e')) return Number(value.toFixed(decimals)) + 0;
  // Shifting the decimal point in the text avoids the error of a multiplication: 1.005 has two decimals "1.01".
  const shifted = Math.round(Number(`${text}e${String(decimals)}`));
  return Math.sign(value) * Number(`${String(shifted)}e-${String(decimals)}`) + 0;
}

function taken(from: Readonly<Record<string, unknown>>, key: string, what: string): unknown {
  if (Object.hasOwn(from, key)) return from[key];
  const known = Object.keys(from);
  if (known.length === 0) throw new Unmappable(`there is no ${what} "${key}"; the trial has none`);
  const listed = known.slice(0, LISTED).join(', ');
  const more = known.length > LISTED ? `, and ${String(known.length - LISTED)} more` : '';
  throw new Unmappable(
    `there is no ${what} "${key}"; did you mean "${nearest(key, known)}"? The trial has ${listed}${more}`,
  );
}

/** How many names a message lists. */
const LISTED = 20;

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'nothing' : text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function titleOf(trial: MappableTrial, template: string | undefined): string | undefined {
  if (template === undefined) return undefined;
  const fields: Readonly<Record<string, string>> = {
    study: trial.study,
    number: String(trial.number),
    value: String(Number(trial.objective.toPrecision(6))),
  };
  const title = template.replace(/\{(study|number|value)\}/g, (_, field: string) => fields[field] ?? '');
  // Half of a pair is no character.
  return title.slice(0, MAX_TITLE).replace(/[\uD800-\uDBFF]$/, '');
}
