import { z } from 'zod';
import { Problem } from '../domain/problem.js';
import { type ParameterSets, type RangeAxis, countSets } from './parameter-sets.js';

/** More than this takes weeks, and files of hundreds of gigabytes: a mistake. */
export const MOST_SETS = 100_000_000;

const gridSchema = z.record(z.string().min(1), z.array(z.unknown()).min(1));
const rangeSchema = z.strictObject({
  min: z.number(),
  max: z.number(),
  whole: z.boolean().optional(),
  log: z.boolean().default(false),
});
const spaceSchema = z.record(
  z.string().min(1),
  z.union(
    [z.tuple([z.number(), z.number()]), rangeSchema, z.strictObject({ values: z.array(z.unknown()).min(1) })],
    {
      error: () =>
        'expected [LEAST, MOST], { "min": 1, "max": 9, "log": true, "whole": false } or { "values": [...] }',
    },
  ),
);
const fixedSchema = z.record(z.string().min(1), z.unknown());

/** What a person wrote as --grid: an object of lists. */
export function readGrid(grid: unknown, fixed: unknown): ParameterSets {
  const parsed = parsedBy(gridSchema, grid, '--grid', 'e.g. --grid \'{"fast":[5,10],"slow":[50,100]}\'');
  const axes = Object.entries(parsed).map(([name, values]) => ({ name, values }));
  const sets: ParameterSets = { form: 'grid', fixed: readFixed(fixed), axes };
  checkCount(countSets(sets), '--grid');
  return sets;
}

/** What a person wrote as --space, of which `count` sets are drawn. Two whole numbers stay whole. */
export function readSpace(space: unknown, fixed: unknown, count: number, seed: number): ParameterSets {
  const parsed = parsedBy(
    spaceSchema,
    space,
    '--space',
    'e.g. --space \'{"fast":[5,50],"stop":[0.01,0.1]}\'',
  );
  const axes = Object.entries(parsed).map(([name, axis]) =>
    !Array.isArray(axis) && 'values' in axis ? { name, values: axis.values } : rangeOf(name, axis),
  );
  if (axes.length === 0)
    throw new Problem('usage', '--space: nothing to draw from', { hint: 'name at least one parameter' });
  checkCount(count, '--random');
  return { form: 'random', fixed: readFixed(fixed), axes, count, seed };
}

function readFixed(fixed: unknown): Record<string, unknown> {
  return parsedBy(fixedSchema, fixed, '--params', 'e.g. --params \'{"stop":0.05}\'');
}

function rangeOf(name: string, axis: [number, number] | z.infer<typeof rangeSchema>): RangeAxis {
  const { min, max, whole, log } = Array.isArray(axis)
    ? { min: axis[0], max: axis[1], whole: undefined, log: false }
    : axis;
  if (!(min < max))
    throw new Problem('usage', `--space.${name}: ${String(min)} is not below ${String(max)}`, {
      hint: 'a range is [LEAST, MOST]; what is the same in all sets goes into --params',
    });
  if (log && !(min > 0))
    throw new Problem(
      'usage',
      `--space.${name}: "log" needs a range above 0, this one begins at ${String(min)}`,
    );
  const both = Number.isInteger(min) && Number.isInteger(max);
  if (whole === true && !both)
    throw new Problem('usage', `--space.${name}: "whole" needs whole numbers at both ends`);
  return { name, min, max, whole: whole ?? both, log };
}

function parsedBy<T>(schema: z.ZodType<T>, value: unknown, flag: string, hint: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? '' : `.${issue.path.join('.')}`;
  throw new Problem('usage', `${flag}${path}: ${issue?.message ?? 'has the wrong shape'}`, { hint });
}

function checkCount(count: number, flag: string): void {
  if (count <= MOST_SETS) return;
  throw new Problem(
    'usage',
    `${flag}: ${count.toLocaleString('en-US')} sets are more than ${MOST_SETS.toLocaleString('en-US')}`,
    {
      hint: 'shorten the lists, or draw some of them with --random N --space',
    },
  );
}
