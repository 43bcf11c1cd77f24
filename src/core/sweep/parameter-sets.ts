/**
 * A sweep tries many parameter sets of one kind on one market. Nothing here holds them: the n-th set is a function of
 * n, so that a million of them take no memory, any part can be done anywhere, and a stopped sweep goes on where it was.
 */
import { z } from 'zod';
import { uniformAt } from '../domain/rng.js';
import { MINUTE_MS } from '../domain/time.js';
import { exponential, naturalLogarithm } from '../market/portable-math.js';

const name = z.string().min(1).max(100);
const fixed = z.record(name, z.unknown());

const valuesAxis = z.strictObject({ name, values: z.array(z.unknown()).min(1).max(100_000) });
const rangeAxis = z.strictObject({
  name,
  min: z.number(),
  max: z.number(),
  /** Whole numbers only, both ends included. */
  whole: z.boolean(),
  /** Evenly over the logarithm: as many between 1 and 10 as between 10 and 100. */
  log: z.boolean(),
});

/** Axes are a list: the order of the sets comes from theirs, and canonical JSON would sort the keys of an object. */
export const parameterSetsSchema = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('grid'), fixed, axes: z.array(valuesAxis).max(50) }),
  z.strictObject({
    form: z.literal('random'),
    fixed,
    axes: z.array(z.union([valuesAxis, rangeAxis])).max(50),
    count: z.int().min(1),
    seed: z.int().min(0).max(4294967295),
  }),
]);
export type ParameterSets = z.infer<typeof parameterSetsSchema>;
export type RangeAxis = z.infer<typeof rangeAxis>;
type Axis = z.infer<typeof valuesAxis> | RangeAxis;

/** How many sets there are, those included that the kind will not take. */
export function countSets(sets: ParameterSets): number {
  return sets.form === 'random' ? sets.count : sets.axes.reduce((n, { values }) => n * values.length, 1);
}

/** The n-th set, from 0. In a grid the last axis moves first, as in a contestant file. */
export function nthSet(sets: ParameterSets, n: number): Record<string, unknown> {
  const drawn: Record<string, unknown> = {};
  if (sets.form === 'random')
    sets.axes.forEach((axis, k) => {
      drawn[axis.name] = drawFrom(axis, uniformAt(sets.seed, n * MINUTE_MS, k));
    });
  else {
    let left = n;
    for (const { name: key, values } of sets.axes.toReversed()) {
      drawn[key] = values[left % values.length];
      left = Math.floor(left / values.length);
    }
  }
  return { ...sets.fixed, ...drawn };
}

function drawFrom(axis: Axis, uniform: number): unknown {
  if ('values' in axis) return axis.values[Math.floor(uniform * axis.values.length)];
  const { min, max, whole, log } = axis;
  if (whole) return Math.max(min, Math.min(Math.floor(between(min, max + 1, uniform, log)), max));
  // Six digits: a person has to read and to repeat them.
  return Math.max(min, Math.min(Number(between(min, max, uniform, log).toPrecision(6)), max));
}

/** The logarithms of the engine differ between its versions; these do not. */
function between(min: number, max: number, uniform: number, log: boolean): number {
  if (!log) return min + uniform * (max - min);
  const [low, high] = [naturalLogarithm(min), naturalLogarithm(max)];
  return exponential(low + uniform * (high - low));
}
