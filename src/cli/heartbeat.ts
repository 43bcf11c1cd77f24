import type { Arena } from '../core/arena/arena.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
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

interface ArenaSigns {
  readonly waitingFor?: string | undefined;
  /** On a live market: probes go by the venue's clock as the arena does, for this machine's may be minutes off. */
  readonly venueNowMs?: TimeMs | undefined;
}

/** `.heartbeat`: who is at work and how far. Only the arena writes it; probes read. */
export function writeHeartbeat(
  projections: Projections,
  arena: Arena,
  status: 'running' | 'stopped',
  { waitingFor, venueNowMs }: ArenaSigns = {},
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
    ...(venueNowMs === undefined ? {} : { venueNow: new Date(venueNowMs).toISOString() }),
    writtenAt: new Date().toISOString(),
  };
  projections.write('.heartbeat', `${JSON.stringify(content, null, 2)}\n`);
}
