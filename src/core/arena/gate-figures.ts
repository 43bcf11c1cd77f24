/** What the board says about a contestant's evidence: everything since the first bar of its own cohort. */
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS, type TimeMs, timeframeMs } from '../domain/time.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import type { SharpeRange } from '../metrics/sharpe-error.js';
import { summarise } from '../metrics/summarise.js';
import type { Scorecard } from '../metrics/scorecard.js';
import { type TradeTotals, tradeTotalsSince } from '../metrics/trade-totals.js';
import type { Track } from '../promotion/track.js';
import { type GateRules, nextLook } from '../promotion/gate-rules.js';
import { type GateStanding, gateStanding, trackSharpeRange } from '../promotion/gate-standing.js';
import { type RuleRow, ruleRows } from '../promotion/rule-rows.js';
import { type IntegrityFigures, baseShortfalls, shortfallWords } from '../promotion/shortfall.js';
import type { Cohort } from './cohorts.js';
import type { CohortGate } from './cohort-gate.js';
import type { Contestant } from './contestant.js';
import { type Reign, championReturnPct } from './reign.js';

export interface GateFigures {
  /** Percentage points over the champion's series since the first bar of its own cohort. */
  readonly leadPoints: number | undefined;
  /** Why it is no candidate; empty for one that is, undefined for those who never can be. */
  readonly notCandidate: string | undefined;
  /** 95 % range of the annual Sharpe ratio. */
  readonly sharpeRange: SharpeRange | undefined;
  /** The last look; undefined before the first of its cohort. */
  readonly gate: GateStanding | undefined;
  /** Every rule with its number; empty for those who never stand there. */
  readonly rules: readonly RuleRow[];
}

interface JudgedSeat {
  readonly contestant: Contestant;
  readonly cards: readonly Scorecard[];
  readonly baselines: readonly TradeTotals[];
  readonly windows: readonly number[];
  readonly totals: TradeTotals;
  readonly fault: string;
  readonly dueDecisions: number;
  readonly madeDecisions: number;
  readonly track?: Track | undefined;
}

interface Judgement {
  readonly reign: Reign;
  readonly gateRules: GateRules;
  readonly market: Pick<MarketTable, 'timeframe' | 'calendar'>;
  readonly lastBarMs: TimeMs;
  readonly gates: readonly CohortGate[];
  readonly observedRounds: number;
}

const NONE: GateFigures = {
  leadPoints: undefined,
  notCandidate: undefined,
  sharpeRange: undefined,
  gate: undefined,
  rules: [],
};

export function gateFigures(seat: JudgedSeat, cohort: Cohort | undefined, input: Judgement): GateFigures {
  const { contestant, track } = seat;
  if (contestant.role !== 'contestant') return NONE;
  const k = cohort === undefined ? 0 : seat.windows.indexOf(cohort.number) + 1;
  const card = seat.cards[k];
  const baseline = seat.baselines[k];
  if (cohort === undefined || k === 0 || card === undefined || baseline === undefined || track === undefined)
    return { ...NONE, notCandidate: 'waits for its cohort' };
  const perYear = samplesPerYear(input.market.timeframe, input.market.calendar);
  const metrics = summarise(card, tradeTotalsSince(seat.totals, baseline), perYear);
  const { totalReturnPct: returnPct, sharpe } = metrics;
  const championPct = championReturnPct(input.reign, cohort.number);
  const ageHours = (input.lastBarMs + timeframeMs(input.market.timeframe) - cohort.startMs) / HOUR_MS;
  const base = { ageHours, returnPct, championReturnPct: championPct, sharpe };
  const gate = gateStanding(track, cohort.members.length, input.gateRules);
  const [shortfall] = baseShortfalls(base);
  const failure = shortfall === undefined ? '' : shortfallWords(shortfall);
  return {
    leadPoints: returnPct === undefined ? undefined : returnPct - championPct,
    notCandidate:
      contestant.position === input.reign.champion
        ? 'it is the champion'
        : (contestant.retired?.reason ?? (seat.fault === '' ? failure : seat.fault)),
    // A ratio that the board calls n/a has no range either.
    sharpeRange: sharpe === undefined ? undefined : trackSharpeRange(track, perYear),
    gate,
    rules: ruleRows(base, integrityNow(seat, track, cohort, metrics.trades, input), gate),
  };
}

/** As the next look would ask, were it now. */
function integrityNow(
  seat: JudgedSeat,
  track: Track,
  cohort: Cohort,
  closedTrades: number,
  { gates, market, lastBarMs, observedRounds }: Judgement,
): IntegrityFigures {
  const gate = gates.find(({ number }) => number === cohort.number);
  const barMs = timeframeMs(market.timeframe);
  const due = (lastBarMs + barMs - cohort.startMs) / barMs;
  const decisions = seat.dueDecisions - track.dueBefore;
  return {
    // Of sessions nobody knows without their calendar how many bars were due.
    observedPct:
      gate === undefined || market.calendar === 'sessions' || due <= 0
        ? undefined
        : (100 * (observedRounds - gate.roundsBefore)) / due,
    decidedPct: decisions === 0 ? undefined : (100 * (seat.madeDecisions - track.madeBefore)) / decisions,
    closedTrades,
    liquidations: track.liquidations,
  };
}

/** The look that a cohort comes to next. */
export interface ComingLook {
  readonly cohort: number;
  readonly familySize: number;
  readonly ageHours: number;
  readonly hours: number;
  /** What the adjusted p must be at most. */
  readonly alpha: number;
  readonly looksDone: number;
}

/** Of every living cohort, the oldest first. */
export function comingLooks(
  cohorts: readonly Cohort[],
  rules: GateRules,
  ageHours: (cohort: Cohort) => number,
): ComingLook[] {
  return cohorts.flatMap((cohort) => {
    const age = ageHours(cohort);
    const look = cohort.closedMs === undefined ? nextLook(rules, age) : undefined;
    if (look === undefined) return [];
    return [
      {
        cohort: cohort.number,
        familySize: cohort.members.length,
        ageHours: age,
        hours: look.hours,
        alpha: rules.alpha * look.share,
        looksDone: rules.looks.indexOf(look),
      },
    ];
  });
}
