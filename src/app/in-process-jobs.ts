import { encodeMarket } from '../core/domain/market-bytes.js';
import type { JobRunner, TaskTable } from '../ports/job-runner.js';
import { createTaskDoer } from './do-task.js';
import { setImmediate as breathe } from 'node:timers/promises';
import { newestKept } from '../core/domain/newest-kept.js';

const MARKETS_KEPT = 4;

/** Jobs one after the other in this process: what threads and workers are compared with. */
export function inProcessJobs(tasks: TaskTable, hash: (bytes: Uint8Array) => string): JobRunner {
  const doTask = createTaskDoer(tasks);
  const markets = newestKept<Uint8Array>(MARKETS_KEPT);
  return {
    parallel: 1,
    threads: 1,
    offerMarket(table) {
      const bytes = encodeMarket(table);
      const fingerprint = hash(bytes);
      markets.set(fingerprint, bytes);
      return Promise.resolve(fingerprint);
    },
    async run({ task, payload, market }) {
      // Signals and bars of progress get their turn between two jobs.
      await breathe();
      try {
        const bytes = market === undefined ? undefined : markets.get(market);
        if (market !== undefined && bytes === undefined)
          return { kind: 'failed', why: `the market ${market} was not offered` };
        // Once: what a pure function throws, it throws again.
        return {
          kind: 'done',
          bytes: await doTask({
            task,
            payload,
            ...(market === undefined || bytes === undefined
              ? {}
              : { market: { fingerprint: market, bytes } }),
          }),
        };
      } catch (error) {
        return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => Promise.resolve(),
  };
}
