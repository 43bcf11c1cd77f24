/**
 * The board: who stands where, over the window that all ranked contestants share. Ranked by total net return,
 * ties by Sharpe; those that stood still stand below all that traded, those that fail to decide last; benchmarks
 * and placebos are apart.
 */
import type { CostModel } from '../domain/costs.js';
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS, type Timeframe, type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import type { Scorecard } from '../metrics/scorecard.js';
import { type Metrics, summarise } from '../metrics/summarise.js';
import { type TradeTotals, tradeTotalsSince } from '../metrics/trade-totals.js';
import type { GateRules } from '../promotion/gate-rules.js';
import type { ModelRecord } from '../session/model-record.js';
import type { Track } from '../promotion/track.js';
import type { Absent } from './arena.js';
import { type ModelFigures, modelFigures } from './model-figures.js';
import { type Watch, watchEvidence } from './champion-watch.js';
import { FEWEST_DAYS, cloneHeads } from './clone-groups.js';
import { type CohortGate, ageOf } from './cohort-gate.js';
import { type ComingLook, type GateFigures, comingLooks, gateFigures } from './gate-figures.js';
import { type PlaceboRank, nearestPlacebos, placeboOf } from './nearest-placebos.js';
import { type Cohort, cohortsByMember } from './cohorts.js';
import { type Contestant, type Role, type TrainingOrigin, shortId } from './contestant.js';
import { type Reign, roleIn } from './reign.js';

export interface BoardSeat {
  readonly contestant: Contestant;
  readonly cards: readonly Scorecard[];
  readonly baselines: readonly TradeTotals[];
  /** Cohort numbers that the cards after the first begin at. */
  readonly windows: readonly number[];
  readonly totals: TradeTotals;
  readonly dueDecisions: number;
  readonly madeDecisions: number;
  readonly fault: string;
  readonly track?: Track | undefined;
  readonly models?: ModelRecord | undefined;
}

export interface BoardInput {
  readonly seats: readonly BoardSeat[];
  readonly cohorts: readonly Cohort[];
  readonly windows: readonly number[];
  readonly reign: Reign;
  readonly gateRules: GateRules;
  readonly gates: readonly CohortGate[];
  readonly watch: Watch | undefined;
  readonly market: Pick<MarketTable, 'timeframe' | 'calendar' | 'symbols'>;
  readonly costs: CostModel;
  readonly cashUsd: number;
  readonly minimumHours: number;
  readonly firstBarMs: TimeMs;
  readonly lastBarMs: TimeMs;
  readonly observedRounds: number;
  readonly dueRounds: number;
  readonly absent: readonly Absent[];
  /** Marks of all at the end of days, oldest first; without them no clones are told. */
  readonly dailyMarks?: readonly Float64Array[];
}

export type Status = 'trading' | 'never-traded' | 'idle' | 'young' | 'retired' | 'fault';

export interface Standing extends GateFigures {
  /** Undefined for whoever is not ranked: benchmarks, placebos, young and retired ones. */
  readonly rank: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly role: Role;
  readonly cohort: number | undefined;
  readonly status: Status;
  /** Why it is not ranked or not healthy; empty otherwise. */
  readonly reason: string;
  readonly observedHours: number;
  readonly coveragePct: number | undefined;
  /** Name and id of a better ranked one that it moves in lockstep with. */
  readonly cloneOf: { readonly id: string; readonly name: string } | undefined;
  readonly metrics: Metrics;
  /** Undefined where it did not come from training. */
  readonly training: TrainingOrigin | undefined;
  /** Undefined where there is nothing to compare with. */
  readonly placebos: PlaceboRank | undefined;
  /** Undefined for whoever has asked no language model. */
  readonly models: ModelFigures | undefined;
}

/** How the champion does since it became one, beside the one before. */
export interface ChampionStanding {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly sinceMs: TimeMs;
  readonly returnPct: number;
  readonly shadow: { readonly id: string; readonly name: string; readonly returnPct: number } | undefined;
  /** Evidence that a shadow does better; undefined while there is none. */
  readonly watch: { readonly e: number; readonly review: boolean } | undefined;
}

