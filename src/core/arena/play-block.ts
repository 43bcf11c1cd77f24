import type { PendingDecision } from '../session/model-decision.js';
import type { Arena, Seat } from './arena.js';
import { type Player, type ShardPlay, playShard } from './shard-play.js';

/** Bars that the sessions have been through, and whose rounds are closed one after another. */
export interface Block {
  /** Slots that have a bar, ascending. */
  readonly slots: readonly number[];
  /** What the living seats did, each in one of them: stretches of the roster, in its order. */
  readonly parts: readonly ShardPlay[];
  /** Who waits for answers of language models: only in a block of one slot. */
  readonly pending: readonly PendingDecision[];
}

/** Takes all living sessions through these slots, up to the questions to language models. */
export function playBlock(arena: Arena, slots: readonly number[]): Block {
  const { play, pending } = playSeats(arena, livingSeats(arena), slots);
  return { slots, parts: [play], pending };
}

export function livingSeats({ seats }: Arena): Seat[] {
  return seats.filter(({ contestant }) => contestant.retired === undefined);
}

/** One part of a block; `seats` in roster order. */
export function playSeats(
  arena: Arena,
  seats: readonly Seat[],
  slots: readonly number[],
  player: Player = arena.player,
): { readonly play: ShardPlay; readonly pending: readonly PendingDecision[] } {
  return playShard(
    seats.map(({ session }) => session),
    slots,
    arena.ledger,
    player,
  );
}
