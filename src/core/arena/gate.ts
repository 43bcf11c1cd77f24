/**
 * The gate inside a running arena: for every living cohort the market's and the champion's series, in hours and in
 * blocks, for every member its track; a look when the cohort reaches its age. The journal's fold goes through the same
 * functions, so that every verdict can be derived again.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { ledgerCount, liquidatedContestant } from '../domain/ledger.js';
import { type MarketTable, firstIndexAtOrAfter } from '../domain/market-table.js';
import { DAY_MS, HOUR_MS, type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { summarise } from '../metrics/summarise.js';
import { tradeTotalsSince } from '../metrics/trade-totals.js';
import { simpleReturn } from '../metrics/returns.js';
import { type SharedMoments, addSharedBlock, openSharedMoments } from '../promotion/block-moments.js';
import { testEvidence } from '../promotion/evidence-tests.js';
import { type GateRules, alphaAt } from '../promotion/gate-rules.js';
import { type JudgedFigures, type Verdict, judgeCohort } from '../promotion/judge-cohort.js';
import { BLOCK_HOURS } from '../promotion/series-evidence.js';
import {
  type Track,
  closeTrackBlock,
  markTrack,
  openTrack,
  recordVerdict,
  sampleTrack,
} from '../promotion/track.js';
import { isSampleBar } from '../session/session.js';
import type { Cohort } from './cohorts.js';
import type { SeatReader } from './contenders.js';
import { type Reign, championReturnPct } from './reign.js';

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

export interface Final {
  readonly of: number;
  readonly members: readonly number[];
}

/**
 * The best by p at the last look of a cohort, frozen for a final of their own on data that starts afterwards: the way out
 * where many were tried (statistics.md section 2). Undefined before its first look, and for fewer than two.
 */
