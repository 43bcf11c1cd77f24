import type { JobRunner, TaskTable } from '../../src/ports/job-runner.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';

/** Does jobs in this process, when they are given: for a machine with one core, and for proofs. */
export function jobsHere(tasks: TaskTable, parallel = 1): JobRunner {
  const markets = new Map<string, MarketTable>();
  return {
    parallel,
    threads: 1,
    offerMarket(table) {
      const fingerprint = `market-${String(markets.size + 1)}`;
      markets.set(fingerprint, table);
      return Promise.resolve(fingerprint);
    },
    async run({ task, payload, market }) {
      try {
        const perform = tasks[task];
        if (perform === undefined) return { kind: 'failed', why: `there is no task "${task}"` };
        const table = market === undefined ? undefined : markets.get(market);
        if (market !== undefined && table === undefined)
          return { kind: 'failed', why: `no market "${market}" was offered` };
        return { kind: 'done', bytes: await perform(payload, table) };
      } catch (error) {
        return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => Promise.resolve(),
  };
}
