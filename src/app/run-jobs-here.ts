import { setImmediate as breathe } from 'node:timers/promises';
import type { MarketTable } from '../core/domain/market-table.js';
import type { JobOutcome, JobRunner, TaskTable } from '../ports/job-runner.js';

/**
 * Jobs in this process, one after the other. A market is named by the order in which it was offered: nobody else needs
 * to find it. What a job throws is a bug here, where nothing can be lost on the way, so it is thrown on.
 */
export function jobsHere(tasks: TaskTable): JobRunner {
  const markets = new Map<string, MarketTable>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    parallel: 1,
    offerMarket(table) {
      const name = `market-${String(markets.size)}`;
      markets.set(name, table);
      return Promise.resolve(name);
    },
    run({ task: name, payload, market }) {
      const result = last.then(async (): Promise<JobOutcome> => {
        // Signals and bars of progress get their turn between two jobs.
        await breathe();
        const task = tasks[name];
        if (task === undefined) throw new Error(`there is no task "${name}"`);
        const table = market === undefined ? undefined : markets.get(market);
        if (market !== undefined && table === undefined)
          throw new Error(`market ${market} was never offered`);
        return { kind: 'done', bytes: await task(payload, table) };
      });
      last = result.catch(() => undefined);
      return result;
    },
    close: () => Promise.resolve(),
  };
}
