import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomStream } from '../market/random-stream.js';
import { gateRules } from './gate-rules.js';
import { type JudgedSeries, type SeriesCohort, judgeSeries } from './judge-series.js';

const NONE = { decidedPct: undefined, closedTrades: undefined, liquidations: undefined };

function noise(hours: number, name: string, drift = 0): Float64Array {
  const { normal } = createRandomStream(1, name);
  return Float64Array.from({ length: hours }, () => drift + 0.006 * normal());
}

function cohortOf(hours: number, own: Readonly<Record<string, Float64Array>>, retired = 0): SeriesCohort {
  return {
    rules: gateRules(),
    lookHours: hours,
    champion: noise(hours, 'champion'),
    market: noise(hours, 'market'),
    retired,
    candidates: Object.entries(own).map(([name, returns]) => ({ name, returns, integrity: NONE })),
  };
}

function only(cohort: SeriesCohort): JudgedSeries {
  const [one] = judgeSeries(cohort).candidates;
  if (one === undefined) throw new Error('nobody was judged');
  return one;
}

const without = (series: Float64Array, hours: readonly number[]): Float64Array =>
  series.map((value, hour) => (hours.includes(hour) ? NaN : value));

describe('series with missing hours', () => {
  const good = noise(720, 'good', 0.002);

  it('are judged on the hours that are there: a block that is missing is no block', () => {
    const block = [16, 17, 18, 19, 20, 21, 22, 23];
    const holed = only(cohortOf(720, { good: without(good, block) }));
    expect(holed.verdict.tests.blocks).toBe(89);
    expect(holed.observedHours).toBe(712);
    const cut = (series: Float64Array): Float64Array => series.filter((_, hour) => !block.includes(hour));
    const plain = cohortOf(720, { good });
    const short = only({
      ...plain,
      lookHours: 712,
      champion: cut(plain.champion),
      market: cut(plain.market),
      candidates: [{ name: 'good', returns: cut(good), integrity: NONE }],
    });
    expect(holed.verdict.tests).toEqual(short.verdict.tests);
    expect(holed.returnPct).toBe(short.returnPct);
    expect(holed.championReturnPct, 'over the same hours').toBe(short.championReturnPct);
  });

  it('fail the rule "observed" below 99 %, whosever hours are missing', () => {
    const seven = [3, 70, 71, 300, 301, 500, 600];
    const eight = [...seven, 700];
    const plain = cohortOf(720, { good });
    const rules = (cohort: SeriesCohort): string[] => only(cohort).verdict.shortfalls.map((s) => s.rule);
    expect(rules(cohortOf(720, { good: without(good, seven) }))).toEqual([]);
    expect(rules(cohortOf(720, { good: without(good, eight) }))).toEqual(['observed']);
    expect(rules({ ...plain, market: without(plain.market, eight) })).toEqual(['observed']);
    expect(rules({ ...plain, champion: without(plain.champion, eight) })).toEqual(['observed']);
  });

  it('without any hour at all are no evidence and no return', () => {
    const one = only(cohortOf(168, { gone: new Float64Array(168).fill(NaN) }));
    expect(one.returnPct).toBeUndefined();
    expect(one.verdict.verdict).toBe('not_eligible');
    expect(one.verdict.tests.p).toBe(1);
  });
});

describe('a cohort of series', () => {
  it('of less than a week has nobody who is eligible, and no look', () => {
    const judged = judgeSeries(cohortOf(167, { good: noise(167, 'good', 0.01) }));
    expect(judged.alphaAtLook).toBeUndefined();
    expect(judged.candidates[0]?.verdict.shortfalls).toEqual([{ rule: 'age', value: 167 }]);
  });

  it('counts the retired ones', () => {
    const own = { good: noise(720, 'good', 0.0012) };
    const pHolm = (retired: number): number => only(cohortOf(720, own, retired)).verdict.pHolm;
    expect(pHolm(99)).toBeCloseTo(100 * pHolm(0), 12);
  });

  it('is cut off at the look', () => {
    const series = noise(800, 'long', 0.001);
    const long = { ...cohortOf(800, { long: series }), lookHours: 720 };
    const cut = {
      ...long,
      champion: long.champion.slice(0, 720),
      market: long.market.slice(0, 720),
      candidates: [{ name: 'long', returns: series.slice(0, 720), integrity: NONE }],
    };
    expect(only(long)).toEqual(only(cut));
  });

  it('of any numbers at all gets verdicts, p values within 0 and 1, and nothing that is not a number', () => {
    const value = fc.oneof(
      fc.constantFrom(0, -1, 1000, NaN, 1e-300, 5e-324, -0),
      fc.double({ min: -1, max: 1000, noNaN: true }),
      fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    );
    const series = fc.array(value, { minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(series, series, series, fc.constantFrom(0, 8, 168, 720), (own, champion, market, hours) => {
        const fill = (cycle: readonly number[]): Float64Array =>
          Float64Array.from({ length: hours }, (_, i) => cycle[i % Math.max(1, cycle.length)] ?? 0);
        const { candidates } = judgeSeries({
          ...cohortOf(hours, { a: fill(own), b: fill(own), c: fill(market) }),
          champion: fill(champion),
          market: fill(market),
        });
        expect(candidates).toHaveLength(3);
        for (const { verdict, returnPct, sharpe } of candidates) {
          const { p, champion: lead, spanning } = verdict.tests;
          for (const number of [returnPct, sharpe, lead.t, lead.p, spanning.t, spanning.p, p, verdict.pHolm])
            expect(number === undefined || Number.isFinite(number), String(number)).toBe(true);
          expect(p >= 0 && p <= verdict.pHolm && verdict.pHolm <= 1).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
