/**
 * The arena: many sessions on the same bars. One call of `playRound` is everything that happens for one
 * closed bar; it changes the sessions in place, because a thousand contestants must not be copied at every
 * bar. Nothing is kept before the app commits: a crash in the middle plays the round again from the last
 * commit, and gives the same bytes.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { assertConserved } from '../domain/account.js';
import type { CostModel } from '../domain/costs.js';
import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import type { TradeTotals } from '../metrics/trade-totals.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { type Freeze, reviewCandidates } from '../promotion/candidate.js';
import { gateRules } from '../promotion/gate-rules.js';
import type { Track } from '../promotion/track.js';
import { resetBreakers } from '../risk/breakers.js';
import type { RiskLimits } from '../risk/limits.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { forgetAnswers } from '../session/forget-answers.js';
import { type Session, advanceSession, isSampleBar, openSession } from '../session/session.js';
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
import { type Contestant, type Hash, contestantId } from './contestant.js';
import type { RosterEntry } from './parse-roster.js';
import { barDigest, roundHash, startDigest } from './round-content.js';
import { type Watch, startWatch, stepWatch } from './champion-watch.js';
import { type SeatReader, contendersOf } from './contenders.js';
import { type CohortGate, type GateRound, ageOf, followCohorts } from './cohort-gate.js';
import { finalistsOf } from './finals.js';
import { type TakenLook, dropFallen, looksAfter, looksBefore, movedOn } from './gate.js';
import { NO_REIGN, type Reign, advanceIndex, crown, markCohort } from './reign.js';
import { moveWindows, sameWindows, windowsOf } from './windows.js';

/** What holds for the whole life of an arena. */
export interface ArenaRules {
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  readonly minimumHours: number;
  readonly cohort: CohortRules;
}

/** A contestant, its session, and the trade totals at the start of each window (parallel to its cards). */
export interface Seat {
  contestant: Contestant;
  readonly session: Session;
  baselines: TradeTotals[];
  /** What the gate keeps of it; undefined while it belongs to no cohort. */
  track?: Track;
  /** Cohort numbers with a running card each: cards[0] is since joining, cards[k + 1] since windows[k]. */
  windows: readonly number[];
}

export interface Arena {
  readonly rules: ArenaRules;
  readonly hash: Hash;
  readonly market: MarketTable;
  readonly views: MarketViews;
  readonly ledger: LedgerBuffer;
  readonly seats: Seat[];
  cohorts: CohortState;
  /** Each contestant's own cohort; follows from `cohorts`. */
  memberOf: ReadonlyMap<number, Cohort>;
  /** Cohort numbers that the board's window is, or may become; a seat has its own cohort's beside them. */
  windows: readonly number[];
  reign: Reign;
  /** Undefined while there is no champion with a shadow. */
  watch: Watch | undefined;
  /** Of the living cohorts, the oldest first. */
  gates: CohortGate[];
  /** Evidence that an approval may name. */
  freezes: readonly Freeze[];
  seq: number;
  /** Axis index of the next slot to play. */
  nextIndex: number;
  firstBarMs: TimeMs;
  lastBarMs: TimeMs;
  dueRounds: number;
  marketDigest: string;
  lastHash: string;
}

export interface PlayedRound {
  readonly seq: number;
  readonly barMs: TimeMs;
  readonly marketDigest: string;
  readonly events: readonly string[];
  readonly decisions: readonly string[];
  readonly fills: Float64Array;
  readonly marks: Float64Array;
  readonly previousHash: string;
  readonly hash: string;
  /** Looks that the gate took in this round; they are among the events. */
  readonly looks: readonly TakenLook[];
}

export const GENESIS = '0'.repeat(64);

export function openArena(market: MarketTable, firstIndex: number, rules: ArenaRules, hash: Hash): Arena {
  return {
    rules,
    hash,
    market,
    views: createMarketViews(market),
    ledger: createLedgerBuffer(),
    seats: [],
    cohorts: NO_COHORTS,
    memberOf: new Map(),
    windows: [],
    reign: NO_REIGN,
    watch: undefined,
    gates: [],
    freezes: [],
    seq: 0,
    nextIndex: firstIndex,
    firstBarMs: market.openTimesMs[firstIndex] ?? NaN,
    lastBarMs: NaN,
    dueRounds: 0,
    marketDigest: startDigest(market, firstIndex, hash),
    lastHash: GENESIS,
  };
}

