/** What a running arena asks the gate, and what comes of it: cohorts, windows of the board, candidates. */
import { canonicalJson } from '../domain/canonical-json.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { reviewCandidates } from '../promotion/candidate.js';
import { gateRules } from '../promotion/gate-rules.js';
import { type Arena, SEATS, type Seat } from './arena.js';
import { type GateRound, ageOf, followCohorts } from './cohort-gate.js';
import { advanceCohorts, cohortsByMember, trackedCohorts } from './cohorts.js';
import { contendersOf } from './contenders.js';
import { dropFallen, movedOn } from './gate.js';
import { markCohort } from './reign.js';
import { moveWindows, sameWindows, windowsOf } from './windows.js';

/** What the gate sees of the round at slot `t`; of one that is not played yet there are no ledger records. */
export function gateRound(arena: Arena, t: number, fills: Float64Array = NO_FILLS): GateRound<Seat> {
  const { seats, market, memberOf, reign, seq, rules } = arena;
  return {
    seats,
    read: SEATS,
    market,
    t,
    rules: gateRules(rules.cohort.looks, rules.cohort.alpha),
    memberOf,
    reign,
    rounds: seq,
    fills,
  };
}

/** Who stands at the gate after this bar; returns the journal's events. */
export function reviewArena(arena: Arena, barMs: TimeMs): readonly string[] {
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
export function advanceWindows(arena: Arena, t: number): string[] {
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
      const { figures } = seat;
      const scores = { cards: figures.cards, baselines: seat.baselines };
      const to = windowsOf(tracked, arena.memberOf.get(seat.contestant.position)?.number);
      const moved = moveWindows(scores, figures.equityUsd, { ...figures.totals }, seat.windows, to);
      figures.cards = moved.cards;
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

const NO_FILLS = new Float64Array(0);
