import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeShared } from '../../../test/support/shared-files.js';
import { uniformAt } from '../domain/rng.js';
import { sharpe } from '../metrics/sharpe.js';
import { totalReturn } from '../metrics/returns.js';
import { alphaAt, gateRules, LOOKS, LOOK_PLANS } from './gate-rules.js';
import { holm } from '../metrics/holm.js';
import { type JudgedFigures, judgeCohort } from './judge-cohort.js';
import { testSeries } from './series-evidence.js';
import { UNCHECKED } from './shortfall.js';

const HOURS_PER_YEAR = 8760;

function figures(
  key: string,
  own: readonly number[],
  champion: readonly number[],
  market: readonly number[],
): JudgedFigures<string> {
  return {
    key,
    base: {
      returnPct: 100 * (totalReturn(own) ?? NaN),
      championReturnPct: 100 * (totalReturn(champion) ?? NaN),
      sharpe: sharpe(own, HOURS_PER_YEAR),
    },
    integrity: UNCHECKED,
    tests: testSeries(own, champion, market),
  };
}

const expectedSchema = z.object({
  seed_rules: z.boolean(),
  t_vs_champion: z.number(),
  p_vs_champion: z.number(),
  df1: z.number(),
  t_spanning: z.number(),
  p_spanning: z.number(),
  df2: z.number(),
  p: z.number(),
  p_holm: z.number(),
  verdict: z.string(),
});
const goldenSchema = z.object({
  shares: z.record(z.string(), z.number()),
  rtol: z.number(),
  cohorts: z.array(
    z.object({
      alpha: z.number(),
      retired_candidates: z.number(),
      returns: z.record(z.string(), z.array(z.number())),
      champion_returns: z.array(z.number()),
      market_returns: z.array(z.number()),
      expected: z.object({
        look_hours: z.number(),
        alpha_at_look: z.number(),
        family_size: z.number(),
        candidates: z.record(z.string(), expectedSchema),
      }),
    }),
  ),
});

describeShared('vectors/gate_cohorts.json', 'the gate reproduces the golden cohorts (scipy)', (content) => {
  const golden = goldenSchema.parse(content);

  it('spends its budget at the same looks', () => {
    expect(Object.fromEntries(LOOKS.year.map(({ hours, share }) => [String(hours), share]))).toEqual(
      golden.shares,
    );
  });

  golden.cohorts.forEach((cohort, i) => {
    it(`cohort ${String(i + 1)}: every t, p, Holm p and verdict`, () => {
      const { expected } = cohort;
      const rules = gateRules('year', cohort.alpha);
      expect(alphaAt(rules, expected.look_hours)).toBeCloseTo(expected.alpha_at_look, 12);
      const names = Object.keys(cohort.returns);
      expect(names.length + cohort.retired_candidates).toBe(expected.family_size);
      const verdicts = judgeCohort({
        rules,
        lookHours: expected.look_hours,
        familySize: expected.family_size,
        candidates: names.map((name) =>
          figures(name, cohort.returns[name] ?? [], cohort.champion_returns, cohort.market_returns),
        ),
      });
      expect(verdicts).toHaveLength(names.length);
      for (const { key, verdict, shortfalls, tests, pHolm } of verdicts) {
        const want = expected.candidates[key];
        if (want === undefined) throw new Error(`no expectation for ${key}`);
        const close = (value: number | undefined, target: number): void => {
          expect(Math.abs((value ?? NaN) / target - 1), key).toBeLessThanOrEqual(golden.rtol);
        };
        close(tests.champion.t, want.t_vs_champion);
        close(tests.champion.p, want.p_vs_champion);
        expect(tests.champion.degrees).toBe(want.df1);
        close(tests.spanning.t, want.t_spanning);
        close(tests.spanning.p, want.p_spanning);
        expect(tests.spanning.degrees).toBe(want.df2);
        close(tests.p, want.p);
        close(pHolm, want.p_holm);
        expect(shortfalls.length === 0).toBe(want.seed_rules);
        expect(verdict).toBe(want.verdict);
      }
    });
  });
});

describe('the looks', () => {
  it.each(LOOK_PLANS)('of the plan "%s" spend the whole budget, no more, in rising order', (plan) => {
    const looks = LOOKS[plan];
    expect(looks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect([...looks].sort((a, b) => a.hours - b.hours)).toEqual([...looks]);
    expect(
      looks.every(({ hours }) => hours % 24 === 0),
      'blocks of 8 and of 24 hours end there',
    ).toBe(true);
  });
});

describe('Holm', () => {
  const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

  it('never lowers a p value, keeps their order and stays within 1', () => {
    fc.assert(
      fc.property(ps, fc.nat(100), (values, absent) => {
        const adjusted = holm(values, values.length + absent);
        values.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          values.forEach((q, j) => {
            if (p < q) expect(adjusted[i] ?? NaN).toBeLessThanOrEqual(adjusted[j] ?? NaN);
          });
        });
      }),
    );
  });

  it('multiplies the smallest by everybody ever registered', () => {
    expect(holm([0.001, 0.5], 100)[0]).toBeCloseTo(0.1, 15);
  });

  it('gives more of those that were tried no advantage', () => {
    fc.assert(
      fc.property(ps, fc.nat(50), (values, absent) => {
        const few = holm(values, values.length);
        const many = holm(values, values.length + absent);
        few.forEach((p, i) => {
          expect(many[i]).toBeGreaterThanOrEqual(p);
        });
      }),
    );
  });
});

