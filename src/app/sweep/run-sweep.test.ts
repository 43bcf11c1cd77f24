import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySweep, planOf, playSweep, sweepRunner } from '../../../test/support/made-sweep.js';
import { HOUR_MS } from '../../core/domain/time.js';
import { generateMarket } from '../../core/market/generate-market.js';
import type { ParameterSets } from '../../core/sweep/parameter-sets.js';
import { readGrid } from '../../core/sweep/read-sets.js';
import { saveTally } from '../../core/sweep/sweep-tally.js';
import type { JobRunner } from '../../ports/job-runner.js';
import { rowsOfChunk, sweepChunk, sweepChunkOfProductKinds } from './sweep-chunk-task.js';

const MARKET = generateMarket({
  seed: 4,
  symbols: ['BTC-USD', 'ETH-USD'],
  timeframe: '1h',
  startMs: 400_000 * HOUR_MS,
  length: 500,
  perpetual: false,
});
const PLAN = planOf(MARKET);

/** Jobs with answers held back, as on machines far away: the newest comes first. */
function slowRunner(parallel: number): JobRunner & { readonly most: () => number } {
  const inner = sweepRunner();
  let [underWay, most] = [0, 0];
  return {
    ...inner,
    parallel,
    most: () => most,
    async run(job) {
      most = Math.max(most, ++underWay);
      const outcome = await inner.run(job);
      await new Promise((resolve) => setTimeout(resolve, job.id.endsWith('-0-1') ? 20 : 1));
      underWay--;
      return outcome;
    },
  };
}

