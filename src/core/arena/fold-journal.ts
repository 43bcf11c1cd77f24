/**
 * The board's inputs derived from the journal alone: marks and ledger go through the same running statistics
 * in the same order as in the live arena, so that a board made of them is the same, byte for byte.
 */
import { z } from 'zod';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import { type MarketTable, firstIndexAtOrAfter } from '../domain/market-table.js';
import { type Timeframe, timeframeMs } from '../domain/time.js';
import {
  type ModelRecord,
  openModelRecord,
  parseModelCall,
  recordCall,
  recordProbe,
} from '../session/model-record.js';
import { isSampleBar } from '../session/session.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { type Freeze, reviewCandidates } from '../promotion/candidate.js';
import { gateRules } from '../promotion/gate-rules.js';
import type { Track } from '../promotion/track.js';
import { openScorecard, recordMark, recordSample } from '../metrics/scorecard.js';
import { addToTotals } from '../metrics/add-to-totals.js';
import { type TradeTotals, zeroTradeTotals } from '../metrics/trade-totals.js';
import type { Absent } from './arena.js';
import type { BoardSeat } from './board.js';
import {
  type Cohort,
  type CohortRules,
  type CohortState,
  NO_COHORTS,
  advanceCohorts,
  cohortsByMember,
  joinWaiting,
  trackedCohorts,
} from './cohorts.js';
import { type Watch, startWatch, stepWatch } from './champion-watch.js';
import { type SeatReader, contendersOf } from './contenders.js';
import { type CohortGate, type GateRound, ageOf, followCohorts } from './cohort-gate.js';
import { finalistsOf } from './finals.js';
import { dropFallen, looksAfter, looksBefore, movedOn } from './gate.js';
import type { Contestant, Hash, Retirement } from './contestant.js';
import { NO_REIGN, type Reign, advanceIndex, crown, markCohort } from './reign.js';
import { type RoundContent } from './round-content.js';
import { type Scores, moveWindows, sameWindows, windowsOf } from './windows.js';

interface FoldedSeat {
  contestant: Contestant;
  scores: Scores;
  windows: readonly number[];
  totals: TradeTotals;
  equityUsd: number;
  cashUsd: number;
  readonly quantities: Map<number, number>;
  dueDecisions: number;
  madeDecisions: number;
  fault: string;
  track?: Track;
  /** Undefined before its first question to a language model. */
  models?: ModelRecord;
}

export interface FoldedJournal {
  readonly seats: FoldedSeat[];
  cohorts: CohortState;
  memberOf: ReadonlyMap<number, Cohort>;
  windows: readonly number[];
  reign: Reign;
  watch: Watch | undefined;
  gates: readonly CohortGate[];
  freezes: readonly Freeze[];
  absent: readonly Absent[];
  rounds: number;
}

export interface FoldRules {
  readonly cashUsd: number;
  readonly minimumHours: number;
  readonly cohort: CohortRules;
  /** All candles up to the last round: the equal-weight market comes from them. */
  readonly market: MarketTable;
  readonly hash: Hash;
}

const eventSchema = z.union([
  z.object({ event: z.literal('joined'), c: z.int() }),
  z.object({ event: z.literal('retired'), c: z.int(), barMs: z.number(), reason: z.string() }),
  z.object({ event: z.literal('final'), size: z.int(), of: z.int(), members: z.array(z.int()) }),
  z.object({ event: z.literal('champion'), c: z.int(), generation: z.int() }),
  z.object({
    event: z.literal('absent'),
    contestants: z.array(z.object({ name: z.string(), why: z.string() })),
  }),
  z.object({ event: z.literal('model-call'), c: z.int() }),
  z.object({
    event: z.enum([
      'cohort-opened',
      'cohort-closed',
      'request',
      'breaker-tripped',
      'breakers-reset',
      'halted',
      'regime-invalidated',
      'candidate-frozen',
      'candidate-gone',
      'look',
      'champion-review',
      'model-changed',
    ]),
  }),
]);
const decisionSchema = z.object({
  c: z.int(),
  fault: z.string().optional(),
  probe: z.enum(['same', 'flipped']).optional(),
});

export function startFold(): FoldedJournal {
  return {
    seats: [],
    cohorts: NO_COHORTS,
    memberOf: new Map(),
    windows: [],
    reign: NO_REIGN,
    watch: undefined,
    gates: [],
    freezes: [],
    absent: [],
    rounds: 0,
  };
}

