/**
 * How many jobs a second so many workers do when they are far away and die now and then: a small simulation of the
 * queue, seeded, for machines that are not there to be measured.
 */
import { type Seed, uniformAt } from '../core/domain/rng.js';

export interface QueueModel {
  readonly seed: Seed;
  readonly workers: number;
  readonly jobs: number;
  readonly workMs: number;
  /** Mean time from a finished job to the next one's first step, exponential: network, Redis, the producer. */
  readonly delayMs: number;
  /** Jobs that a worker fetches ahead, during the work on others. */
  readonly ahead: number;
  /** The fraction of jobs at which the worker dies. */
  readonly deathFraction: number;
  /** Until somebody else begins the dead worker's jobs. */
  readonly takeOverMs: number;
  /** Until the dead worker is replaced. */
  readonly replaceMs: number;
}

export interface QueueRun {
  readonly jobsPerSecond: number;
  /** Of what so many workers would do without delays and deaths. */
  readonly shareOfIdeal: number;
  readonly deaths: number;
}

interface SimulatedWorker {
  freeMs: number;
  /** Jobs that it holds: when each has arrived. */
  held: number[];
}

export function simulateQueue(model: QueueModel): QueueRun {
  const { seed, jobs, workMs, delayMs, ahead, deathFraction } = model;
  let draws = 0;
  const draw = (): number => uniformAt(seed, 60_000 * draws++, 0);
  const workers: SimulatedWorker[] = Array.from({ length: model.workers }, () => ({ freeMs: 0, held: [] }));
  /** When jobs that a dead worker held can be taken again. */
  const returned: number[] = [];
  let fresh = jobs;
  let done = 0;
  let deaths = 0;
  let endMs = 0;
  while (done < jobs) {
    // Whoever is free first takes the next step; ties go to the first.
    const worker = workers.reduce((first, other) => (other.freeMs < first.freeMs ? other : first));
    const nowMs = worker.freeMs;
    const open = returned.filter((ms) => ms <= nowMs).length;
    let canTake = Math.min(1 + ahead - worker.held.length, fresh + open);
    for (; canTake > 0; canTake--) {
      if (fresh > 0) fresh--;
      else
        returned.splice(
          returned.findIndex((ms) => ms <= nowMs),
          1,
        );
      worker.held.push(nowMs - delayMs * Math.log(1 - draw()));
    }
    const arrivedMs = worker.held.shift();
    if (arrivedMs === undefined) {
      // Nothing to take before the next dead worker's job is given up.
      worker.freeMs = Math.max(nowMs + 1, Math.min(...returned, nowMs + model.takeOverMs));
      continue;
    }
    const beginMs = Math.max(nowMs, arrivedMs);
    if (draw() < deathFraction) {
      deaths++;
      const diedMs = beginMs + draw() * workMs;
      for (let n = 0; n <= worker.held.length; n++) returned.push(diedMs + model.takeOverMs);
      worker.held = [];
      worker.freeMs = diedMs + model.replaceMs;
      continue;
    }
    worker.freeMs = beginMs + workMs;
    endMs = Math.max(endMs, worker.freeMs);
    done++;
  }
  const jobsPerSecond = (1000 * jobs) / endMs;
  return { jobsPerSecond, shareOfIdeal: jobsPerSecond / ((1000 * model.workers) / workMs), deaths };
}
