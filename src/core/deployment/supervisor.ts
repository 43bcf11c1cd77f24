/**
 * Supervision of the paper trader as a pure function (state, observation, now) -> (state, effects). It keeps one
 * paper trader at work: one that somebody else started is used, a dead one is started again with growing pauses, a
 * hung one is ended and replaced, and after several failures in a row it stops trying and says so.
 */
import type { TimeMs } from '../domain/time.js';

export interface SupervisionTimes {
  /** A paper trader that has bars to play and plays none for so long hangs. */
  readonly progressGraceMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
  /** From the start of a process to the lock on its folder. */
  readonly startGraceMs: number;
  /** Before the first new start; doubled with every further failure. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const SUPERVISION_TIMES: SupervisionTimes = {
  progressGraceMs: 60_000,
  killGraceMs: 5_000,
  startGraceMs: 30_000,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
};

/** So many failures in a row open the circuit. */
export const MOST_FAILURES = 5;

/** How a child of ours ended: its exit code, or the name of the signal. */
export type PaperExit = number | string;

/** What is seen of the paper trader now. */
export interface PaperSighting {
  /** Whether there is an arena to trade; before that there is nothing to start. */
  readonly arenaHasBegun: boolean;
  /** Process that holds the lock of the paper folder; `unknown` when it is held and nobody can say by whom. */
  readonly holder: number | 'unknown' | null;
  /** Child of ours that has not ended yet. */
  readonly child: number | null;
  /** How a child of ours ended since the last look. */
  readonly exit: PaperExit | null;
  /** The bar that it wants next; null while that is unknown. */
  readonly nextBarMs: TimeMs | null;
  /** Newest bar of the arena; null before its first. */
  readonly clockMs: TimeMs | null;
}

type Phase = 'waiting' | 'starting' | 'running' | 'stopping' | 'backing-off' | 'circuit-open';

export interface SupervisorState {
  readonly phase: Phase;
  /** When the phase began. */
  readonly sinceMs: number;
  /** End of a pause before the next start. */
  readonly untilMs: number;
  /** Who is watched, or being ended; null while nobody is. */
  readonly pid: number | null;
  readonly killed: boolean;
  /** Failures since it last processed a bar. */
  readonly failures: number;
  readonly restarts: number;
  readonly lastExit: PaperExit | null;
  /** The bar it wanted at its last progress, and when that was. */
  readonly nextBarMs: TimeMs | null;
  readonly progressAtMs: number;
}

export type SupervisorEffect =
  | { readonly do: 'start' }
  | { readonly do: 'stop' | 'kill'; readonly pid: number }
  | { readonly do: 'say'; readonly text: string };

export interface Supervised {
  readonly state: SupervisorState;
  readonly effects: readonly SupervisorEffect[];
}

export function beginSupervision(nowMs: number): SupervisorState {
  return {
    phase: 'waiting',
    sinceMs: nowMs,
    untilMs: nowMs,
    pid: null,
    killed: false,
    failures: 0,
    restarts: 0,
    lastExit: null,
    nextBarMs: null,
    progressAtMs: nowMs,
  };
}

export function superviseStep(
  before: SupervisorState,
  seen: PaperSighting,
  nowMs: number,
  times: SupervisionTimes = SUPERVISION_TIMES,
): Supervised {
  const state = seen.exit === null ? before : { ...before, lastExit: seen.exit };
  if (seen.holder !== null) return watched(state, seen, nowMs, times);
  if (seen.child !== null) return withoutLock(state, seen.child, nowMs, times);
  return nobody(state, seen, nowMs, times);
}

/** Somebody holds the folder: ours or started by hand, it is the one that is used. */
function watched(
  state: SupervisorState,
  seen: PaperSighting,
  nowMs: number,
  times: SupervisionTimes,
): Supervised {
  const pid = typeof seen.holder === 'number' ? seen.holder : null;
  if (state.phase === 'stopping' && state.pid === pid) return ending(state, nowMs, times);
  const isNew = state.phase !== 'running' || state.pid !== pid;
  const moved = seen.nextBarMs !== null && state.nextBarMs !== null && seen.nextBarMs > state.nextBarMs;
  const isBehind = seen.clockMs !== null && (seen.nextBarMs === null || seen.nextBarMs <= seen.clockMs);
  const appeared = seen.nextBarMs !== null && state.nextBarMs === null;
  // With nothing to play, time does not count against it.
  const progressAtMs = isNew || moved || appeared || !isBehind ? nowMs : state.progressAtMs;
  const now: SupervisorState = {
    ...state,
    phase: 'running',
    sinceMs: isNew ? nowMs : state.sinceMs,
    pid,
    killed: false,
    failures: moved ? 0 : state.failures,
    nextBarMs: seen.nextBarMs ?? state.nextBarMs,
    progressAtMs,
  };
  const said =
    isNew && state.phase === 'waiting' && pid !== null ? [`paper trader runs (${String(pid)})`] : [];
  if (nowMs - progressAtMs < times.progressGraceMs) return { state: now, effects: said.map(sayText) };
  if (pid === null)
    return { state: now, effects: [sayText('the paper trader hangs, and nobody knows its process')] };
  return stop(now, pid, 'plays no bars', nowMs);
}

/** Our child lives and has no lock: it is starting or ending, or hangs in that. */
function withoutLock(
  state: SupervisorState,
  child: number,
  nowMs: number,
  times: SupervisionTimes,
): Supervised {
  if (state.phase === 'stopping' && state.pid === child) return ending(state, nowMs, times);
  if (state.phase !== 'starting' || state.pid !== null)
    return { state: { ...state, phase: 'starting', sinceMs: nowMs, pid: null }, effects: [] };
  if (nowMs - state.sinceMs < times.startGraceMs) return { state, effects: [] };
  return stop(state, child, 'does not take its folder', nowMs);
}

function nobody(
  state: SupervisorState,
  seen: PaperSighting,
  nowMs: number,
  times: SupervisionTimes,
): Supervised {
  if (state.phase === 'circuit-open') return { state, effects: [] };
  if (state.phase === 'starting' || state.phase === 'running' || state.phase === 'stopping')
    return failed(state, nowMs, times);
  if (!seen.arenaHasBegun || nowMs < state.untilMs) return { state, effects: [] };
  return {
    state: {
      ...state,
      phase: 'starting',
      sinceMs: nowMs,
      pid: null,
      restarts: state.restarts + (state.phase === 'backing-off' ? 1 : 0),
    },
    effects: [{ do: 'start' }],
  };
}

function failed(state: SupervisorState, nowMs: number, times: SupervisionTimes): Supervised {
  const failures = state.failures + 1;
  const now = { ...state, failures, pid: null, killed: false, sinceMs: nowMs };
  const how = state.lastExit === null ? 'ended' : `ended (${String(state.lastExit)})`;
  if (failures >= MOST_FAILURES)
    return {
      state: { ...now, phase: 'circuit-open' },
      effects: [
        sayText(
          `the paper trader ${how}, ${String(failures)} times without playing a bar: it is not started again; see its log, then restart the deployer`,
        ),
      ],
    };
  const pauseMs = pauseAfter(failures, times);
  return {
    state: { ...now, phase: 'backing-off', untilMs: nowMs + pauseMs },
    effects: [sayText(`the paper trader ${how}; starting it again in ${String(pauseMs / 1000)} s`)],
  };
}

function pauseAfter(failures: number, { firstPauseMs, longestPauseMs }: SupervisionTimes): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
}

function stop(state: SupervisorState, pid: number, why: string, nowMs: number): Supervised {
  return {
    state: { ...state, phase: 'stopping', sinceMs: nowMs, pid, killed: false },
    effects: [sayText(`the paper trader (${String(pid)}) ${why}: ending it`), { do: 'stop', pid }],
  };
}

function ending(state: SupervisorState, nowMs: number, times: SupervisionTimes): Supervised {
  if (state.killed || state.pid === null || nowMs - state.sinceMs < times.killGraceMs)
    return { state, effects: [] };
  return { state: { ...state, killed: true }, effects: [{ do: 'kill', pid: state.pid }] };
}

function sayText(text: string): SupervisorEffect {
  return { do: 'say', text };
}