export function finalistsOf<Seat>(
  gates: readonly CohortGate[],
  round: Pick<GateRound<Seat>, 'seats' | 'read' | 'memberOf' | 'reign'>,
  size: number,
): Final | undefined {
  const { seats, read, memberOf, reign } = round;
  const gate = gates.filter(({ looksDone }) => looksDone > 0).at(-1);
  if (gate === undefined) return undefined;
  const standing = gate.members.flatMap((c) => {
    const seat = seats[c];
    const track =
      seat === undefined || memberOf.get(c)?.number !== gate.number ? undefined : read.track(seat);
    if (seat === undefined || track === undefined || track.lookHours === 0 || c === reign.champion) return [];
    return read.contestant(seat).retired !== undefined || read.fault(seat) !== '' ? [] : [{ c, track }];
  });
  standing.sort((a, b) => a.track.lookP - b.track.lookP || a.c - b.c);
  const members = standing.slice(0, size).map(({ c }) => c);
  return members.length < 2 ? undefined : { of: gate.number, members };
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

/** A look that was taken, for the journal and for those who read it. */
export interface TakenLook {
  readonly cohort: number;
  readonly hours: number;
  /** Canonical JSON. */
  readonly event: string;
}

/**
 * Looks whose hour has passed without a bar, taken before the round is played: on the data up to that hour. A new session
 * completes the block of the one before.
 */
export function looksBefore<Seat>(gates: readonly CohortGate[], round: GateRound<Seat>): TakenLook[] {
  const { market, t } = round;
  const openMs = market.openTimesMs[t] ?? NaN;
  const closeMs = openMs + timeframeMs(market.timeframe);
  return gates.flatMap((gate) => {
    if (market.calendar === 'sessions')
      for (const daily of [0, 1])
        if (blocksOf(gate, daily).open !== -1 && blocksOf(gate, daily).open !== Math.floor(openMs / DAY_MS))
          closeBlocks(gate, daily, round);
    return dueLooks(gate, round, (dueMs) => dueMs < closeMs, t - 1);
  });
}

/** After the round was played: one more sample for everybody, then the looks that are due now. */
export function looksAfter<Seat>(gates: readonly CohortGate[], round: GateRound<Seat>): TakenLook[] {
  const { market, t } = round;
  const closeMs = (market.openTimesMs[t] ?? NaN) + timeframeMs(market.timeframe);
  countLiquidations(round);
  return gates.flatMap((gate) => {
    followMarket(gate, market, t);
    addSample(gate, round);
    return dueLooks(gate, round, (dueMs) => dueMs <= closeMs, t);
  });
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

/** Whether a contestant stands in a younger cohort by now, and could still trade a paper account. */
export function movedOn<Seat>(
  seats: readonly Seat[],
  read: SeatReader<Seat>,
  { reign, memberOf }: Pick<GateRound<Seat>, 'reign' | 'memberOf'>,
  c: number,
  fromCohort: number,
): boolean {
  const seat = seats[c];
  if (seat === undefined || c === reign.champion || read.contestant(seat).retired !== undefined) return false;
  return read.fault(seat) === '' && (memberOf.get(c)?.number ?? 0) > fromCohort;
}

function dueLooks<Seat>(
  gate: CohortGate,
  round: GateRound<Seat>,
  isDue: (dueMs: TimeMs) => boolean,
  lastSlot: number,
): TakenLook[] {
  const taken: TakenLook[] = [];
  for (;;) {
    const look = round.rules.looks[gate.looksDone];
    if (look === undefined) return taken;
    const due =
      round.market.calendar === 'continuous'
        ? isDue(gate.startMs + look.hours * HOUR_MS)
        : 24 * gate.days.shared.blocks >= look.hours;
    if (!due) return taken;
    gate.looksDone++;
    taken.push(takeLook(gate, look.hours, round, lastSlot));
  }
}

function takeLook<Seat>(
  gate: CohortGate,
  hours: number,
  round: GateRound<Seat>,
  lastSlot: number,
): TakenLook {
  const { market, rules, seats, read } = round;
  const first = firstIndexAtOrAfter(market, gate.startMs);
  const due =
    market.calendar === 'continuous'
      ? Math.round((hours * HOUR_MS) / timeframeMs(market.timeframe))
      : lastSlot - first + 1;
  const played = round.rounds + (lastSlot === round.t ? 1 : 0) - gate.roundsBefore;
  const observedPct = due === 0 ? 100 : (100 * played) / due;
  const verdicts = judgeCohort({
    rules,
    lookHours: hours,
    familySize: gate.members.length,
    candidates: gate.members.flatMap((c) => judgedFigures(gate, c, observedPct, round)),
  });
  for (const c of gate.members) {
    const track = ownTrack(gate, c, round);
    if (track !== undefined) track.promotable = 0;
  }
  for (const verdict of verdicts) {
    const seat = seats[verdict.key];
    const track = seat === undefined ? undefined : read.track(seat);
    if (track !== undefined) recordVerdict(track, hours, verdict);
  }
  return {
    cohort: gate.number,
    hours,
    event: canonicalJson({
      event: 'look',
      cohort: gate.number,
      hours,
      cutBarMs:
        market.calendar === 'continuous'
          ? gate.startMs + hours * HOUR_MS - timeframeMs(market.timeframe)
          : market.openTimesMs[lastSlot],
      alpha: alphaAt(rules, hours),
      familySize: gate.members.length,
      observedPct,
      verdicts: verdicts.map(verdictLine),
    }),
  };
}

function verdictLine({ key, verdict, shortfalls, tests, pHolm }: Verdict<number>): Record<string, unknown> {
  return {
    c: key,
    verdict,
    p: tests.p,
    pHolm,
    tChampion: tests.champion.t,
    tSpanning: tests.spanning.t,
    blocks: tests.blocks,
    short: shortfalls.length === 0 ? undefined : shortfalls,
  };
}

/** Nobody for who retired, fails, is the champion or stands in a younger cohort: they count in N, with p = 1. */
function judgedFigures<Seat>(
  gate: CohortGate,
  c: number,
  observedPct: number,
  round: GateRound<Seat>,
): JudgedFigures<number>[] {
  const { read, reign, market } = round;
  const seat = round.seats[c];
  const track = ownTrack(gate, c, round);
  if (seat === undefined || track === undefined || c === reign.champion) return [];
  if (read.contestant(seat).retired !== undefined || read.fault(seat) !== '') return [];
  const k = read.windows(seat).indexOf(gate.number) + 1;
  const card = read.cards(seat)[k];
  const baseline = read.baselines(seat)[k];
  if (k === 0 || card === undefined || baseline === undefined) return [];
  const metrics = summarise(
    card,
    tradeTotalsSince(read.totals(seat), baseline),
    samplesPerYear(market.timeframe, market.calendar),
  );
  const { due, made } = read.decisions(seat);
  return [
    {
      key: c,
      base: {
        returnPct: metrics.totalReturnPct,
        championReturnPct: championReturnPct(reign, gate.number),
        sharpe: metrics.sharpe,
      },
      integrity: {
        observedPct,
        decidedPct:
          due === track.dueBefore ? undefined : (100 * (made - track.madeBefore)) / (due - track.dueBefore),
        closedTrades: metrics.trades,
        liquidations: track.liquidations,
      },
      tests: testEvidence(track, blocksOf(gate, track.daily).shared),
    },
  ];
}

/** A member's track, while this is its youngest cohort. */
function ownTrack<Seat>(gate: CohortGate, c: number, round: GateRound<Seat>): Track | undefined {
  const seat = round.seats[c];
  return seat === undefined || round.memberOf.get(c)?.number !== gate.number
    ? undefined
    : round.read.track(seat);
}

function countLiquidations<Seat>({ fills, seats, read }: GateRound<Seat>): void {
  for (let i = 0; i < ledgerCount(fills); i++) {
    const seat = seats[liquidatedContestant(fills, i)];
    const track = seat === undefined ? undefined : read.track(seat);
    if (track !== undefined) track.liquidations++;
  }
}

/** Equal-weight buy and hold from the open of the first bar, without rebalancing or costs (DESIGN section 8). */
function followMarket(gate: CohortGate, market: MarketTable, t: number): void {
  gate.symbols.forEach((s, i) => {
    const candles = market.candles[s];
    const close = candles?.close[t] ?? NaN;
    if (Number.isNaN(close)) return;
    if (gate.basePrices[i] === 0) gate.basePrices[i] = candles?.open[t] ?? close;
    gate.ratios[i] = close / (gate.basePrices[i] ?? close);
  });
}

function addSample<Seat>(gate: CohortGate, round: GateRound<Seat>): void {
  const { market, t, reign, read, seats } = round;
  const openMs = market.openTimesMs[t] ?? NaN;
  const barMs = timeframeMs(market.timeframe);
  const closeMs = openMs + barMs;
  const sampled = isSampleBar(barMs, openMs);
  if (sampled) {
    const marketIndex = gate.ratios.reduce((sum, ratio) => sum + ratio, 0) / Math.max(1, gate.ratios.length);
    const marketReturn = simpleReturn(gate.marketIndex, marketIndex);
    const championReturn = simpleReturn(gate.championIndex, reign.index);
    gate.marketIndex = marketIndex;
    gate.championIndex = reign.index;
    for (const daily of [0, 1]) {
      const blocks = blocksOf(gate, daily);
      const block = blockOf(gate, daily, market, closeMs, openMs);
      // A gap went over the end of the open block: it holds the hours that there were.
      if (blocks.open !== -1 && blocks.open !== block) closeBlocks(gate, daily, round);
      blocks.open = block;
      blocks.champion += championReturn;
      blocks.market += marketReturn;
    }
  }
  for (const c of gate.members) {
    const track = ownTrack(gate, c, round);
    const seat = seats[c];
    if (track === undefined || seat === undefined || read.contestant(seat).retired !== undefined) continue;
    const equityUsd = read.equityUsd(seat);
    markTrack(track, equityUsd, closeMs);
    if (sampled) sampleTrack(track, equityUsd);
  }
  if (!sampled) return;
  for (const daily of [0, 1]) if (endsBlock(gate, daily, market, closeMs)) closeBlocks(gate, daily, round);
}

function blocksOf(gate: CohortGate, daily: number): Blocks {
  return daily === 1 ? gate.days : gate.hours;
}

function blockMs(daily: number): number {
  return daily === 1 ? DAY_MS : BLOCK_HOURS * HOUR_MS;
}

/** Number of the block that a sample lies in: by the clock from the cohort's first bar, or by session. */
function blockOf(
  gate: CohortGate,
  daily: number,
  market: MarketTable,
  closeMs: TimeMs,
  openMs: TimeMs,
): number {
  return market.calendar === 'continuous'
    ? Math.ceil((closeMs - gate.startMs) / blockMs(daily)) - 1
    : Math.floor(openMs / DAY_MS);
}

/** Whether nothing more can come into the open block. Of a session shorter bars tell only when the next one begins. */
function endsBlock(gate: CohortGate, daily: number, market: MarketTable, closeMs: TimeMs): boolean {
  return market.calendar === 'continuous'
    ? (closeMs - gate.startMs) % blockMs(daily) === 0
    : timeframeMs(market.timeframe) >= DAY_MS;
}

function closeBlocks<Seat>(gate: CohortGate, daily: number, round: GateRound<Seat>): void {
  const blocks = blocksOf(gate, daily);
  if (blocks.open === -1) return;
  addSharedBlock(blocks.shared, blocks.champion, blocks.market);
  for (const c of gate.members) {
    const track = ownTrack(gate, c, round);
    if (track?.daily === daily) closeTrackBlock(track, blocks.shared, blocks.champion, blocks.market);
  }
  blocks.open = -1;
  blocks.champion = 0;
  blocks.market = 0;
}

/** The verdict of whoever does not stand at the gate any more falls, and comes back at a look only. */
export function dropFallen<Seat>(
  seats: readonly Seat[],
  read: SeatReader<Seat>,
  standing: ReadonlySet<number>,
): void {
  for (const seat of seats) {
    const track = read.track(seat);
    if (track?.promotable === 1 && !standing.has(read.contestant(seat).position)) track.promotable = 0;
  }
}