/** Registers contestants; they decide from the next bar that is played. Those already known are skipped. */
export function register(arena: Arena, entries: readonly RosterEntry[]): Contestant[] {
  const known = new Set(arena.seats.map((seat) => seat.contestant.id));
  const joined: Contestant[] = [];
  for (const entry of entries) {
    const id = contestantId(entry.manifest, arena.hash);
    if (known.has(id)) continue;
    known.add(id);
    const position = arena.seats.length;
    const contestant: Contestant = {
      position,
      id,
      name: entry.name,
      role: entry.role,
      manifest: entry.manifest,
      joinedBarMs: arena.market.openTimesMs[arena.nextIndex] ?? arena.firstBarMs,
      ...(entry.training === undefined ? {} : { training: entry.training }),
    };
    arena.seats.push(seatFor(arena, contestant, entry));
    joined.push(contestant);
  }
  arena.cohorts = joinWaiting(
    arena.cohorts,
    joined.filter((c) => c.role === 'contestant').map((c) => c.position),
    arena.market.openTimesMs[arena.nextIndex] ?? arena.firstBarMs,
  );
  return joined;
}

export function seatFor(
  arena: Arena,
  contestant: Contestant,
  entry: Pick<RosterEntry, 'kind' | 'params'>,
): Seat {
  const session = openSession(
    {
      position: contestant.position,
      kind: entry.kind,
      params: entry.params,
      seed: contestant.manifest.seed,
      symbols: contestant.manifest.symbols,
      timeframe: contestant.manifest.timeframe,
      cashUsd: arena.rules.cashUsd,
      costs: arena.rules.costs,
      limits: arena.rules.limits,
      ...(contestant.manifest.breakers === undefined ? {} : { breakers: contestant.manifest.breakers }),
    },
    arena.views,
    arena.ledger,
  );
  const cards = [0, ...arena.windows].map(() => openScorecard(arena.rules.cashUsd));
  session.cards = cards;
  return { contestant, session, baselines: cards.map(() => totalsOf(session)), windows: arena.windows };
}

export function totalsOf(session: Session): TradeTotals {
  const a = session.account;
  return {
    fills: a.fills,
    closedTrades: a.closedTrades,
    wins: a.wins,
    grossProfitUsd: a.grossProfitUsd,
    grossLossUsd: a.grossLossUsd,
    tradedNotionalUsd: a.tradedNotionalUsd,
    feesUsd: a.feesUsd,
    spreadUsd: a.spreadUsd,
    slippageUsd: a.slippageUsd,
    fundingUsd: a.fundingUsd,
    modelCostUsd: a.modelCostUsd,
  };
}

/**
 * Plays the slot at `nextIndex`, which must be a closed bar. Returns undefined for a slot in which no symbol
 * has a bar: it was due and is missing. `opening` are the events (canonical JSON) of requests handled before.
 */
export function playRound(arena: Arena, opening: readonly string[]): PlayedRound | undefined {
  const t = arena.nextIndex;
  const market = arena.market;
  arena.nextIndex = t + 1;
  arena.dueRounds++;
  if (!slotHasBar(market, t)) return undefined;
  const barMs = market.openTimesMs[t] ?? NaN;
  arena.ledger.length = 0;
  const missed = looksBefore(arena.gates, gateRound(arena, t));
  const events = [...opening, ...missed.map(({ event }) => event), ...advanceWindows(arena, t)];

  const kept: DecisionRecord[] = [];
  const marks = new Float64Array(arena.seats.length * 2);
  const count = arena.seats.length;
  const championBeforeUsd = equityAt(arena, arena.reign.champion);
  for (let i = 0; i < count; i++) {
    const seat = arena.seats[i];
    if (seat === undefined || seat.contestant.retired !== undefined) {
      marks[i] = NaN;
      marks[count + i] = NaN;
      continue;
    }
    const session = seat.session;
    advanceSession(session, t);
    for (const trip of session.trips)
      events.push(canonicalJson({ event: 'breaker-tripped', c: seat.contestant.position, ...trip }));
    decideSession(session, t, kept);
    marks[i] = session.equityUsd;
    marks[count + i] = session.grossExposureFraction;
  }

  arena.reign = advanceIndex(arena.reign, championBeforeUsd, equityAt(arena, arena.reign.champion));
  const looks = looksAfter(arena.gates, gateRound(arena, t));
  events.push(...looks.map(({ event }) => event));
  if (arena.watch !== undefined && isSampleBar(timeframeMs(market.timeframe), barMs))
    events.push(
      ...stepWatch(
        arena.watch,
        arena.reign,
        (c) => livingEquityAt(arena, c),
        (c) => arena.seats[c]?.contestant.name ?? '',
      ),
    );
  events.push(...review(arena, barMs));

  arena.seq++;
  arena.lastBarMs = barMs;
  arena.marketDigest = barDigest(arena.marketDigest, market, t, arena.hash);
  const content = {
    seq: arena.seq,
    barMs,
    marketDigest: arena.marketDigest,
    events,
    decisions: kept.map(decisionLine),
    fills: arena.ledger.doubles.slice(0, arena.ledger.length),
    marks,
    previousHash: arena.lastHash,
  };
  arena.lastHash = roundHash(content, arena.hash);
  return { ...content, hash: arena.lastHash, looks: [...missed, ...looks] };
}