export interface Board {
  readonly standings: readonly Standing[];
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly costs: CostModel;
  readonly cashUsd: number;
  readonly minimumHours: number;
  readonly firstBarMs: TimeMs;
  readonly lastBarMs: TimeMs;
  readonly windowStartMs: TimeMs;
  readonly observedRounds: number;
  readonly dueRounds: number;
  readonly cohorts: number;
  readonly contestants: number;
  /** Ranked contestants less those that are another one's clone; undefined before it can be told. */
  readonly independent: number | undefined;
  /** Undefined while nobody is deployed. */
  readonly champion: ChampionStanding | undefined;
  /** Of every living cohort. */
  readonly looks: readonly ComingLook[];
  readonly gateBudget: number;
  /** Named by a file, but not running. */
  readonly absent: readonly Absent[];
}

export function makeBoard(input: BoardInput): Board {
  const windowCohort = input.cohorts.find((cohort) => cohort.number === input.windows[0]);
  const windowStartMs = windowCohort?.startMs ?? input.firstBarMs;
  const memberOf = cohortsByMember(input.cohorts);
  const standings = input.seats.map((seat) =>
    standingOf(seat, memberOf.get(seat.contestant.position), input, windowStartMs),
  );
  const placebos = input.seats.flatMap(({ contestant }, i) => {
    const standing = standings[i];
    return standing === undefined ? [] : (placeboOf(contestant, standing.metrics) ?? []);
  });
  const ranked = standings.filter((s) => isRanked(s)).sort(compareStandings);
  const rankOf = new Map(ranked.map((standing, i) => [standing.id, i + 1]));
  const positions = new Map(input.seats.map(({ contestant }) => [contestant.id, contestant.position]));
  const ids = new Map(input.seats.map(({ contestant }) => [contestant.position, contestant]));
  const heads = cloneHeads(
    ranked.map((s) => positions.get(s.id) ?? -1),
    input.dailyMarks ?? [],
  );
  const cloneOf = (id: string): Standing['cloneOf'] => {
    const head = ids.get(heads.get(positions.get(id) ?? -1) ?? -1);
    return head === undefined ? undefined : { id: head.id, name: head.name };
  };
  const withRank = standings.map((s) => ({
    ...s,
    rank: rankOf.get(s.id),
    cloneOf: cloneOf(s.id),
    placebos:
      s.role === 'benchmark' || s.role === 'placebo'
        ? undefined
        : nearestPlacebos(s.metrics, s.observedHours, placebos),
  }));
  return {
    standings: withRank.sort(compareRows),
    symbols: input.market.symbols,
    timeframe: input.market.timeframe,
    costs: input.costs,
    cashUsd: input.cashUsd,
    minimumHours: input.minimumHours,
    firstBarMs: input.firstBarMs,
    lastBarMs: input.lastBarMs,
    windowStartMs,
    observedRounds: input.observedRounds,
    dueRounds: input.dueRounds,
    cohorts: input.cohorts.length,
    contestants: ranked.length,
    independent: (input.dailyMarks ?? []).length <= FEWEST_DAYS ? undefined : ranked.length - heads.size,
    champion: championStanding(input),
    looks: comingLooks(input.cohorts, input.gateRules, (cohort) =>
      ageOf(input.gates, cohort, input.market, input.lastBarMs + timeframeMs(input.market.timeframe)),
    ),
    gateBudget: input.gateRules.alpha,
    absent: input.absent,
  };
}

function championStanding({ reign, seats, watch }: BoardInput): ChampionStanding | undefined {
  const since = (position: number | null | undefined, startUsd: number | null): Since | undefined => {
    const seat = position === null || position === undefined ? undefined : seats[position];
    const card = seat?.cards[0];
    if (seat === undefined || card === undefined || startUsd === null || startUsd <= 0) return undefined;
    const { id, name } = seat.contestant;
    return { id, name, returnPct: 100 * (card.lastEquityUsd / startUsd - 1) };
  };
  const champion = since(reign.champion, reign.championStartUsd);
  if (champion === undefined || reign.sinceMs === null) return undefined;
  const shadow = since(reign.shadows.at(-1), reign.shadowStartUsd);
  return {
    ...champion,
    generation: reign.generation,
    sinceMs: reign.sinceMs,
    shadow,
    watch: watch === undefined ? undefined : { e: watchEvidence(watch), review: watch.raised },
  };
}

type Since = NonNullable<ChampionStanding['shadow']>;

