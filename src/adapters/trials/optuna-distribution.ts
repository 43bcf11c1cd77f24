/**
 * Optuna stores a parameter as a number and says beside it, in JSON, what the number means: a float, a whole number,
 * or a place in a list of choices. The forms: optuna/distributions.py, `json_to_distribution` (the names before 3.0 and
 * the abbreviated form included).
 */
import { z } from 'zod';
import { parsePythonJson } from './parse-json.js';

export interface Distribution {
  /** Equal for distributions that one parameter of a study may have; Optuna refuses to mix others. */
  readonly family: string;
  /** What the training script saw. NaN is stored as null and stays null. Throws an Error in words. */
  external(internal: number | null): unknown;
}

const choicesSchema = z.array(z.unknown()).min(1);
const ABBREVIATED = {
  int: 'IntDistribution',
  float: 'FloatDistribution',
  categorical: 'CategoricalDistribution',
} as const;

const fullSchema = z.object({
  name: z.string(),
  attributes: z.object({ choices: choicesSchema.optional() }),
});
const abbreviatedSchema = z
  .object({ type: z.enum(['int', 'float', 'categorical']), choices: choicesSchema.optional() })
  .transform(({ type, choices }) => ({ name: ABBREVIATED[type], attributes: { choices } }));

const FORMS: Readonly<Record<string, 'int' | 'float' | 'categorical'>> = {
  IntDistribution: 'int',
  IntUniformDistribution: 'int',
  IntLogUniformDistribution: 'int',
  FloatDistribution: 'float',
  UniformDistribution: 'float',
  LogUniformDistribution: 'float',
  DiscreteUniformDistribution: 'float',
  CategoricalDistribution: 'categorical',
};

/** Reads a distribution's JSON. Throws an Error in words. */
export function readDistribution(json: string): Distribution {
  const parsed = z.union([fullSchema, abbreviatedSchema]).safeParse(parsePythonJson(json));
  if (!parsed.success) throw new Error('its distribution has an unknown form');
  const {
    name,
    attributes: { choices },
  } = parsed.data;
  const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
  if (form === undefined) throw new Error(`there is no distribution "${name}" in the versions known here`);
  if (form !== 'categorical')
    return {
      family: name,
      external: (internal) => (internal === null || form === 'float' ? internal : Math.trunc(internal)),
    };
  if (choices === undefined) throw new Error('its distribution has no choices');
  return {
    family: `${name} ${JSON.stringify(choices)}`,
    external(internal) {
      const index = internal === null ? NaN : Math.trunc(internal);
      if (!(index >= 0 && index < choices.length))
        throw new Error(`it is choice ${String(internal)} of ${String(choices.length)}`);
      return choices[index];
    },
  };
}

/** How many different distributions are remembered; a study has as many as it has parameters. */
const MAX_KNOWN = 10_000;

/** The same, reading each text once: a study repeats the same few on every trial. */
export function distributionReader(): (json: string) => Distribution {
  const known = new Map<string, Distribution>();
  return (json) => {
    const before = known.get(json);
    if (before !== undefined) return before;
    const read = readDistribution(json);
    if (known.size < MAX_KNOWN) known.set(json, read);
    return read;
  };
}