describe('evidence', () => {
  const series = fc
    .tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 8 * 6, max: 8 * 30 }))
    .map(([seed, hours]) => {
      let draw = 0;
      const random = (): number => uniformAt(seed, 0, draw++);
      const hour = (): number => 0.1 * (random() - 0.5);
      return Array.from({ length: hours }, () => [hour(), hour(), hour()] as const);
    });

  it('of a copy of the champion, in any size, is never promotable', () => {
    fc.assert(
      fc.property(series, fc.constantFrom(1, 2, 5), (rows, size) => {
        const champion = rows.map(([, c]) => c);
        const own = champion.map((c) => size * c);
        const { spanning, p } = testSeries(
          own,
          champion,
          rows.map(([, , m]) => m),
        );
        expect(spanning.p).toBeUndefined();
        expect(p).toBe(1);
      }),
    );
  });

  it('is the same whether a drift comes with the market or not, once the market is taken out', () => {
    fc.assert(
      fc.property(series, fc.double({ min: -2, max: 2, noNaN: true }), (rows, beta) => {
        const own = rows.map(([y]) => y);
        const champion = rows.map(([, c]) => c);
        const market = rows.map(([, , m]) => m);
        const plain = testSeries(own, champion, market).spanning;
        const moved = testSeries(
          own.map((y, i) => y + beta * (market[i] ?? 0)),
          champion,
          market,
        ).spanning;
        if (plain.t === undefined || moved.t === undefined) return;
        expect(Math.abs(moved.t - plain.t)).toBeLessThan(1e-7 * (1 + Math.abs(plain.t)));
      }),
    );
  });

  it('agrees with the textbook sums over whole series', () => {
    fc.assert(
      fc.property(series, (rows) => {
        const blocks = Math.floor(rows.length / 8);
        const leads = Array.from({ length: blocks }, (_, b) =>
          rows.slice(8 * b, 8 * b + 8).reduce((sum, [y, c]) => sum + y - c, 0),
        );
        const mean = leads.reduce((a, b) => a + b, 0) / blocks;
        const sd = Math.sqrt(leads.reduce((a, b) => a + (b - mean) ** 2, 0) / (blocks - 1));
        const { champion } = testSeries(
          rows.map(([y]) => y),
          rows.map(([, c]) => c),
          rows.map(([, , m]) => m),
        );
        if (champion.t === undefined) expect(sd).toBeLessThan(1e-11);
        else expect(champion.t).toBeCloseTo((mean / sd) * Math.sqrt(blocks), 6);
      }),
    );
  });

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['less than a block', [0.01, 0.02]],
    ['one block', new Array<number>(15).fill(0.01)],
    ['a flat account', new Array<number>(168).fill(0)],
    ['an account that grows evenly', new Array<number>(168).fill(0.001)],
    ['a hole', [...new Array<number>(100).fill(0.01), NaN, ...new Array<number>(67).fill(0.01)]],
    ['an infinity', [...new Array<number>(100).fill(0.01), Infinity, ...new Array<number>(67).fill(0.01)]],
  ])('of %s is no evidence, and no crash', (_, own) => {
    const market = own.map((__, i) => Math.sin(i) / 100);
    const tests = testSeries(
      own,
      own.map(() => 0),
      market,
    );
    expect(tests.champion.p).toBeUndefined();
    expect(tests.p).toBe(1);
  });

  it('of an account that lost everything in one hour stands against it', () => {
    const own = Array.from({ length: 168 }, (_, i) => (i === 40 ? -1 : i > 40 ? 0 : 0.001 * Math.sin(i)));
    expect(
      testSeries(
        own,
        own.map(() => 0),
        own.map((_, i) => Math.cos(i) / 100),
      ).p,
    ).toBeGreaterThan(0.5);
  });
});

describe('a verdict', () => {
  const noise = (seed: number, drift: number): number[] =>
    Array.from({ length: 720 }, (_, i) => drift + 0.012 * (uniformAt(seed, 0, i) - 0.5));
  const flat = new Array<number>(720).fill(0);
  const good = figures('good', noise(1, 0.0008), flat, noise(2, 0));
  const judge = (familySize: number, candidates = [good]): string[] =>
    judgeCohort({ rules: gateRules(), lookHours: 720, familySize, candidates }).map((one) => one.verdict);

  it('A-10: of clear evidence is promotable alone, and leading among very many', () => {
    expect(judge(1)).toEqual(['promotable']);
    expect(judge(1e12)).toEqual(['leading_not_proven']);
  });

  it.each([
    ['observed', { ...UNCHECKED, observedPct: 98.9 }],
    ['decided', { ...UNCHECKED, decidedPct: 94.9 }],
    ['trades', { ...UNCHECKED, closedTrades: 19 }],
    ['liquidations', { ...UNCHECKED, liquidations: 1 }],
  ])('is "not eligible" where the rule "%s" fails, whatever the evidence', (rule, integrity) => {
    const [verdict] = judgeCohort({
      rules: gateRules(),
      lookHours: 720,
      familySize: 1,
      candidates: [{ ...good, integrity }],
    });
    expect(verdict?.verdict).toBe('not_eligible');
    expect(verdict?.shortfalls.map((one) => one.rule)).toEqual([rule]);
  });

  it('of identical contestants is the same for each, and counts all of them', () => {
    const five = Array.from({ length: 5 }, () => good);
    expect(new Set(judge(5, five))).toEqual(new Set(['promotable']));
    const at = (familySize: number): number[] =>
      judgeCohort({ rules: gateRules(), lookHours: 720, familySize, candidates: five }).map((v) => v.pHolm);
    expect(new Set(at(5)).size, 'one p value').toBe(1);
    expect(at(5_000)[0]).toBeGreaterThan(at(5)[0] ?? NaN);
  });
});
