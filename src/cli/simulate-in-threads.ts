import { Worker } from 'node:worker_threads';
import { type GateTally, addTallies, openTally, simulateArenas } from '../core/promotion/simulate-gate.js';
import type { GateModel } from '../core/promotion/simulated-arena.js';
import { compiledFile } from './compiled.js';

/** One part for a thread: arenas number `from` up to, without, `to`. */
export interface ArenasTask {
  readonly model: GateModel;
  readonly from: number;
  readonly to: number;
}

/** Parts per thread: many enough that threads end together and progress is seen, few enough that posting costs nothing. */
const PARTS_PER_THREAD = 40;

/** The same tally for any number of threads: an arena depends on its own number alone, and tallies are whole numbers. */
export async function simulateInThreads(
  model: GateModel,
  arenas: number,
  threads: number,
  told: (played: number) => void,
): Promise<GateTally> {
  const size = Math.max(1, Math.floor(arenas / (threads * PARTS_PER_THREAD)));
  let next = 0;
  let total = openTally(model);
  const take = (): ArenasTask | undefined => {
    if (next >= arenas) return undefined;
    const from = next;
    next = Math.min(arenas, from + size);
    return { model, from, to: next };
  };
  const add = (tally: GateTally): void => {
    total = addTallies(total, tally);
    told(total.arenas);
  };
  // Threads run compiled code; from TypeScript sources (development) everything is played here.
  if (threads === 1 || import.meta.url.endsWith('.ts'))
    for (let task = take(); task !== undefined; task = take())
      add(simulateArenas(task.model, task.from, task.to));
  else
    await Promise.all(
      Array.from({ length: Math.min(threads, Math.ceil(arenas / size)) }, () => runThread(take, add)),
    );
  return total;
}

async function runThread(take: () => ArenasTask | undefined, add: (tally: GateTally) => void): Promise<void> {
  const worker = new Worker(compiledFile('cli/simulate-arenas-worker.js'));
  try {
    await new Promise<void>((done, fail) => {
      const give = (): void => {
        const task = take();
        if (task === undefined) done();
        else worker.postMessage(task);
      };
      worker.on('message', (tally: GateTally) => {
        add(tally);
        give();
      });
      worker.on('error', fail);
      worker.on('exit', (code) => {
        fail(new Error(`a thread ended by itself with exit code ${String(code)}`));
      });
      give();
    });
  } finally {
    await worker.terminate();
  }
}
