/**
 * The gate on series of hourly returns that somebody brings along, instead of accounts of the arena. A missing hour is NaN. An hour
 * counts for a candidate where candidate, champion and market all have it, so that all three are compared over the same
 * hours; a block of which no hour is left is no block.
 */
import { totalReturn } from '../metrics/returns.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { sharpe } from '../metrics/sharpe.js';
import { type GateRules, alphaAt } from './gate-rules.js';
import { type Verdict, VERDICTS, judgeCohort } from './judge-cohort.js';
import { BLOCK_HOURS, testSeries } from './series-evidence.js';
import type { IntegrityFigures } from './shortfall.js';

const HOURS_PER_YEAR = samplesPerYear('1h', 'continuous');

/** Simple returns per hour as fractions, NaN where missing; all of a cohort are of one length. */
export interface SeriesCohort {
  readonly rules: GateRules;
  /** Hours of the series that are judged; the rest is cut off. */
  readonly lookHours: number;
  readonly champion: Float64Array;
  readonly market: Float64Array;
  readonly candidates: readonly SeriesCandidate[];
  /** Who was registered and is not here any more: counts in N. */
  readonly retired: number;
}

export interface SeriesCandidate {
  readonly name: string;
  readonly returns: Float64Array;
  /** What the series cannot show. */
  readonly integrity: Omit<IntegrityFigures, 'observedPct'>;
}

export interface JudgedSeries {
  readonly name: string;
  readonly verdict: Verdict<number>;
  readonly returnPct: number | undefined;
  readonly championReturnPct: number | undefined;
  readonly sharpe: number | undefined;
  readonly observedHours: number;
  readonly integrity: IntegrityFigures;
}

export interface JudgedCohort {
  readonly lookHours: number;
  /** What a p value must not exceed; undefined where the cohort has not reached any look. */
  readonly alphaAtLook: number | undefined;
  readonly familySize: number;
  /** In the gate's order: promotable first, then by evidence, then by Sharpe. */
  readonly candidates: readonly JudgedSeries[];
}

export function judgeSeries(cohort: SeriesCohort): JudgedCohort {
  const { rules, lookHours, candidates } = cohort;
  const familySize = candidates.length + cohort.retired;
  const figures = candidates.map((candidate) => {
    const shared = sharedHours(candidate.returns, cohort);
    return {
      candidate,
      shared,
      integrity: {
        ...candidate.integrity,
        observedPct: lookHours === 0 ? undefined : (100 * shared.own.length) / lookHours,
      },
      returnPct: percent(totalReturn(shared.own)),
      championReturnPct: percent(totalReturn(shared.champion)),
      sharpe: sharpe(shared.own, HOURS_PER_YEAR),
    };
  });
  const verdicts = judgeCohort({
    rules,
    lookHours,
    familySize,
    candidates: figures.map(({ shared, integrity, ...base }, key) => ({
      key,
      base: {
        returnPct: base.returnPct,
        // Without an hour there is no return either, and that fails first.
        championReturnPct: base.championReturnPct ?? 0,
        sharpe: base.sharpe,
      },
      integrity,
      tests: testSeries(shared.ownBlocks, shared.championBlocks, shared.marketBlocks, 1),
    })),
  });
  const alpha = alphaAt(rules, lookHours);
  return {
    lookHours,
    alphaAtLook: alpha > 0 ? alpha : undefined,
    familySize,
    candidates: verdicts
      .flatMap((verdict): JudgedSeries[] => {
        const figure = figures[verdict.key];
        if (figure === undefined) return [];
        const { candidate, shared, integrity, returnPct, championReturnPct } = figure;
        return [
          {
            name: candidate.name,
            verdict,
            returnPct,
            championReturnPct,
            sharpe: figure.sharpe,
            observedHours: shared.own.length,
            integrity,
          },
        ];
      })
      .sort(inGateOrder),
  };
}

interface SharedHours {
  readonly own: number[];
  readonly champion: number[];
  readonly ownBlocks: number[];
  readonly championBlocks: number[];
  readonly marketBlocks: number[];
}

/** Hours that all three have, and the sums of their blocks; a short last block is dropped. */
function sharedHours(returns: Float64Array, { champion, market, lookHours }: SeriesCohort): SharedHours {
  const found: SharedHours = {
    own: [],
    champion: [],
    ownBlocks: [],
    championBlocks: [],
    marketBlocks: [],
  };
  for (let from = 0; from < lookHours; from += BLOCK_HOURS) {
    let y = 0;
    let c = 0;
    let m = 0;
    let hours = 0;
    for (let i = from; i < Math.min(from + BLOCK_HOURS, lookHours); i++) {
      const own = returns[i] ?? NaN;
      const other = champion[i] ?? NaN;
      const whole = market[i] ?? NaN;
      if (Number.isNaN(own) || Number.isNaN(other) || Number.isNaN(whole)) continue;
      found.own.push(own);
      found.champion.push(other);
      y += own;
      c += other;
      m += whole;
      hours++;
    }
    if (hours === 0 || from + BLOCK_HOURS > lookHours) continue;
    found.ownBlocks.push(y);
    found.championBlocks.push(c);
    found.marketBlocks.push(m);
  }
  return found;
}

function inGateOrder(a: JudgedSeries, b: JudgedSeries): number {
  return (
    VERDICTS.indexOf(b.verdict.verdict) - VERDICTS.indexOf(a.verdict.verdict) ||
    a.verdict.tests.p - b.verdict.tests.p ||
    (b.sharpe ?? -Infinity) - (a.sharpe ?? -Infinity) ||
    (a.name < b.name ? -1 : 1)
  );
}

function percent(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : 100 * fraction;
}
