/**
 * The gate inside a running arena: for every living cohort the market's and the champion's series, in hours and in
 * blocks, for every member its track; a look when the cohort reaches its age. The journal's fold goes through the same
 * functions, so that every verdict can be derived again.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { ledgerCount, liquidatedContestant } from '../domain/ledger.js';
import { firstIndexAtOrAfter } from '../domain/market-table.js';
import { HOUR_MS, type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { summarise } from '../metrics/summarise.js';
import { tradeTotalsSince } from '../metrics/trade-totals.js';
import { testEvidence } from '../promotion/evidence-tests.js';
import { alphaAt } from '../promotion/gate-rules.js';
import { type JudgedFigures, type Verdict, judgeCohort } from '../promotion/judge-cohort.js';
import { recordVerdict } from '../promotion/track.js';
import { type CohortGate, type GateRound, ownTrack } from './cohort-gate.js';
import type { SeatReader } from './contenders.js';
import { addSample, blocksOf, closeSession, followMarket } from './gate-blocks.js';
import { championReturnPct } from './reign.js';

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
    if (market.calendar === 'sessions') closeSession(gate, openMs, round);
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

function countLiquidations<Seat>({ fills, seats, read }: GateRound<Seat>): void {
  for (let i = 0; i < ledgerCount(fills); i++) {
    const seat = seats[liquidatedContestant(fills, i)];
    const track = seat === undefined ? undefined : read.track(seat);
    if (track !== undefined) track.liquidations++;
  }
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
