/**
 * A round is everything that happens for one closed bar. First the sessions go through the bars of a block (`playBlock`, one
 * bar or many), then each of its rounds is closed (`closeRound`) from what they gave out; between the two whoever plays
 * finds the answers of language models. `playRound` is both for one bar. How many bars a block has changes no byte: what a
 * round reads of a seat are its figures, never its session. Nothing is kept before the app commits: a crash in the middle
 * plays the rounds again from the last commit, and gives the same bytes.
 */
import { slotHasBar } from '../domain/market-table.js';
import { timeframeMs } from '../domain/time.js';
import type { DecisionRecord } from '../session/decide.js';
import { decisionLine } from '../session/decision-line.js';
import {
  type Answers,
  NOBODY_ANSWERS,
  type PendingDecision,
  decideAnswered,
} from '../session/model-decision.js';
import { isSampleBar } from '../session/session.js';
import { type Arena, type PlayedRound, equityAt, livingEquityAt } from './arena.js';
import { advanceWindows, gateRound, reviewArena } from './arena-at-gate.js';
import { stepWatch } from './champion-watch.js';
import { looksAfter, looksBefore } from './gate.js';
import { type Block, playBlock } from './play-block.js';
import { DUE, MADE } from './play-slots.js';
import { advanceIndex } from './reign.js';
import { barDigest, roundHash } from './round-content.js';
import { addRecords, markFigures } from './seat-figures.js';
import { recordsAt } from './shard-play.js';

/** Plays the slot at `nextIndex` with whatever `answers` gives at once; undefined where no symbol has a bar. */
export function playRound(
  arena: Arena,
  opening: readonly string[],
  answers: Answers = NOBODY_ANSWERS,
): PlayedRound | undefined {
  const t = arena.nextIndex;
  if (slotHasBar(arena.market, t)) return closeRound(arena, playBlock(arena, [t]), 0, opening, answers);
  passSlot(arena);
  return undefined;
}

/** A slot in which no symbol has a bar: it was due and is missing. */
export function passSlot(arena: Arena): void {
  arena.nextIndex++;
  arena.dueRounds++;
}

/**
 * Closes the round of a block's slot `s`, the next one of the arena. `opening` are the events (canonical JSON) of requests
 * handled before; whoever waits decides with the `answers`.
 */
export function closeRound(
  arena: Arena,
  block: Block,
  s: number,
  opening: readonly string[],
  answers: Answers = NOBODY_ANSWERS,
): PlayedRound {
  const t = block.slots[s] ?? NaN;
  while (arena.nextIndex < t) passSlot(arena);
  passSlot(arena);
  const { market } = arena;
  const barMs = market.openTimesMs[t] ?? NaN;
  const missed = looksBefore(arena.gates, gateRound(arena, t));
  const events = [...opening, ...missed.map(({ event }) => event), ...advanceWindows(arena, t)];
  const championBeforeUsd = equityAt(arena, arena.reign.champion);
  const sampled = isSampleBar(timeframeMs(market.timeframe), barMs);
  const marks = takeMarks(arena, block, s, sampled);
  const decisions: string[] = [];
  const records: Float64Array[] = [];
  for (const part of block.parts) {
    events.push(...(part.events[s] ?? []));
    decisions.push(...(part.decisions[s] ?? []));
    records.push(recordsAt(part, s));
    for (const { position, fault } of part.faults[s] ?? []) {
      const figures = arena.seats[position]?.figures;
      if (figures !== undefined) figures.fault = fault;
    }
  }
  if (block.pending.length > 0) records.push(decideWaiting(arena, block.pending, answers, events, decisions));
  const fills = joined(records);
  addRecords(fills, (position) => arena.seats[position]?.figures);

  arena.reign = advanceIndex(arena.reign, championBeforeUsd, equityAt(arena, arena.reign.champion));
  const looks = looksAfter(arena.gates, gateRound(arena, t, fills));
  events.push(...looks.map(({ event }) => event));
  if (arena.watch !== undefined && sampled)
    events.push(
      ...stepWatch(
        arena.watch,
        arena.reign,
        (c) => livingEquityAt(arena, c),
        (c) => arena.seats[c]?.contestant.name ?? '',
      ),
    );
  events.push(...reviewArena(arena, barMs));

  arena.seq++;
  arena.lastBarMs = barMs;
  arena.marketDigest = barDigest(arena.marketDigest, market, t, arena.hash);
  const content = {
    seq: arena.seq,
    barMs,
    marketDigest: arena.marketDigest,
    events,
    decisions,
    fills,
    marks,
    previousHash: arena.lastHash,
  };
  arena.lastHash = roundHash(content, arena.hash);
  return { ...content, hash: arena.lastHash, looks: [...missed, ...looks] };
}

/** Equity of every seat at the close, then exposure of each; NaN for who has retired. */
function takeMarks(arena: Arena, { parts }: Block, s: number, sampled: boolean): Float64Array {
  const { seats } = arena;
  const count = seats.length;
  const marks = new Float64Array(count * 2).fill(NaN);
  for (const { positions, length, equityUsd, grossExposureFraction, decided } of parts)
    for (let seat = 0; seat < positions.length; seat++) {
      const position = positions[seat] ?? -1;
      const figures = seats[position]?.figures;
      if (figures === undefined) continue;
      const at = seat * length + s;
      const equity = equityUsd[at] ?? NaN;
      const exposure = grossExposureFraction[at] ?? NaN;
      marks[position] = equity;
      marks[count + position] = exposure;
      markFigures(figures, equity, exposure, sampled);
      const made = decided[at] ?? 0;
      if ((made & DUE) !== 0) figures.dueDecisions++;
      if ((made & MADE) !== 0) figures.madeDecisions++;
    }
  return marks;
}

/** Those that waited decide after everybody else; returns what their answers cost, as ledger records. */
function decideWaiting(
  arena: Arena,
  pending: readonly PendingDecision[],
  answers: Answers,
  events: string[],
  decisions: string[],
): Float64Array {
  const { ledger, hash, seats } = arena;
  const kept: DecisionRecord[] = [];
  ledger.length = 0;
  for (const waiting of pending) {
    events.push(...decideAnswered(waiting, answers, kept, hash));
    const { session } = waiting;
    const figures = seats[session.plan.position]?.figures;
    if (figures === undefined) continue;
    figures.dueDecisions = session.dueDecisions;
    figures.madeDecisions = session.madeDecisions;
    figures.fault = session.fault;
  }
  decisions.push(...kept.map(decisionLine));
  return ledger.doubles.slice(0, ledger.length);
}

/** A copy, for the journal keeps it and a part is a view of its block. */
function joined(records: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of records) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
