import { parentPort } from 'node:worker_threads';
import { simulateArenas } from '../core/promotion/simulate-gate.js';
import type { ArenasTask } from './simulate-in-threads.js';

/** A thread of `simulateInThreads`: answers every task with its tally. */
parentPort?.on('message', ({ model, from, to }: ArenasTask) => {
  parentPort?.postMessage(simulateArenas(model, from, to));
});
