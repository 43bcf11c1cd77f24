/** The arena: many sessions on the same bars, and who comes and goes. `play-round.ts` plays it. */
import { canonicalJson } from '../domain/canonical-json.js';
import { assertConserved } from '../domain/account.js';
import type { CostModel } from '../domain/costs.js';
import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable } from '../domain/market-table.js';
import { type TimeMs } from '../domain/time.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import type { TradeTotals } from '../metrics/trade-totals.js';
import { type Freeze } from '../promotion/candidate.js';
import type { Track } from '../promotion/track.js';
import { resetBreakers } from '../risk/breakers.js';
import type { RiskLimits } from '../risk/limits.js';
import { forgetAnswers } from '../session/forget-answers.js';
import { type Session, openSession } from '../session/session.js';
import { createFastPlayer } from './fast-player.js';
import type { Player } from './shard-play.js';
import { type Cohort, type CohortRules, type CohortState, NO_COHORTS, joinWaiting } from './cohorts.js';
import { type Contestant, type Hash, contestantId } from './contestant.js';
import type { RosterEntry } from './parse-roster.js';
import { startDigest } from './round-content.js';
import { type Watch, startWatch } from './champion-watch.js';
import { type SeatReader } from './contenders.js';
import { type CohortGate } from './cohort-gate.js';
import { finalistsOf } from './finals.js';
import { type TakenLook } from './gate.js';
import { type SeatFigures, assertFigures, figuresOf } from './seat-figures.js';
import { NO_REIGN, type Reign, crown } from './reign.js';

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
  /** Plays ahead of the rounds, to the end of their block; between blocks it stands where the figures do. */
  readonly session: Session;
  figures: SeatFigures;
  baselines: TradeTotals[];
  /** What the gate keeps of it; undefined while it belongs to no cohort. */
  track?: Track;
  /** Cohort numbers with a running card each: figures.cards[0] is since joining, cards[k + 1] since windows[k]. */
  windows: readonly number[];
}

export interface Arena {
  readonly rules: ArenaRules;
  readonly hash: Hash;
  readonly market: MarketTable;
  readonly views: MarketViews;
  readonly ledger: LedgerBuffer;
  /** Takes its sessions through a block. */
  readonly player: Player;
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
  /** Named by a file, but cannot run here: they are shown and do not take part. */
  absent: readonly Absent[];
  seq: number;
  /** Axis index of the next slot to play. */
  nextIndex: number;
  firstBarMs: TimeMs;
  lastBarMs: TimeMs;
  dueRounds: number;
  marketDigest: string;
  lastHash: string;
}

export interface Absent {
  readonly name: string;
  /** E.g. `no key: set OPENAI_API_KEY`. */
  readonly why: string;
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
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  return {
    rules,
    hash,
    market,
    views,
    ledger,
    player: createFastPlayer(views, ledger, hash),
    seats: [],
    cohorts: NO_COHORTS,
    memberOf: new Map(),
    windows: [],
    reign: NO_REIGN,
    watch: undefined,
    gates: [],
    freezes: [],
    absent: [],
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
  const figures = figuresOf(session, cards);
  return {
    contestant,
    session,
    figures,
    baselines: cards.map(() => ({ ...figures.totals })),
    windows: arena.windows,
  };
}

export function equityAt(arena: Arena, position: number | null): number {
  return position === null ? NaN : (arena.seats[position]?.figures.equityUsd ?? NaN);
}

/** NaN for who has retired: its account stands still, which is no record. */
export function livingEquityAt(arena: Arena, position: number): number {
  return arena.seats[position]?.contestant.retired === undefined ? equityAt(arena, position) : NaN;
}

export const SEATS: SeatReader<Seat> = {
  contestant: (seat) => seat.contestant,
  cards: (seat) => seat.figures.cards,
  baselines: (seat) => seat.baselines,
  windows: (seat) => seat.windows,
  totals: (seat) => seat.figures.totals,
  fault: (seat) => seat.figures.fault,
  equityUsd: (seat) => seat.figures.equityUsd,
  decisions: ({ figures }) => ({ due: figures.dueDecisions, made: figures.madeDecisions }),
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

/** Says who is named and cannot run; returns the journal's event, nothing when it was known. */
export function noteAbsent(arena: Arena, absent: readonly Absent[]): string | undefined {
  const event = (list: readonly Absent[]): string => canonicalJson({ event: 'absent', contestants: list });
  if (event(absent) === event(arena.absent)) return undefined;
  arena.absent = absent;
  return event(absent);
}

/** Throws when any account's books do not add up. Called before every commit. */
export function assertBooks(arena: Arena): void {
  for (const { contestant, session, figures } of arena.seats) {
    if (contestant.retired !== undefined) continue;
    assertConserved(session.account, contestant.name);
    assertFigures(figures, session, contestant.name);
  }
}
