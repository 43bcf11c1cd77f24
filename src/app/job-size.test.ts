import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRunner } from '../ports/job-runner.js';
import { inProcessJobs } from './in-process-jobs.js';
import { emptyJobMs, worthwhileMs } from './job-size.js';

describe('the size of a job', () => {
  it('lets its way cost at most a twentieth of its work, up to a second of work', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 50, noNaN: true }), (emptyMs) => {
        expect(emptyMs / worthwhileMs(emptyMs, 20)).toBeLessThanOrEqual(0.05 + 1e-12);
      }),
    );
    expect(worthwhileMs(400, 20)).toBe(1000);
  });

  it('is never below what is asked for, and that where nothing was measured', () => {
    expect(worthwhileMs(0.1, 75)).toBe(75);
    expect(worthwhileMs(10, 75)).toBe(200);
    expect(worthwhileMs(undefined, 75)).toBe(75);
  });

  it('is measured by the middle of empty jobs, the first ones apart', async () => {
    let clockMs = 0;
    const took = [900, 800, 700, 3, 1, 2, 50, 2.5];
    const runner: JobRunner = {
      ...inProcessJobs({}, () => ''),
      run: () => {
        clockMs += took.shift() ?? 0;
        return Promise.resolve({ kind: 'done', bytes: new Uint8Array() });
      },
    };
    expect(await emptyJobMs(runner, () => clockMs)).toBeCloseTo(2.5, 9);
  });

  it('is not measured with whoever does not know empty jobs', async () => {
    expect(
      await emptyJobMs(
        inProcessJobs({}, () => ''),
        () => 0,
      ),
    ).toBeUndefined();
  });
});
