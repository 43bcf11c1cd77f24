import { schedule } from 'node-cron';
import type { LiveClock } from '../app/live/live-clock.js';
import { type Timeframe, timeframeMs } from '../core/domain/time.js';
import { rest } from './rest.js';

export interface RunningClock extends LiveClock {
  close(): Promise<void>;
}

/** When nothing is due for longer than this, the schedule of bar closes wakes; what is nearer is waited for. */
const NEAR_MS = 5_000;
/** A machine that slept wakes without a tick: it looks at least so often. */
const LOOK_MS = 30_000;

/**
 * This machine's clock. A schedule fires at every bar close, one wake at a time however long a round takes; the rest of the way
 * (a venue whose clock is off, a delay) is waited for in slices, so that a stop is heard.
 */
export function systemClock(timeframe: Timeframe, stopRequested: () => boolean): RunningClock {
  let wake: (() => void) | undefined;
  const task = schedule(
    closesOf(timeframe),
    () => {
      wake?.();
    },
    { timezone: 'Etc/UTC', noOverlap: true },
  );
  return {
    nowMs: () => Date.now(),
    async until(untilMs) {
      while (!stopRequested()) {
        const left = untilMs - Date.now();
        if (left <= 0) return;
        if (left <= NEAR_MS) {
          await rest(left, stopRequested);
          continue;
        }
        let ticked = false;
        wake = () => {
          ticked = true;
        };
        await rest(Math.min(LOOK_MS, left - NEAR_MS), () => ticked || stopRequested());
      }
    },
    rest: (realMs, over) => rest(realMs, () => over.aborted || stopRequested()),
    async close() {
      await task.destroy();
    },
  };
}

/** Seconds, minutes, hours and so on at which bars close, in UTC. */
function closesOf(timeframe: Timeframe): string {
  const minutes = timeframeMs(timeframe) / 60_000;
  if (minutes < 60) return minutes === 1 ? '0 * * * * *' : `0 */${String(minutes)} * * * *`;
  const hours = minutes / 60;
  if (hours < 24) return hours === 1 ? '0 0 * * * *' : `0 0 */${String(hours)} * * *`;
  return '0 0 0 * * *';
}

/** A clock that runs `factor` times as fast as this machine's, from `startMs` on: for trying things out. */
export function fastClock(startMs: number, factor: number, stopRequested: () => boolean): RunningClock {
  const beganAt = performance.now();
  const nowMs = (): number => startMs + (performance.now() - beganAt) * factor;
  return {
    nowMs,
    until: (untilMs) => rest(Math.max(0, (untilMs - nowMs()) / factor), stopRequested),
    rest: (realMs, over) => rest(realMs, () => over.aborted || stopRequested()),
    close: () => Promise.resolve(),
  };
}
