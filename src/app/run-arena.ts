/**
 * The arena's loop: requests, a block of rounds, journal, and at group boundaries commit and projections. A crash
 * anywhere loses only rounds since the last commit, and playing them again gives the same bytes. Most commits have no
 * state: whoever resumes plays the rounds since the last one that has again.
 */
import { type Arena, assertBooks } from '../core/arena/arena.js';
import { type Block, playBlock } from '../core/arena/play-block.js';
import { closeRound, passSlot } from '../core/arena/play-round.js';
import { encodeArena } from '../core/arena/arena-codec.js';
import { slotHasBar } from '../core/domain/market-table.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import type { PruningRules } from '../core/arena/pruning.js';
import { type Answers, type AskedQuestion, NOBODY_ANSWERS } from '../core/session/model-decision.js';
import { spentOnDayUsd } from '../core/session/model-record.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import type { Spent } from './model-desk.js';
import { type BlockLength, blockLength } from './block-length.js';
import { looksOfEvents } from './looks-of-events.js';
import { type HandledRequest, handleRequests } from './handle-requests.js';
import { anybodyAsks, nextBlock } from './next-block.js';
import { pruneWhenDue } from './prune-arena.js';
import { hasOwnCode, stateSaving } from './state-saving.js';
import { replaceChangedModels } from './replace-changed-models.js';

export interface RunLimits {
  /** Play at most this many rounds. */
  readonly rounds?: number;
  /** Bars a second; as fast as possible when absent. */
  readonly barsPerSecond?: number;
  readonly groupRounds: number;
  readonly groupMs: number;
  readonly projectionMs: number;
  /** How many rounds are played in one go; by what they take when absent. It changes no byte. */
  readonly block?: BlockLength;
  /** After how many rounds without anything from outside the state is saved. */
  readonly stateRounds?: number;
}

export interface RunWorld {
  readonly store: ArenaStore;
  readonly inbox: Inbox;
  /** What requests may enter. */
  readonly kinds: Kinds;
  readonly pruning: PruningRules;
  /** Monotonic milliseconds: pacing and grouping only, never part of the journal. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  stopRequested(): boolean;
  /** Called after commits, at most every `projectionMs`. */
  project(arena: Arena): void;
  /** Waits, where the run is in lock step with others, until they have dealt with the newest round. */
  othersAreDone?(arena: Arena): Promise<void>;
  /** Waits until the market has grown; false when it will not any more. Absent where it ends with its table. */
  more?(arena: Arena): Promise<boolean>;
  /** Takes the sessions through a block, wherever they are played; in this process when absent. */
  play?(slots: readonly number[]): Promise<Block>;
  /** Finds answers to a round's questions; undefined when a stop came first. Absent where no contestant asks. */
  answer?(asked: readonly AskedQuestion[], spent: Spent): Promise<Answers | undefined>;
  /** Called after every round; must be cheap. */
  progress(arena: Arena): void;
  requestHandled(handled: HandledRequest): void;
  /** After every commit, with those of its rounds that have events. */
  committed?(rounds: readonly StoredRound[]): void;
}

export interface RunResult {
  readonly rounds: number;
  readonly stopped: boolean;
  /** Stopped while models were thinking: the arena is in the middle of a round, what is committed is not. */
  readonly midRound: boolean;
}

/** How long the loop may keep the event loop busy, so that a signal is seen in time. */
const BREATH_MS = 50;

