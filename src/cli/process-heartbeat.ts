/** `.heartbeat` of deployer and paper trader: written after a look, so that whoever hangs in one goes silent. */
import type { TimeMs } from '../core/domain/time.js';
import type { Projections } from '../ports/projections.js';

const AT_MOST_EVERY_MS = 1000;

/** How far the process is. */
interface Standing {
  /** Open of the newest bar that it has dealt with; NaN before the first. */
  readonly barMs: TimeMs;
  readonly generation: number;
}

export interface ProcessHeartbeat {
  /** After a look; `waiting` when there is nothing more to do now. Written at most once a second. */
  beat(status: 'running' | 'waiting', standing: Standing): void;
  /** The last one; `error` is what ended the process, undefined after a stop in order. */
  end(error?: unknown): void;
}

function startHeartbeat(projections: Projections, name: 'deployer' | 'paper'): ProcessHeartbeat {
  const startedAt = new Date().toISOString();
  let last: Standing = { barMs: NaN, generation: 0 };
  let writtenMs = -Infinity;
  const write = (status: 'running' | 'waiting' | 'stopped', lastError: string | null): void => {
    const content = {
      process: name,
      pid: process.pid,
      startedAt,
      status,
      writtenAt: new Date().toISOString(),
      bar: Number.isNaN(last.barMs) ? null : new Date(last.barMs).toISOString(),
      generation: last.generation,
      lastError,
    };
    projections.write('.heartbeat', `${JSON.stringify(content, null, 2)}\n`);
    writtenMs = performance.now();
  };
  return {
    beat(status, standing) {
      last = standing;
      if (performance.now() - writtenMs >= AT_MOST_EVERY_MS) write(status, null);
    },
    end(error) {
      if (error === undefined) write('stopped', null);
      else
        try {
          write('stopped', error instanceof Error ? error.message : 'an unknown error');
        } catch {
          // A full disk may be what ended it: that error is told, not this one.
        }
    },
  };
}

/** Does the work of a process between its first and its last heartbeat. */
export async function withHeartbeat<T>(
  projections: Projections,
  name: 'deployer' | 'paper',
  work: (heartbeat: ProcessHeartbeat) => Promise<T>,
): Promise<T> {
  const heartbeat = startHeartbeat(projections, name);
  try {
    const result = await work(heartbeat);
    heartbeat.end();
    return result;
  } catch (error) {
    heartbeat.end(error);
    throw error;
  }
}
