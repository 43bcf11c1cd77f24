/** One shard as a job, and what becomes of its answer. */
import type { Arena, Seat } from '../core/arena/arena.js';
import { holdSlots } from '../core/arena/hold-slots.js';
import { playSeats } from '../core/arena/play-block.js';
import type { ShardPlay } from '../core/arena/shard-play.js';
import type { Session } from '../core/session/session.js';
import type { Job, JobOutcome } from '../ports/job-runner.js';
import { ARENA_SHARD } from './arena-shard-task.js';
import { readShardResult, readStates, shardText, writeShardJob, writeStates } from './shard-message.js';

export type Stretches = readonly (readonly Seat[])[];

export function jobOf(
  arena: Arena,
  stretches: Stretches,
  slots: readonly number[],
  market: string,
  part: string,
): { readonly job: Job; readonly states: Uint8Array } {
  const { openTimesMs } = arena.market;
  const states = writeStates(sessionsOf(stretches));
  const payload = writeShardJob({
    shardText: shardText(arena, stretches),
    fromMs: openTimesMs[slots[0] ?? -1] ?? NaN,
    toMs: (openTimesMs[slots.at(-1) ?? -1] ?? NaN) + 1,
    states,
  });
  const id = `rounds-${String(arena.seq + 1)}-${String(arena.seq + slots.length)}-shard-${part}`;
  return { job: { id, task: ARENA_SHARD, payload, market }, states };
}

function sessionsOf(stretches: Stretches): Session[] {
  return stretches.flat().map(({ session }) => session);
}

/** The parts of a shard, with its sessions at the block's end; played here where they did not come. */
export function takeShard(
  arena: Arena,
  stretches: Stretches,
  slots: readonly number[],
  before: Uint8Array,
  outcome: JobOutcome | undefined,
  told: (text: string) => void,
): ShardPlay[] {
  const sessions = sessionsOf(stretches);
  const answer = attempt(() => {
    if (outcome?.kind !== 'done') throw new Error(outcome?.why ?? 'stopped');
    const { plays, states } = readShardResult(outcome.bytes);
    assertAnswers(plays, stretches, slots);
    readStates(sessions, states);
    return [...plays];
  });
  if (answer.value !== undefined) return answer.value;
  if (outcome !== undefined)
    told(`a shard of ${String(sessions.length)} contestants is played here: ${answer.why}`);
  readStates(sessions, before);
  const here = attempt(() => stretches.map((seats) => playSeats(arena, seats, slots).play));
  if (here.value !== undefined) return here.value;
  told(`${String(sessions.length)} contestants hold: ${here.why}`);
  readStates(sessions, before);
  const fault = `could not be played: ${here.why}`;
  return stretches.map(
    (seats) =>
      playSeats(arena, seats, slots, {
        begin: () => undefined,
        play(session, seat, log) {
          holdSlots(session, seat, log, fault);
        },
      }).play,
  );
}

/** An answer about others, or about other bars, is none. */
function assertAnswers(plays: readonly ShardPlay[], stretches: Stretches, slots: readonly number[]): void {
  const positions = (lists: readonly (readonly number[])[]): string => JSON.stringify(lists);
  const asked = stretches.map((seats) => seats.map(({ contestant }) => contestant.position));
  if (positions(plays.map((play) => play.positions)) !== positions(asked))
    throw new Error('the answer is about other contestants');
  const other = plays.find(({ length }) => length !== slots.length);
  if (other !== undefined)
    throw new Error(`the answer is about ${String(other.length)} bars, not ${String(slots.length)}`);
}

type Attempt<T> = { readonly value: T } | { readonly value: undefined; readonly why: string };

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { value: run() };
  } catch (error) {
    return { value: undefined, why: wordsOf(error) };
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
