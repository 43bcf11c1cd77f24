/** How much work a job must have, by what it costs on the machine that runs: its way may take 5 % of it, no more. */
import type { JobRunner } from '../ports/job-runner.js';

const WAY_SHARE = 0.05;
/** The first ones open connections and compile code. */
const WARM_UPS = 3;
const MEASURED = 5;
/** A job that takes longer is hard to stop and dear to lose: a slower way than this is not made up for. */
const MOST_MS = 1000;

/** Who is asked for nothing is asked for this: no rounds of hashing (`cli/tasks.ts`). */
const EMPTY_TASK = 'ping';

/** There and back of a job without work, one by one; undefined where that cannot be had. It waits for whoever does jobs. */
export async function emptyJobMs(runner: JobRunner, nowMs: () => number): Promise<number | undefined> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UPS + MEASURED; n++) {
    const beganMs = nowMs();
    const { kind } = await runner.run({
      id: `empty-${String(n)}`,
      task: EMPTY_TASK,
      payload: new Uint8Array(4),
    });
    if (kind === 'failed') return undefined;
    if (n >= WARM_UPS) times.push(nowMs() - beganMs);
  }
  return times.sort((a, b) => a - b)[MEASURED >> 1];
}

/** Work that makes such a way worth it; `leastMs` where that is more, or nothing was measured. */
export function worthwhileMs(emptyMs: number | undefined, leastMs: number): number {
  if (emptyMs === undefined) return leastMs;
  return Math.max(leastMs, Math.min(emptyMs / WAY_SHARE, MOST_MS));
}
