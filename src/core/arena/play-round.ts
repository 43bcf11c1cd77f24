/**
 * One call of `openRound` and one of `closeRound` are everything that happens for one closed bar; between them whoever
 * plays finds the answers of language models. `playRound` is both where nobody has to wait. They change the sessions in
 * place, because a thousand contestants must not be copied at every bar. Nothing is kept before the app commits: a crash
 * in the middle plays the round again from the last commit, and gives the same bytes.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { slotHasBar } from '../domain/market-table.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { reviewCandidates } from '../promotion/candidate.js';
import { gateRules } from '../promotion/gate-rules.js';
import { type DecisionRecord } from '../session/decide.js';
import {
  type Answers,
  NOBODY_ANSWERS,
  type PendingDecision,
  decideAnswered,
  playBar,
} from '../session/model-decision.js';
import { isSampleBar } from '../session/session.js';
import {
  type Arena,
  type PlayedRound,
  SEATS,
  type Seat,
  equityAt,
  livingEquityAt,
  totalsOf,
} from './arena.js';
import { stepWatch } from './champion-watch.js';
import { type GateRound, ageOf, followCohorts } from './cohort-gate.js';
import { advanceCohorts, cohortsByMember, trackedCohorts } from './cohorts.js';
import { contendersOf } from './contenders.js';
import { type TakenLook, dropFallen, looksAfter, looksBefore, movedOn } from './gate.js';
import { advanceIndex, markCohort } from './reign.js';
import { barDigest, roundHash } from './round-content.js';
import { moveWindows, sameWindows, windowsOf } from './windows.js';

/** A round whose bar has been played and whose model contestants wait for answers. */
export interface OpenRound {
  readonly t: number;
  readonly barMs: TimeMs;
  readonly events: string[];
  readonly missed: readonly TakenLook[];
  readonly kept: DecisionRecord[];
  readonly marks: Float64Array;
  readonly championBeforeUsd: number;
  readonly pending: readonly PendingDecision[];
}

/** Plays the slot at `nextIndex` with whatever `answers` gives at once; see `openRound`. */
export function playRound(
  arena: Arena,
  opening: readonly string[],
  answers: Answers = NOBODY_ANSWERS,
): PlayedRound | undefined {
  const round = openRound(arena, opening);
  return round === undefined ? undefined : closeRound(arena, round, answers);
}

/**
 * Plays the slot at `nextIndex`, which must be a closed bar, up to the questions to language models. Returns undefined
 * for a slot in which no symbol has a bar: it was due and is missing. `opening` are the events (canonical JSON) of
 * requests handled before.
 */
export function openRound(arena: Arena, opening: readonly string[]): OpenRound | undefined {
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
  const pending: PendingDecision[] = [];
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
    const waiting = playBar(session, t, events, kept, arena.hash);
    if (waiting !== undefined) pending.push(waiting);
    marks[i] = session.equityUsd;
    marks[count + i] = session.grossExposureFraction;
  }
  return { t, barMs, events, missed, kept, marks, championBeforeUsd, pending };
}

/** Decides for those that waited, and closes the round. */
export function closeRound(arena: Arena, round: OpenRound, answers: Answers): PlayedRound {
  const { t, barMs, events, missed, kept, marks } = round;
  const { market } = arena;
  for (const waiting of round.pending) events.push(...decideAnswered(waiting, answers, kept, arena.hash));

  arena.reign = advanceIndex(arena.reign, round.championBeforeUsd, equityAt(arena, arena.reign.champion));
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
    probe: record.probe,
  });
}