/** Takes one round. `contestants` are the registered ones, by position, without regard to retirement. */
export function foldRound(
  fold: FoldedJournal,
  round: RoundContent,
  contestants: readonly Contestant[],
  rules: FoldRules,
): void {
  const joined: number[] = [];
  for (const line of round.events) {
    const event = eventSchema.parse(JSON.parse(line));
    if (event.event === 'joined') {
      const contestant = contestants[event.c];
      if (contestant === undefined)
        throw new Error(`round ${String(round.seq)} names contestant ${String(event.c)}`);
      fold.seats.push(newSeat(contestant, fold.windows, rules.cashUsd));
      if (contestant.role === 'contestant') joined.push(event.c);
    } else if (event.event === 'model-call') countCall(fold.seats[event.c], line);
    else if (event.event === 'absent') fold.absent = event.contestants;
    else if (event.event === 'retired') retireSeat(fold.seats[event.c], event);
    else if (event.event === 'final') callFinalists(fold, round, event);
    else if (event.event === 'champion') {
      fold.reign = crown(fold.reign, event.c, event.generation, round.barMs, (c) => equityAt(fold, c));
      fold.watch = startWatch(fold.reign, (c) => livingEquityAt(fold, c));
    }
  }
  const { market } = rules;
  const { timeframe } = market;
  const looks = looksBefore(fold.gates, gateRound(fold, round, rules, false));
  fold.cohorts = joinWaiting(fold.cohorts, joined, round.barMs);
  const active = (position: number): boolean => fold.seats[position]?.contestant.retired === undefined;
  const known = fold.cohorts.cohorts.length;
  fold.cohorts = advanceCohorts(
    fold.cohorts,
    round.barMs,
    active,
    (cohort) => ageOf(fold.gates, cohort, market, round.barMs),
    rules.cohort,
  );
  for (const cohort of fold.cohorts.cohorts.slice(known)) fold.reign = markCohort(fold.reign, cohort.number);
  const tracked = trackedCohorts(fold.cohorts.cohorts, round.barMs, rules.minimumHours);
  if (!sameWindows(tracked, fold.windows)) {
    fold.memberOf = cohortsByMember(fold.cohorts.cohorts);
    for (const seat of fold.seats) {
      const to = windowsOf(tracked, fold.memberOf.get(seat.contestant.position)?.number);
      seat.scores = moveWindows(seat.scores, seat.equityUsd, { ...seat.totals }, seat.windows, to);
      seat.windows = to;
    }
    fold.windows = tracked;
  }
  fold.gates = followCohorts(
    fold.gates,
    fold.cohorts.cohorts,
    gateRound(fold, round, rules, false),
    (seat, track) => {
      seat.track = track;
    },
  );
  for (let i = 0; i < ledgerCount(round.fills); i++) {
    const entry = readLedgerEntry(round.fills, i);
    const seat = fold.seats[entry.contestant];
    if (seat !== undefined) addEntry(seat, entry);
  }
  const championBeforeUsd = equityAt(fold, fold.reign.champion);
  addMarks(fold, round, timeframe);
  addDecisions(fold, round, timeframe);
  fold.reign = advanceIndex(fold.reign, championBeforeUsd, equityAt(fold, fold.reign.champion));
  looks.push(...looksAfter(fold.gates, gateRound(fold, round, rules, true)));
  sameEvents(
    round,
    '"event":"look"',
    looks.map(({ event }) => event),
    'another look',
  );
  const reviews =
    fold.watch !== undefined && isSampleBar(timeframeMs(timeframe), round.barMs)
      ? stepWatch(
          fold.watch,
          fold.reign,
          (c) => livingEquityAt(fold, c),
          (c) => fold.seats[c]?.contestant.name ?? '',
        )
      : [];
  sameEvents(round, '"event":"champion-review"', reviews, 'another review of the champion');
  reviewFold(fold, round, rules);
  fold.rounds++;
}

function equityAt(fold: FoldedJournal, position: number | null): number {
  return position === null ? NaN : (fold.seats[position]?.equityUsd ?? NaN);
}

function callFinalists(
  fold: FoldedJournal,
  round: RoundContent,
  { size, of, members }: { size: number; of: number; members: number[] },
): void {
  const { seats, memberOf, reign } = fold;
  const called = finalistsOf(fold.gates, { seats, read: SEATS, memberOf, reign }, size);
  if (called?.of !== of || called.members.join() !== members.join())
    throw new Error(`round ${String(round.seq)} calls others to a final than its marks give`);
  fold.cohorts = { ...fold.cohorts, called };
}

function livingEquityAt(fold: FoldedJournal, position: number): number {
  return fold.seats[position]?.contestant.retired === undefined ? equityAt(fold, position) : NaN;
}

/** What the gate sees of a round, before it is played and after. */
function gateRound(
  fold: FoldedJournal,
  round: RoundContent,
  { market, cohort }: FoldRules,
  played: boolean,
): GateRound<FoldedSeat> {
  return {
    seats: fold.seats,
    read: SEATS,
    market,
    t: firstIndexAtOrAfter(market, round.barMs),
    rules: gateRules(cohort.looks, cohort.alpha),
    memberOf: fold.memberOf,
    reign: fold.reign,
    rounds: fold.rounds,
    fills: played ? round.fills : NO_FILLS,
  };
}

const NO_FILLS = new Float64Array(0);

/** What the marks give must be what the round says. */
function sameEvents(round: RoundContent, mark: string, derived: readonly string[], what: string): void {
  const written = round.events.filter((line) => line.includes(mark));
  if (written.join('\n') !== derived.join('\n'))
    throw new Error(`round ${String(round.seq)} names ${what} than its marks give`);
}