function standingOf(
  seat: BoardSeat,
  cohort: Cohort | undefined,
  input: BoardInput,
  windowStartMs: TimeMs,
): Standing {
  const { contestant } = seat;
  const hoursPerBar = timeframeMs(input.market.timeframe) / HOUR_MS;
  const young = contestant.joinedBarMs > windowStartMs;
  const k = young || seat.cards.length < 2 ? 0 : 1;
  const card = seat.cards[k];
  const baseline = seat.baselines[k];
  if (card === undefined || baseline === undefined) throw new Error(`${contestant.name} has no scorecard`);
  const totals = tradeTotalsSince(seat.totals, baseline);
  const metrics = summarise(card, totals, samplesPerYear(input.market.timeframe, input.market.calendar));
  const observedHours = card.marks * hoursPerBar;
  const idle = totals.fills === 0 && (metrics.exposurePct ?? 0) === 0;
  const { status, reason } = statusOf(seat, young, idle, observedHours, input.minimumHours);
  return {
    rank: undefined,
    id: contestant.id,
    name: contestant.name,
    kind: contestant.manifest.kind,
    role: roleIn(input.reign, contestant),
    cohort: cohort?.number,
    status,
    reason,
    observedHours,
    cloneOf: undefined,
    coveragePct: seat.dueDecisions === 0 ? undefined : (100 * seat.madeDecisions) / seat.dueDecisions,
    metrics,
    training: contestant.training,
    placebos: undefined,
    models:
      seat.models === undefined
        ? undefined
        : modelFigures(seat.models, { metrics, totals, startUsd: card.startEquityUsd, seat }),
    ...gateFigures(seat, cohort, input),
  };
}

function statusOf(
  seat: BoardSeat,
  young: boolean,
  idle: boolean,
  observedHours: number,
  minimumHours: number,
): { status: Status; reason: string } {
  const retired = seat.contestant.retired;
  if (retired !== undefined) return { status: 'retired', reason: retired.reason };
  if (seat.fault !== '') return { status: 'fault', reason: seat.fault };
  if (young) return { status: 'young', reason: `${String(observedHours)} h of ${String(minimumHours)}` };
  if (idle && seat.totals.fills === 0) return { status: 'never-traded', reason: 'never traded' };
  if (idle) return { status: 'idle', reason: 'neither a trade nor a position in this window' };
  if (observedHours < minimumHours)
    return { status: 'trading', reason: `${String(observedHours)} h of ${String(minimumHours)}` };
  return { status: 'trading', reason: '' };
}

function isRanked(standing: Standing): boolean {
  const competes = standing.role !== 'benchmark' && standing.role !== 'placebo';
  return competes && standing.status !== 'young' && standing.status !== 'retired';
}

/** Better first. Undefined ratios lose every tie, and the id decides what is left, so that order is one. */
export function compareStandings(a: Standing, b: Standing): number {
  return (
    placeOf(a.status) - placeOf(b.status) ||
    descending(a.metrics.totalReturnPct, b.metrics.totalReturnPct) ||
    descending(a.metrics.sharpe, b.metrics.sharpe) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** 0 % without a trade, without a position, or without a decision is no result that others have to beat. */
function placeOf(status: Status): number {
  return status === 'fault' ? 2 : status === 'never-traded' || status === 'idle' ? 1 : 0;
}

function descending(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return b - a;
}

const GROUPS: Readonly<Record<Role, number>> = {
  contestant: 0,
  champion: 0,
  shadow: 0,
  benchmark: 1,
  placebo: 2,
};

function compareRows(a: Standing, b: Standing): number {
  const group = GROUPS[a.role] - GROUPS[b.role];
  if (group !== 0) return group;
  const unranked = Number(a.status === 'retired') - Number(b.status === 'retired');
  if (unranked !== 0) return unranked;
  const young = Number(a.status === 'young') - Number(b.status === 'young');
  return young !== 0 ? young : compareStandings(a, b);
}

/** One line per contestant for looking up a person's input: exact id, unambiguous prefix of it, or name. */
export function findContestant(contestants: readonly Contestant[], text: string): Contestant[] {
  const exact = contestants.filter((c) => c.id === text || c.name === text);
  if (exact.length > 0) return exact;
  const byId = contestants.filter((c) => text.length >= 4 && c.id.startsWith(text.toLowerCase()));
  return byId.length > 0 ? byId : contestants.filter((c) => text.length >= 3 && c.name.startsWith(text));
}

export function describeContestant(contestant: Contestant): string {
  return `${contestant.name} (${shortId(contestant.id)})`;
}
