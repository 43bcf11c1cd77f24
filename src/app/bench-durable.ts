/**
 * W2 in the kernel with a durable commit after every group of bars, into a journal like an arena's: every contestant's
 * equity, all fills, and the state as often as an arena saves it. Whoever goes on takes the newest state and plays the
 * bars after it again, as an arena does. No gate, no decisions, no windows: a whole arena has those (`bench-arena.ts`).
 */
import type { Hash } from '../core/arena/contestant.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { fieldState, takeFieldState } from '../core/kernel/field-state.js';
import type { ArenaStore, Commit, StoredRound } from '../ports/arena-store.js';
import { stateSaving } from './state-saving.js';
import { type W2Kernel, openW2Kernel, orderHashOf, playW2Block } from './bench-kernel.js';
import { W2_STEPS } from './bench-workloads.js';

export interface DurableRun {
  readonly seconds: number;
  /** Play, rank and commit of each group, ascending. */
  readonly commitMs: readonly number[];
  readonly orderHash: number;
}

/** Goes on after the last commit of `store`, for `groups` groups at most; a group of one bar is a live round. */
export function runW2Durable(
  market: MarketTable,
  contestants: number,
  groupBars: number,
  store: ArenaStore,
  hash: Hash,
  now: () => number,
  groups = Infinity,
): DurableRun {
  const kernel = openW2Kernel(market, contestants, groupBars, true);
  const place = goOn(kernel, store, hash);
  const commitMs: number[] = [];
  const saving = stateSaving();
  const start = now();
  while (place.next < market.length && commitMs.length < groups) {
    const before = now();
    store.appendRound(playGroup(kernel, place, hash));
    saving.played(groupBars, now() - before, false);
    const withState = saving.due();
    store.commit(place.seq, place.hash, withState ? stateOf(kernel) : undefined);
    if (withState) saving.saved();
    commitMs.push(now() - before);
  }
  return {
    seconds: (now() - start) / 1000,
    commitMs: commitMs.sort((a, b) => a - b),
    orderHash: orderHashOf(kernel.ranks),
  };
}

/** Where a run is: its last group, and the slot that comes next. */
interface Place {
  seq: number;
  hash: string;
  next: number;
}

/** Plays the next group of bars; what its row in the journal holds. */
function playGroup(kernel: W2Kernel, place: Place, hash: Hash): StoredRound {
  const { market, contestants, ledger, slots } = kernel;
  const count = playW2Block(kernel, place.next);
  const lastSlot = slots[count - 1] ?? place.next;
  const barMs = market.openTimesMs[lastSlot] ?? NaN;
  const fills = ledger.doubles.subarray(0, ledger.length);
  const marks = kernel.marks.subarray(0, contestants * count);
  const previousHash = place.hash;
  place.seq++;
  place.next = lastSlot + 1;
  place.hash = hash(`${previousHash} ${String(barMs)} ${hash(bytesOf(fills))} ${hash(bytesOf(marks))}`);
  const { seq } = place;
  return {
    ...{ seq, barMs, marketDigest: '', events: [], decisions: [] },
    ...{ fills, marks, previousHash, hash: place.hash },
  };
}

/** The kernel as it was after the last commit. */
function goOn(kernel: W2Kernel, store: ArenaStore, hash: Hash): Place {
  const { market, field, cards } = kernel;
  const saved = store.savedState();
  if (saved === undefined) return { seq: 0, hash: '0'.repeat(64), next: market.length - W2_STEPS };
  bytesOf(cards).set(saved.body.subarray(0, cards.byteLength));
  takeFieldState(field, saved.body.subarray(cards.byteLength));
  const place = placeOf(saved, store, market);
  for (const stored of store.rounds(saved.seq + 1))
    if (playGroup(kernel, place, hash).hash !== stored.hash)
      throw new Error(`group ${String(stored.seq)} came out otherwise than the journal says`);
  return place;
}

function placeOf({ seq, hash }: Commit, store: ArenaStore, market: MarketTable): Place {
  for (const { barMs } of store.rounds(seq))
    return { seq, hash, next: firstIndexAtOrAfter(market, barMs + 1) };
  throw new Error('a state without its group');
}

function stateOf({ field, cards }: W2Kernel): Uint8Array {
  const lanes = fieldState(field);
  if (lanes === undefined) throw new Error('W2 has no bar that is not for the kernel');
  const bytes = new Uint8Array(cards.byteLength + lanes.length);
  bytes.set(bytesOf(cards));
  bytes.set(lanes, cards.byteLength);
  return bytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