/** What the gate sees of the round at slot `t`, as far as it has been played. */
function gateRound(arena: Arena, t: number): GateRound<Seat> {
  const { seats, market, memberOf, reign, seq, ledger, rules } = arena;
  return {
    seats,
    read: SEATS,
    market,
    t,
    rules: gateRules(rules.cohort.looks, rules.cohort.alpha),
    memberOf,
    reign,
    rounds: seq,
    fills: ledger.doubles.subarray(0, ledger.length),
  };
}

function equityAt(arena: Arena, position: number | null): number {
  return position === null ? NaN : (arena.seats[position]?.session.equityUsd ?? NaN);
}

/** NaN for who has retired: its account stands still, which is no record. */
function livingEquityAt(arena: Arena, position: number): number {
  return arena.seats[position]?.contestant.retired === undefined ? equityAt(arena, position) : NaN;
}

/** Who stands at the gate after this bar; returns the journal's events. */
function review(arena: Arena, barMs: TimeMs): readonly string[] {
  const { market, reign, memberOf, hash } = arena;
  const closeMs = barMs + timeframeMs(market.timeframe);
  const { freezes, events, standing } = reviewCandidates(
    arena.freezes,
    contendersOf(arena.seats, SEATS, {
      reign,
      memberOf,
      closeMs,
      rules: gateRules(arena.rules.cohort.looks, arena.rules.cohort.alpha),
    }),
    {
      barMs,
      closeMs,
      champion: reign.champion === null ? null : (arena.seats[reign.champion]?.contestant.id ?? null),
      generation: reign.generation,
      samplesPerYear: samplesPerYear(market.timeframe, market.calendar),
      cohorts: arena.cohorts.cohorts.length,
      hash,
      movedOn: (c, cohort) => movedOn(arena.seats, SEATS, arena, c, cohort),
    },
  );
  dropFallen(arena.seats, SEATS, standing);
  arena.freezes = freezes;
  return events;
}

const SEATS: SeatReader<Seat> = {
  contestant: (seat) => seat.contestant,
  cards: (seat) => seat.session.cards,
  baselines: (seat) => seat.baselines,
  windows: (seat) => seat.windows,
  totals: (seat) => totalsOf(seat.session),
  fault: (seat) => seat.session.fault,
  equityUsd: (seat) => seat.session.equityUsd,
  decisions: ({ session }) => ({ due: session.dueDecisions, made: session.madeDecisions }),
  track: (seat) => seat.track,
};

/**
 * Makes a contestant champion from the next bar on; returns the journal's event. Its memory at this moment is part of
 * it: the paper trader begins with that, at the same boundary, whenever it comes to play it.
 */
export function crownContestant(arena: Arena, position: number, generation: number): string {
  const barMs = arena.market.openTimesMs[arena.nextIndex] ?? arena.lastBarMs;
  arena.reign = crown(arena.reign, position, generation, barMs, (c) => equityAt(arena, c));
  arena.watch = startWatch(arena.reign, (c) => livingEquityAt(arena, c));
  const seat = arena.seats[position];
  const id = seat?.contestant.id;
  // As it would be read back from the saved state, whatever a kind of the user's own keeps in it.
  const memory: unknown = JSON.parse(JSON.stringify(seat?.session.memory ?? null));
  return canonicalJson({ event: 'champion', c: position, generation, id, barMs, memory });
}

