import type { Arena } from '../core/arena/arena.js';
import { timeframeMs } from '../core/domain/time.js';
import type { Projections } from '../ports/projections.js';

/** Of an arena that is still reading its market: there are no rounds to tell of yet. */
export function writeStartingHeartbeat(projections: Projections, waitingFor: string): void {
  const content = {
    pid: process.pid,
    status: 'starting',
    faultyContestants: 0,
    waitingFor,
    writtenAt: new Date().toISOString(),
  };
  projections.write('.heartbeat', `${JSON.stringify(content, null, 2)}\n`);
}

/** `.heartbeat`: who is at work and how far. Only the arena writes it; probes read. */
export function writeHeartbeat(
  projections: Projections,
  arena: Arena,
  status: 'running' | 'stopped',
  waitingFor?: string,
): void {
  const faults = arena.seats.filter(
    (seat) => seat.figures.fault !== '' && seat.contestant.retired === undefined,
  );
  const content = {
    pid: process.pid,
    status,
    rounds: arena.seq,
    lastBarClosedAt:
      arena.seq === 0 ? null : new Date(arena.lastBarMs + timeframeMs(arena.market.timeframe)).toISOString(),
    timeframe: arena.market.timeframe,
    faultyContestants: faults.length,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    writtenAt: new Date().toISOString(),
  };
  projections.write('.heartbeat', `${JSON.stringify(content, null, 2)}\n`);
}
