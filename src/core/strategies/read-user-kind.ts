import { z } from 'zod';
import { Problem } from '../domain/problem.js';
import type { Manifest, StrategyKind } from './strategy.js';

const fn = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', {
  message: 'must be a function',
});

const manifestSchema = z.looseObject({
  kind: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'a name is 2 to 40 of a-z, 0-9 and -'),
  version: z.int().min(1).default(1),
  summary: z.string().max(200).default('a kind of your own'),
  minSymbols: z.int().min(1).optional(),
  maxSymbols: z.int().min(1).optional(),
});

/** What a module of `contestants/kinds` must export as its default. */
const kindSchema = z.looseObject({
  manifest: manifestSchema,
  parameters: z
    .union([
      z.custom<z.ZodType>(isSchema, { message: 'must be a zod schema' }),
      z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
    ])
    .optional(),
  label: fn.optional(),
  features: fn.optional(),
  warmupBars: fn.optional(),
  begin: fn.optional(),
  takesShorts: fn.optional(),
  explain: fn.optional(),
  decide: fn,
});

/** The functions of a user's kind; all but one may be left away. */
type UserKind = Pick<StrategyKind, 'decide'> &
  Partial<Pick<StrategyKind, 'label' | 'features' | 'warmupBars' | 'begin' | 'takesShorts' | 'explain'>>;

function isSchema(value: unknown): value is z.ZodType {
  return typeof (value as { safeParse?: unknown } | null)?.safeParse === 'function';
}

/**
 * A kind from the default export of a user's module. Only `manifest.kind` and `decide` are required.
 * `code` is the hash of the module's text: an edited kind is another kind, with contestants of its own.
 */
export function readUserKind(exported: unknown, file: string, code: string): StrategyKind {
  const parsed = kindSchema.safeParse(exported);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    throw new Problem(
      'input',
      `${file}: ${where === '' ? 'its default export' : where}: ${issue?.message ?? 'has the wrong shape'}`,
      { hint: 'the README shows a whole kind; it needs manifest.kind and decide(observation, memory)' },
    );
  }
  // The schema has seen that these are functions; what they take and give is checked when they are called.
  const kind = exported as UserKind;
  const { manifest } = parsed.data;
  const complete: Manifest<unknown> = {
    kind: manifest.kind,
    version: manifest.version,
    summary: manifest.summary,
    feeds: {},
    parameters: schemaOf(parsed.data.parameters),
    costClass: 'rule',
    ...(manifest.minSymbols === undefined ? {} : { minSymbols: manifest.minSymbols }),
    ...(manifest.maxSymbols === undefined ? {} : { maxSymbols: manifest.maxSymbols }),
  };
  return {
    manifest: complete,
    code: () => code,
    label: (params) => kind.label?.(params) ?? labelOf(manifest.kind, params),
    features: (params) => kind.features?.(params) ?? [],
    warmupBars: (params) => kind.warmupBars?.(params) ?? 1,
    takesShorts: (params) => kind.takesShorts?.(params) ?? false,
    begin: (params, seed, symbols) => kind.begin?.(params, seed, symbols) ?? null,
    decide: (observation, memory) => kind.decide(observation, memory),
    ...(kind.explain === undefined ? {} : { explain: (o, memory) => kind.explain?.(o, memory) ?? [] }),
  };
}

/** A zod schema as it is; a plain list of defaults, e.g. `{ period: 48 }`, takes values of the same types. */
function schemaOf(
  parameters: z.ZodType | Readonly<Record<string, number | boolean | string>> | undefined,
): z.ZodType {
  if (isSchema(parameters)) return parameters;
  const fields = Object.entries(parameters ?? {}).map(([name, value]) => [
    name,
    typeof value === 'number'
      ? z.number().default(value)
      : typeof value === 'boolean'
        ? z.boolean().default(value)
        : z.string().default(value),
  ]);
  return z.strictObject(Object.fromEntries(fields) as Record<string, z.ZodType>);
}

/** `my-kind 10/30` */
function labelOf(name: string, params: unknown): string {
  const values = Object.values(params ?? {}).filter(
    (value) => typeof value === 'number' || typeof value === 'string',
  );
  return values.length === 0 ? name : `${name} ${values.join('/')}`;
}
