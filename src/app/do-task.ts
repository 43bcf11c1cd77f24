import { decodeMarket } from '../core/domain/market-bytes.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { newestKept } from '../core/domain/newest-kept.js';
import type { TaskTable } from '../ports/job-runner.js';

/** A job on its way into a thread. The market's bytes lie in shared memory: nothing of it is copied. */
export interface TaskMessage {
  readonly task: string;
  readonly payload: Uint8Array;
  readonly market?: { readonly fingerprint: string; readonly bytes: Uint8Array };
}

/** A market that grows with each round is another one each time, and each has its shared memory. */
const MARKETS_KEPT = 4;

/** What a thread does all day. Throws what the task throws, and where nobody knows the task. */
export function createTaskDoer(tasks: TaskTable): (message: TaskMessage) => Promise<Uint8Array> {
  const markets = newestKept<MarketTable>(MARKETS_KEPT);
  const tableOf = ({ fingerprint, bytes }: NonNullable<TaskMessage['market']>): MarketTable => {
    const known = markets.get(fingerprint);
    if (known !== undefined) return known;
    const table = decodeMarket(bytes);
    markets.set(fingerprint, table);
    return table;
  };
  return async ({ task, payload, market }) => {
    const found = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
    if (found === undefined) throw new Error(unknownTask(task, tasks));
    const bytes = await found(payload, market === undefined ? undefined : tableOf(market));
    // A view on a larger buffer would be sent with all of that.
    return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  };
}

function unknownTask(task: string, tasks: TaskTable): string {
  return `there is no task "${task}"; there are ${Object.keys(tasks).join(', ')}`;
}
