/** The arena's state after a round, as one blob: what `openArena` and the contestants' rows do not give. */
import type { ByteReader } from '../domain/byte-reader.js';
import { Problem } from '../domain/problem.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { TRADE_TOTAL_FIELDS, zeroTradeTotals } from '../metrics/trade-totals.js';
import { readSession, writeSession } from '../session/session-codec.js';
import type { Absent, Arena, Seat } from './arena.js';
import { type CohortState, cohortsByMember } from './cohorts.js';
import type { Freeze } from '../promotion/candidate.js';
import { TRACK_FIELDS, openTrack } from '../promotion/track.js';
import type { Watch } from './champion-watch.js';
import type { CohortGate } from './cohort-gate.js';
import type { Reign } from './reign.js';
import { figuresOf } from './seat-figures.js';
import { windowsOf } from './windows.js';

/** Raised when the layout changes. */
const STATE_VERSION = 4;

interface ArenaHead {
  readonly version: number;
  readonly seq: number;
  readonly nextBarMs: number;
  readonly firstBarMs: number;
  readonly lastBarMs: number;
  readonly dueRounds: number;
  readonly marketDigest: string;
  readonly lastHash: string;
  readonly windows: readonly number[];
  readonly cohorts: CohortState;
  readonly reign: Reign;
  readonly watch: Watch | null;
  readonly gates: CohortGate[];
  readonly freezes: readonly Freeze[];
  readonly absent: readonly Absent[];
  readonly seats: number;
}

/** `nextBarMs` is a time, not an index: the next run may load a longer warm-up. */
export function encodeArena(arena: Arena, nextBarMs: number): Uint8Array {
  const out = createByteWriter();
  const head: ArenaHead = {
    version: STATE_VERSION,
    seq: arena.seq,
    nextBarMs,
    firstBarMs: arena.firstBarMs,
    lastBarMs: arena.lastBarMs,
    dueRounds: arena.dueRounds,
    marketDigest: arena.marketDigest,
    lastHash: arena.lastHash,
    windows: arena.windows,
    cohorts: arena.cohorts,
    reign: arena.reign,
    watch: arena.watch ?? null,
    gates: arena.gates,
    freezes: arena.freezes,
    absent: arena.absent,
    seats: arena.seats.length,
  };
  out.text(JSON.stringify(head));
  for (const seat of arena.seats) {
    writeSession(seat.session, out, seat.figures.cards);
    out.uint32(seat.baselines.length);
    for (const baseline of seat.baselines)
      for (const field of TRADE_TOTAL_FIELDS) out.double(baseline[field]);
    out.uint32(seat.track === undefined ? 0 : 1);
    if (seat.track !== undefined) for (const field of TRACK_FIELDS) out.double(seat.track[field]);
  }
  return out.finish();
}

export function readArenaHead(input: ByteReader): ArenaHead {
  const head = JSON.parse(input.text()) as ArenaHead;
  if (head.version !== STATE_VERSION)
    throw new Problem(
      'foreign',
      `the state has layout ${String(head.version)}, this program reads ${String(STATE_VERSION)}`,
      { hint: 'run the program that made it, or start over with --fresh' },
    );
  return head;
}

/** Fills an arena whose seats have been set up in roster order. */
export function readArenaBody(arena: Arena, head: ArenaHead, input: ByteReader): void {
  arena.seq = head.seq;
  arena.firstBarMs = head.firstBarMs;
  arena.lastBarMs = head.lastBarMs;
  arena.dueRounds = head.dueRounds;
  arena.marketDigest = head.marketDigest;
  arena.lastHash = head.lastHash;
  arena.windows = head.windows;
  arena.cohorts = head.cohorts;
  arena.memberOf = cohortsByMember(head.cohorts.cohorts);
  arena.reign = head.reign;
  arena.watch = head.watch === null ? undefined : readWatch(head.watch);
  arena.gates = head.gates;
  arena.freezes = head.freezes;
  arena.absent = head.absent;
  for (const seat of arena.seats) {
    readSeat(seat, input);
    seat.windows = windowsOf(head.windows, arena.memberOf.get(seat.contestant.position)?.number);
  }
  input.end();
}

/** JSON knows no NaN, which is the equity of a shadow that has retired. */
function readWatch(watch: Watch): Watch {
  return {
    ...watch,
    shadows: watch.shadows.map((shadow) => ({ ...shadow, usd: (shadow.usd as number | null) ?? NaN })),
  };
}

function readSeat(seat: Seat, input: ByteReader): void {
  readSession(seat.session, input);
  seat.figures = figuresOf(seat.session, seat.session.cards);
  seat.session.cards = [];
  seat.baselines = Array.from({ length: input.uint32() }, () => {
    const totals = zeroTradeTotals();
    for (const field of TRADE_TOTAL_FIELDS) totals[field] = input.double();
    return totals;
  });
  if (input.uint32() === 0) return;
  const track = openTrack({ equityUsd: 0, startMs: 0, daily: false, dueDecisions: 0, madeDecisions: 0 });
  for (const field of TRACK_FIELDS) track[field] = input.double();
  seat.track = track;
}
