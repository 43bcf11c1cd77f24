/** One cohort at the gate: its series and blocks, and the tracks of its members. */
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { type SharedMoments, openSharedMoments } from '../promotion/block-moments.js';
import type { GateRules } from '../promotion/gate-rules.js';
import { type Track, openTrack } from '../promotion/track.js';
import type { Cohort } from './cohorts.js';
import type { SeatReader } from './contenders.js';
import type { Reign } from './reign.js';

/** The blocks of one length: the open one, and the moments of those that are complete. */
export interface Blocks {
  /** Which block is open; -1 before the first sample. */
  open: number;
  champion: number;
  market: number;
  shared: SharedMoments;
}

export interface CohortGate {
  readonly number: number;
  readonly startMs: TimeMs;
  readonly members: readonly number[];
  /** Rounds before its first. */
  readonly roundsBefore: number;
  /** Indices of the market's symbols that its members trade. */
  readonly symbols: readonly number[];
  /** Price at which the equal-weight market bought each of them; 0 before its first bar. */
  basePrices: number[];
  /** Newest price over that; 1 before its first bar. */
  ratios: number[];
  /** Both series at the last sample. */
  marketIndex: number;
  championIndex: number;
  hours: Blocks;
  days: Blocks;
  looksDone: number;
}

/** Everything that the gate needs to know of a round, from a running arena or from its journal. */
export interface GateRound<Seat> {
  readonly seats: readonly Seat[];
  readonly read: SeatReader<Seat>;
  readonly market: MarketTable;
  /** Slot of the round's bar. */
  readonly t: number;
  readonly rules: GateRules;
  readonly memberOf: ReadonlyMap<number, Cohort>;
  readonly reign: Reign;
  /** Rounds played before this one. */
  readonly rounds: number;
  /** Ledger records of the round; empty before it is played. */
  readonly fills: Float64Array;
}

/** The gates of the living cohorts; those of new ones open with a track for every member. */
export function followCohorts<Seat>(
  gates: readonly CohortGate[],
  cohorts: readonly Cohort[],
  round: GateRound<Seat>,
  setTrack: (seat: Seat, track: Track) => void,
): CohortGate[] {
  const living = gates.filter((gate) => cohorts[gate.number - 1]?.closedMs === undefined);
  for (const cohort of cohorts) {
    if (cohort.closedMs !== undefined || gates.some((gate) => gate.number === cohort.number)) continue;
    living.push(openCohortGate(cohort, round));
    for (const c of cohort.members) {
      const seat = round.seats[c];
      if (seat !== undefined) setTrack(seat, trackFor(seat, cohort, round));
    }
  }
  return living;
}

/** Begins to watch a cohort at its first bar, which has not been played yet. */
function openCohortGate<Seat>(cohort: Cohort, round: GateRound<Seat>): CohortGate {
  const { market, seats, read, reign } = round;
  const traded = new Set(
    cohort.members.flatMap((c) => {
      const seat = seats[c];
      return seat === undefined ? [] : read.contestant(seat).manifest.symbols;
    }),
  );
  const symbols = [...market.symbols.keys()].filter((s) => traded.has(market.symbols[s] ?? ''));
  return {
    number: cohort.number,
    startMs: cohort.startMs,
    members: cohort.members,
    roundsBefore: round.rounds,
    symbols,
    basePrices: symbols.map(() => 0),
    ratios: symbols.map(() => 1),
    marketIndex: 1,
    championIndex: reign.index,
    hours: openBlocks(),
    days: openBlocks(),
    looksDone: 0,
  };
}

function trackFor<Seat>(seat: Seat, cohort: Cohort, { read }: Pick<GateRound<Seat>, 'read'>): Track {
  const { due, made } = read.decisions(seat);
  return openTrack({
    equityUsd: read.equityUsd(seat),
    startMs: cohort.startMs,
    daily: read.contestant(seat).manifest.timeframe === '1d',
    dueDecisions: due,
    madeDecisions: made,
  });
}

function openBlocks(): Blocks {
  return { open: -1, champion: 0, market: 0, shared: openSharedMoments() };
}

/** Age by which looks are due and cohorts end: hours on a continuous market, 24 for every complete session. */
export function ageOf(
  gates: readonly CohortGate[],
  cohort: Cohort,
  market: Pick<MarketTable, 'calendar'>,
  nowMs: TimeMs,
): number {
  if (market.calendar === 'continuous') return (nowMs - cohort.startMs) / HOUR_MS;
  return 24 * (gates.find((gate) => gate.number === cohort.number)?.days.shared.blocks ?? 0);
}

/** A member's track, while this is its youngest cohort. */
export function ownTrack<Seat>(gate: CohortGate, c: number, round: GateRound<Seat>): Track | undefined {
  const seat = round.seats[c];
  return seat === undefined || round.memberOf.get(c)?.number !== gate.number
    ? undefined
    : round.read.track(seat);
}
