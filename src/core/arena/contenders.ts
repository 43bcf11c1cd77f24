/** Who may stand at the gate, from the seats of a running arena or of a folded journal alike. */
import type { Scorecard } from '../metrics/scorecard.js';
import { type TradeTotals, tradeTotalsSince } from '../metrics/trade-totals.js';
import { LEAST_AGE_HOURS, LEAST_LEAD_POINTS } from '../promotion/shortfall.js';
import type { GateRules } from '../promotion/gate-rules.js';
import { gateStanding } from '../promotion/gate-standing.js';
import type { Track } from '../promotion/track.js';
import type { Contender } from '../promotion/candidate.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import type { Cohort } from './cohorts.js';
import type { Contestant } from './contestant.js';
import { type Reign, championReturnPct } from './reign.js';

/** How to read a seat. Functions, because asking a thousand seats at every bar must not allocate. */
export interface SeatReader<Seat> {
  contestant(seat: Seat): Contestant;
  cards(seat: Seat): readonly Scorecard[];
  baselines(seat: Seat): readonly TradeTotals[];
  windows(seat: Seat): readonly number[];
  totals(seat: Seat): TradeTotals;
  equityUsd(seat: Seat): number;
  decisions(seat: Seat): { readonly due: number; readonly made: number };
  /** Undefined while it belongs to no cohort. */
  track(seat: Seat): Track | undefined;
  fault(seat: Seat): string;
}

export interface GateView {
  readonly reign: Reign;
  readonly memberOf: ReadonlyMap<number, Cohort>;
  readonly closeMs: TimeMs;
  readonly rules: GateRules;
}

/** Contestants of an aged cohort that lead the champion's series: most are sorted out here, cheaply. */
export function* contendersOf<Seat>(
  seats: readonly Seat[],
  read: SeatReader<Seat>,
  { reign, memberOf, closeMs, rules }: GateView,
): Generator<Contender> {
  for (const seat of seats) {
    const contestant = read.contestant(seat);
    const { position, id, name, role, retired } = contestant;
    const cohort = memberOf.get(position);
    if (cohort === undefined || closeMs - cohort.startMs < LEAST_AGE_HOURS * HOUR_MS) continue;
    if (role !== 'contestant' || retired !== undefined || position === reign.champion) continue;
    const k = read.windows(seat).indexOf(cohort.number) + 1;
    const card = read.cards(seat)[k];
    const baseline = read.baselines(seat)[k];
    const track = read.track(seat);
    if (k === 0 || card === undefined || baseline === undefined || track === undefined) continue;
    if (read.fault(seat) !== '') continue;
    const championPct = championReturnPct(reign, cohort.number);
    const leadPoints = 100 * (card.lastEquityUsd / card.startEquityUsd - 1) - championPct;
    if (!(leadPoints >= LEAST_LEAD_POINTS) || card.meanReturn <= 0) continue;
    yield {
      position,
      id,
      name,
      cohort: cohort.number,
      cohortSize: cohort.members.length,
      cohortStartMs: cohort.startMs,
      card,
      track,
      gate: () => gateStanding(track, cohort.members.length, rules),
      totals: tradeTotalsSince(read.totals(seat), baseline),
      championReturnPct: championPct,
    };
  }
}