/** Derives who stood at the gate after the round; it must be what the round says. */
function reviewFold(fold: FoldedJournal, round: RoundContent, rules: FoldRules): void {
  const { reign, memberOf } = fold;
  const { timeframe, calendar } = rules.market;
  const closeMs = round.barMs + timeframeMs(timeframe);
  const { freezes, events, standing } = reviewCandidates(
    fold.freezes,
    contendersOf(fold.seats, SEATS, {
      reign,
      memberOf,
      closeMs,
      rules: gateRules(rules.cohort.looks, rules.cohort.alpha),
    }),
    {
      barMs: round.barMs,
      closeMs,
      champion: reign.champion === null ? null : (fold.seats[reign.champion]?.contestant.id ?? null),
      generation: reign.generation,
      samplesPerYear: samplesPerYear(timeframe, calendar),
      cohorts: fold.cohorts.cohorts.length,
      hash: rules.hash,
      movedOn: (c, cohort) => movedOn(fold.seats, SEATS, fold, c, cohort),
    },
  );
  sameEvents(round, '"event":"candidate-', events, 'other candidates');
  dropFallen(fold.seats, SEATS, standing);
  fold.freezes = freezes;
}

const SEATS: SeatReader<FoldedSeat> = {
  contestant: (seat) => seat.contestant,
  cards: (seat) => seat.scores.cards,
  baselines: (seat) => seat.scores.baselines,
  windows: (seat) => seat.windows,
  totals: (seat) => seat.totals,
  fault: (seat) => seat.fault,
  equityUsd: (seat) => seat.equityUsd,
  decisions: (seat) => ({ due: seat.dueDecisions, made: seat.madeDecisions }),
  track: (seat) => seat.track,
};

/** The fold as a board takes it. */
export function boardSeats(fold: FoldedJournal): BoardSeat[] {
  return fold.seats.map((seat) => ({
    contestant: seat.contestant,
    cards: seat.scores.cards,
    baselines: seat.scores.baselines,
    windows: seat.windows,
    totals: seat.totals,
    dueDecisions: seat.dueDecisions,
    madeDecisions: seat.madeDecisions,
    fault: seat.fault,
    track: seat.track,
    models: seat.models,
  }));
}

function newSeat(contestant: Contestant, windows: readonly number[], cashUsd: number): FoldedSeat {
  const { retired: _retired, ...unretired } = contestant;
  const count = windows.length + 1;
  return {
    contestant: unretired,
    scores: {
      cards: Array.from({ length: count }, () => openScorecard(cashUsd)),
      baselines: Array.from({ length: count }, zeroTradeTotals),
    },
    windows,
    totals: zeroTradeTotals(),
    equityUsd: cashUsd,
    cashUsd,
    quantities: new Map(),
    dueDecisions: 0,
    madeDecisions: 0,
    fault: '',
  };
}

function countCall(seat: FoldedSeat | undefined, line: string): void {
  if (seat !== undefined) recordCall((seat.models ??= openModelRecord()), parseModelCall(line));
}

function retireSeat(seat: FoldedSeat | undefined, { barMs, reason }: Retirement): void {
  if (seat !== undefined) seat.contestant = { ...seat.contestant, retired: { barMs, reason } };
}

function addEntry(seat: FoldedSeat, entry: LedgerEntry): void {
  seat.cashUsd = entry.cashAfterUsd;
  if (entry.symbol >= 0) seat.quantities.set(entry.symbol, entry.quantityAfter);
  addToTotals(seat.totals, entry);
}

function addMarks(fold: FoldedJournal, round: RoundContent, timeframe: Timeframe): void {
  const sampled = isSampleBar(timeframeMs(timeframe), round.barMs);
  const count = round.marks.length / 2;
  fold.seats.forEach((seat, i) => {
    const equity = round.marks[i] ?? NaN;
    if (Number.isNaN(equity)) return;
    seat.equityUsd = equity;
    for (const card of seat.scores.cards) {
      recordMark(card, equity, round.marks[count + i] ?? 0);
      if (sampled) recordSample(card, equity);
    }
  });
}

/** A fault is written when it begins and ended by the next decision that is written without one. */
function addDecisions(fold: FoldedJournal, round: RoundContent, timeframe: Timeframe): void {
  const closeMs = round.barMs + timeframeMs(timeframe);
  for (const line of round.decisions) {
    const decision = decisionSchema.parse(JSON.parse(line));
    const seat = fold.seats[decision.c];
    if (seat === undefined) continue;
    seat.fault = decision.fault ?? '';
    if (decision.probe !== undefined && seat.models !== undefined) recordProbe(seat.models, decision.probe);
  }
  for (const seat of fold.seats) {
    if (seat.contestant.retired !== undefined) continue;
    // A longer timeframe decides only where one of its own bars closes.
    const own = seat.contestant.manifest.timeframe;
    if (own !== timeframe && closeMs % timeframeMs(own) !== 0) continue;
    seat.dueDecisions++;
    if (seat.fault === '') seat.madeDecisions++;
  }
}