/** Calls the best of the youngest cohort that was looked at to a final from the next bar on; returns the journal's event. */
export function callFinal(arena: Arena, size: number): string | undefined {
  const { seats, memberOf, reign } = arena;
  const called = finalistsOf(arena.gates, { seats, read: SEATS, memberOf, reign }, size);
  if (called === undefined) return undefined;
  arena.cohorts = { ...arena.cohorts, called };
  return canonicalJson({ event: 'final', size, ...called });
}

/** Opens and closes cohorts, and starts or drops the running cards that the board's window needs. */
function advanceWindows(arena: Arena, t: number): string[] {
  const { market } = arena;
  const barMs = market.openTimesMs[t] ?? NaN;
  const before = arena.cohorts;
  arena.cohorts = advanceCohorts(
    before,
    barMs,
    (position) => arena.seats[position]?.contestant.retired === undefined,
    (cohort) => ageOf(arena.gates, cohort, market, barMs),
    arena.rules.cohort,
  );
  const tracked = trackedCohorts(arena.cohorts.cohorts, barMs, arena.rules.minimumHours);
  if (!sameWindows(tracked, arena.windows)) {
    arena.memberOf = cohortsByMember(arena.cohorts.cohorts);
    for (const seat of arena.seats) {
      const { session } = seat;
      const scores = { cards: session.cards, baselines: seat.baselines };
      const to = windowsOf(tracked, arena.memberOf.get(seat.contestant.position)?.number);
      const moved = moveWindows(scores, session.equityUsd, totalsOf(session), seat.windows, to);
      session.cards = moved.cards;
      seat.baselines = moved.baselines;
      seat.windows = to;
    }
    arena.windows = tracked;
  }
  const events: string[] = [];
  arena.cohorts.cohorts.forEach((cohort, i) => {
    const old = before.cohorts[i];
    if (old === undefined) arena.reign = markCohort(arena.reign, cohort.number);
    if (old === undefined)
      events.push(
        canonicalJson({
          event: 'cohort-opened',
          number: cohort.number,
          members: cohort.members,
          finalOf: cohort.finalOf,
        }),
      );
    else if (old.closedMs === undefined && cohort.closedMs !== undefined)
      events.push(canonicalJson({ event: 'cohort-closed', number: cohort.number }));
  });
  arena.gates = followCohorts(arena.gates, arena.cohorts.cohorts, gateRound(arena, t), (seat, track) => {
    seat.track = track;
  });
  return events;
}

export function decisionLine(record: DecisionRecord): string {
  return canonicalJson({
    c: record.contestant,
    why: record.why.code,
    detail: record.why.detail,
    intents: record.intents.length === 0 ? undefined : record.intents,
    refused: record.refused.length === 0 ? undefined : record.refused,
    unfilled: record.unfilled.length === 0 ? undefined : record.unfilled,
    fault: record.fault,
  });
}

/** A retired contestant keeps its record and its place in its cohort's count; it trades no more. */
export function retire(arena: Arena, position: number, reason: string): boolean {
  const seat = arena.seats[position];
  if (seat === undefined || seat.contestant.retired !== undefined) return false;
  const barMs = arena.market.openTimesMs[arena.nextIndex] ?? arena.lastBarMs;
  seat.contestant = { ...seat.contestant, retired: { barMs, reason } };
  return true;
}

/** An explicit reset of a contestant's breakers; false when it has none or has retired. */
export function resetContestantBreakers(arena: Arena, position: number): boolean {
  const seat = arena.seats[position];
  if (seat?.session.breakers === undefined || seat.contestant.retired !== undefined) return false;
  resetBreakers(seat.session.breakers, seat.session.equityUsd);
  return true;
}

/** Makes what language models said to a contestant void from the next bar on; a text says why it cannot. */
export function forgetContestantAnswers(
  arena: Arena,
  position: number,
  symbol: string | undefined,
): string | undefined {
  const seat = arena.seats[position];
  if (seat === undefined || seat.contestant.retired !== undefined) return 'it has retired';
  return forgetAnswers(seat.session, symbol);
}

/** A halt by hand: entries are refused, exits never, until a reset. False when it has no breakers or has retired. */
export function haltContestant(arena: Arena, position: number): boolean {
  const seat = arena.seats[position];
  if (seat?.session.breakers === undefined || seat.contestant.retired !== undefined) return false;
  seat.session.breakers.kill = 1;
  return true;
}

/** Throws when any account's books do not add up. Called before every commit. */
export function assertBooks(arena: Arena): void {
  for (const seat of arena.seats)
    if (seat.contestant.retired === undefined) assertConserved(seat.session.account, seat.contestant.name);
}
