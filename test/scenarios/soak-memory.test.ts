import { expect, it } from 'vitest';
import { runCliBeside } from '../support/run-cli-beside.js';
import { z } from 'zod';

const daySchema = z.object({
  day: z.int(),
  rounds: z.int(),
  residentBytes: z.number().min(50e6),
  youngBytes: z.number().min(1e5),
  heapBytes: z.number().min(10e6),
  bufferBytes: z.number().min(0),
  descriptors: z.int().optional(),
});
const answerSchema = z.looseObject({ days: z.array(daySchema), growthFraction: z.number() });

it('the memory of a live arena is looked at day by day, from the built program and the sources', async () => {
  const { code, stdout, stderr } = await runCliBeside(
    ['soak', 'memory', '--days', '6', '--hour-ms', '200', '--json'],
    {},
  );
  const { days, growthFraction } = answerSchema.parse(JSON.parse(stdout));
  expect(days.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(days.at(-1)?.rounds, 'it plays').toBeGreaterThan(20);
  // In the first minutes of a process memory does grow; whether by more than it may is what the exit code says.
  expect(code, stderr).toBe(growthFraction <= 0.05 ? 0 : 1);
}, 180_000);