describe('the runs of a sweep', () => {
  it('give the same rows and the same tally however they are cut into chunks and stopped', async () => {
    const whole = memorySweep();
    const { tally } = await playSweep(PLAN, { store: whole });
    expect(whole.rows().trim().split('\n')).toHaveLength(10);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(9), async (runsPerChunk, stopAt) => {
        const first = memorySweep();
        const stop = new AbortController();
        const stopped = await playSweep(PLAN, {
          store: first,
          runsPerChunk,
          progress(done) {
            if (done >= stopAt) stop.abort();
          },
          stop: stop.signal,
        });
        expect(stopped.done).toBeGreaterThanOrEqual(Math.min(stopAt, 9));
        const second = memorySweep(first.checkpoint(), first.rows());
        const end = await playSweep(PLAN, { store: second, runsPerChunk: 2 });
        expect(second.rows()).toBe(whole.rows());
        expect(second.checkpoint()).toEqual(whole.checkpoint());
        expect(saveTally(end.tally)).toEqual(saveTally(tally));
      }),
      { numRuns: 15 },
    );
  });

  it('are taken in order, with at most twice as many chunks under way as are worth having', async () => {
    const whole = memorySweep();
    await playSweep(PLAN, { store: whole });
    const runner = slowRunner(2);
    const store = memorySweep();
    await playSweep(PLAN, { store, runner, runsPerChunk: 1 });
    expect(runner.most()).toBe(4);
    expect(store.rows()).toBe(whole.rows());
  });

  const grid = (rows: number): ParameterSets =>
    readGrid(
      {
        fast: Array.from({ length: rows }, (_, i) => 2 + i),
        slow: Array.from({ length: 40 }, (_, i) => 60 + i),
      },
      {},
    );

  /** Sizes of the chunks of a sweep, by how long each takes; its runner does one after the other. */
  async function sizesOf(
    rows: number,
    wayMs: number,
    msOf: (from: number, runs: number) => number,
  ): Promise<number[]> {
    const inner = sweepRunner();
    const chunks: number[] = [];
    let nowMs = 0;
    await playSweep(planOf(MARKET, { sets: grid(rows), folds: 0, purgeBars: 0 }), {
      store: memorySweep(),
      nowMs: () => nowMs,
      runner: {
        ...inner,
        async run(job) {
          if (job.task === 'ping') {
            nowMs += wayMs;
            return { kind: 'done', bytes: new Uint8Array() };
          }
          const outcome = await inner.run(job);
          const [from = 0, to = 0] = job.id.split('-').slice(-2).map(Number);
          chunks.push(to - from);
          nowMs += msOf(from, to - from);
          return outcome;
        },
      },
    });
    return chunks;
  }

  it.each([
    ['75 ms of work', 1, 50],
    ['20 times the way of a job, where that is more', 8, 107],
  ])('come in chunks of %s', async (_name, wayMs, runs) => {
    const chunks = await sizesOf(50, wayMs, (_from, count) => count * 1.5);
    expect(chunks.slice(0, 10)).toEqual([1, 1, 1, 1, 1, 4, 4, 4, 4, 16]);
    const settled = chunks.slice(-6, -1);
    expect(Math.min(...settled)).toBeGreaterThan(0.9 * runs);
    expect(Math.max(...settled)).toBeLessThan(1.1 * runs);
  });

  it.each([1, 2, 7])('come in chunks that %s slow ones at the start do not decide', async (slow) => {
    const chunks = await sizesOf(50, 1, (from, count) => count * 1.5 + (from < slow ? 5000 : 0));
    expect(chunks.at(-2)).toBeGreaterThan(40);
  });

  it('come in smaller chunks when runs take longer from somewhere on', async () => {
    const chunks = await sizesOf(50, 1, (from, count) => count * (from < 1000 ? 1.5 : 15));
    expect(Math.max(...chunks)).toBeGreaterThan(40);
    expect(chunks.at(-2)).toBeLessThan(7);
  });

  it.each(['the market', 'an empty job', 'a chunk'])('are not waited for after a stop: %s', async (what) => {
    const inner = sweepRunner();
    const never = new Promise<never>(() => undefined);
    const stop = new AbortController();
    const runner: JobRunner = {
      ...inner,
      offerMarket: (table) => (what === 'the market' ? never : inner.offerMarket(table)),
      run(job) {
        if (job.task === 'ping' && what !== 'an empty job')
          return Promise.resolve({ kind: 'done', bytes: new Uint8Array() });
        setTimeout(() => {
          stop.abort();
        }, 5);
        return job.id.endsWith('-0-1') ? inner.run(job) : never;
      },
    };
    if (what === 'the market') stop.abort();
    const store = memorySweep();
    const { done } = await playSweep(PLAN, { store, runner, stop: stop.signal });
    expect(done).toBe(what === 'a chunk' ? 1 : 0);
    // What came back is kept, and the rest is played by whoever goes on.
    const again = memorySweep(store.checkpoint(), store.rows());
    expect((await playSweep(PLAN, { store: again })).done).toBe(9);
  });

  it('are counted with those that the kind does not take', async () => {
    const plan = planOf(MARKET, { sets: readGrid({ fast: [5, 20, 50], slow: [10, 40] }, {}) });
    const store = memorySweep();
    const { tally } = await playSweep(plan, { store });
    expect(tally).toMatchObject({ played: 3, invalid: 3, firstInvalid: 2 });
    expect(store.rows().split('\n')[3]).toBe('2,invalid,20,10,,,,,,,,,,,');
  });

  it('can be on each symbol alone: every set has a row for each', async () => {
    const plan = planOf(MARKET, { eachSymbol: true });
    const store = memorySweep();
    await playSweep(plan, { store });
    const rows = store.rows().trim().split('\n');
    expect(rows).toHaveLength(19);
    expect(rows[0]).toMatch(/^run,status,symbols,fast,slow,/);
    expect(rows[1]).toMatch(/^0,played,BTC-USD,3,10,/);
    expect(rows[2]).toMatch(/^1,played,ETH-USD,3,10,/);
  });

  it('are the same from the task that every process has', async () => {
    const { settings, ranked } = PLAN;
    const bytes = await sweepChunkOfProductKinds(sweepChunk(settings, 2, 5), ranked);
    const rows = rowsOfChunk(bytes, 3, settings.windows.folds.length);
    const store = memorySweep();
    const { tally } = await playSweep(PLAN, { store });
    for (const { run, row } of tally.best.filter((kept) => kept.run >= 2 && kept.run < 5))
      expect(rows[run - 2]).toEqual(row);
    expect(() => rowsOfChunk(bytes, 4, settings.windows.folds.length)).toThrow('4 runs came back with');
  });

  it('stop with a clear error where a chunk cannot be done, and keep what came before it', async () => {
    const inner = sweepRunner();
    const broken: JobRunner = {
      ...inner,
      run: (job) =>
        job.id === 'sweep-test-4-6' ? Promise.resolve({ kind: 'failed', why: 'no memory' }) : inner.run(job),
    };
    const store = memorySweep();
    await expect(playSweep(PLAN, { store, runner: broken, runsPerChunk: 2 })).rejects.toThrow(
      'runs 4 to 5 could not be played: no memory',
    );
    expect(store.rows().trim().split('\n')).toHaveLength(5);
    const again = memorySweep(store.checkpoint(), store.rows());
    expect((await playSweep(PLAN, { store: again })).done).toBe(9);
  });

  it('do not go on in a folder of a sweep with other settings', async () => {
    const store = memorySweep();
    await playSweep(PLAN, { store });
    const other = planOf(MARKET, { cashUsd: 5000, embargoBars: 5 });
    await expect(playSweep(other, { store: memorySweep(store.checkpoint()) })).rejects.toThrow(
      'this folder holds a sweep with other settings: cashUsd, windows',
    );
    await expect(playSweep(PLAN, { store: memorySweep({ next: 3 }) })).rejects.toThrow('cannot be read');
  });
});