/** Plays until the market's table ends, the limit is reached, or a stop is requested. */
export async function runArena(
  arena: Arena,
  world: RunWorld,
  limits: RunLimits,
  opening: readonly string[] = [],
): Promise<RunResult> {
  const { store } = world;
  let rounds = 0;
  let pending = 0;
  let removals: string[] = [];
  let eventful: StoredRound[] = [];
  let carried: readonly string[] = opening;
  let committedAt = world.nowMs();
  let projectedAt = -Infinity;
  let breathedAt = committedAt;
  const startedAt = committedAt;
  const firstSeq = arena.seq;
  const mostRounds = limits.rounds ?? Infinity;
  const paced = limits.barsPerSecond !== undefined;
  const length = limits.block ?? blockLength();

  const saving = stateSaving(limits.stateRounds);
  let stateIsOld = false;

  const commit = (atEnd = false): void => {
    if (pending === 0 && !(atEnd && stateIsOld)) return;
    assertBooks(arena);
    const withState = atEnd || saving.due() || hasOwnCode(arena);
    store.commit(arena.seq, arena.lastHash, withState ? encodeArena(arena, nextBarMs(arena)) : undefined);
    if (withState) saving.saved();
    stateIsOld = !withState;
    for (const id of removals) world.inbox.remove(id);
    removals = [];
    world.committed?.(eventful);
    eventful = [];
    pending = 0;
    committedAt = world.nowMs();
    if (committedAt - projectedAt >= limits.projectionMs) {
      world.project(arena);
      projectedAt = world.nowMs();
    }
  };

  if (arena.seq > 0) {
    // A crash may have come between the last commit and its files; others wait for them.
    world.project(arena);
    await world.othersAreDone?.(arena);
  }
  while (rounds < mostRounds && !world.stopRequested()) {
    if (arena.nextIndex >= arena.market.length) {
      if (world.more === undefined) break;
      // Nobody knows how long it takes.
      commit();
      if (await world.more(arena)) continue;
      break;
    }
    if (!slotHasBar(arena.market, arena.nextIndex)) {
      passSlot(arena);
      continue;
    }
    const events = [
      ...carried,
      ...pruneWhenDue(arena, store, world.pruning),
      ...replaceChangedModels(arena, store),
      ...handleRequests(arena, store, world.inbox, removals, world.kinds, (handled) => {
        world.requestHandled(handled);
      }),
    ];
    carried = [];
    const began = world.nowMs();
    const slots = nextSlots();
    const block = world.play === undefined ? playBlock(arena, slots) : await world.play(slots);
    const answers = await answersTo(block);
    // A round without its answers is as if it had not begun: it is played again from the last commit.
    if (answers === undefined) return { rounds: seqOf(store) - firstSeq, stopped: true, midRound: true };
    for (let s = 0; s < block.slots.length; s++) {
      const round = closeRound(arena, block, s, s === 0 ? events : [], answers);
      store.appendRound(round);
      if (round.looks.length > 0) for (const look of looksOfEvents(round)) store.saveLook(look);
      if (round.events.length > 0) eventful.push(round);
      rounds++;
      pending++;
      world.progress(arena);
    }
    const now = world.nowMs();
    length.took(block.slots.length, now - began);
    saving.played(
      block.slots.length,
      now - began,
      events.length > 0 || removals.length > 0 || block.pending.length > 0,
    );
    if (paced || removals.length > 0 || pending >= limits.groupRounds || now - committedAt >= limits.groupMs)
      commit();
    if (pending === 0) await world.othersAreDone?.(arena);
    if (paced) await pace(startedAt + (rounds * 1000) / (limits.barsPerSecond ?? 1));
    else if (now - breathedAt >= BREATH_MS) {
      await world.sleep(0);
      breathedAt = world.nowMs();
    }
  }
  commit(true);
  world.project(arena);
  return { rounds, stopped: world.stopRequested(), midRound: false };

  /** A block ends with its group, and wherever somebody looks at every bar. */
  function nextSlots(): number[] {
    const one = paced || removals.length > 0 || anybodyAsks(arena);
    const most = one ? 1 : Math.min(length.rounds(), limits.groupRounds - pending, mostRounds - rounds);
    const nextBarMs = arena.market.openTimesMs[arena.nextIndex] ?? NaN;
    return nextBlock(arena, most, world.pruning, world.inbox.nextDueMs(nextBarMs));
  }

  /** Nobody waits where nobody asks. */
  async function answersTo({ pending }: Block): Promise<Answers | undefined> {
    const asked = pending.flatMap((one) => one.asked);
    if (asked.length === 0 || world.answer === undefined) return NOBODY_ANSWERS;
    return world.answer(asked, spentBy(arena, asked[0]?.atMs ?? NaN));
  }

  async function pace(untilMs: number): Promise<void> {
    while (!world.stopRequested()) {
      const left = untilMs - world.nowMs();
      if (left <= 0) return;
      await world.sleep(Math.min(left, BREATH_MS));
    }
  }
}

/** By all contestants, in the UTC day of `nowMs` and since the beginning. */
function spentBy({ seats }: Arena, nowMs: TimeMs): Spent {
  const records = seats.flatMap(({ session }) => session.models ?? []);
  return {
    todayUsd: records.reduce((sum, record) => sum + spentOnDayUsd(record, nowMs), 0),
    totalUsd: records.reduce((sum, record) => sum + record.costUsd, 0),
  };
}

function seqOf(store: ArenaStore): number {
  return store.lastCommit()?.seq ?? 0;
}

/** Open time of the slot that comes next, also when the table does not hold it yet. */
export function nextBarMs(arena: Arena): number {
  const { market, nextIndex } = arena;
  const known = nextIndex < market.length ? market.openTimesMs[nextIndex] : undefined;
  return known ?? (market.openTimesMs[market.length - 1] ?? NaN) + timeframeMs(market.timeframe);
}
