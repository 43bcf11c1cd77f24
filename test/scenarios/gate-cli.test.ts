import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { runCli as runHere } from '../../src/cli/run-cli.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { hasShared, readSharedJson, sharedPath } from '../support/shared-files.js';

const folder = temporaryFolder();
afterAll(folder.remove);

const rangeSchema = z.tuple([z.number(), z.number()]);
const ruleSchema = z.object({
  promotedAny: z.number(),
  promotedAnyRange: rangeSchema,
  promotedShare: z.number(),
  promotedShareRange: rangeSchema,
  promotedUnskilled: z.number().nullable(),
});
const proofSchema = z.object({
  inputs: z.object({ seed: z.number(), skilled: z.number(), lookHours: z.array(z.number()) }),
  gate: ruleSchema,
  naive: ruleSchema,
  notChecked: z.array(z.string()),
});

function simulate(...more: string[]): CliResult {
  return runCli(['gate', 'simulate', '--arenas', '300', '--json', ...more]);
}

/** What the program says to a mistake, without a process for each. */
async function refusal(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  try {
    return { code: await runHere(args), stderr };
  } finally {
    spy.mockRestore();
  }
}

function answer<T>(schema: z.ZodType<T>, result: CliResult): T {
  expect(result.code, result.stderr).toBe(0);
  return schema.parse(JSON.parse(result.stdout));
}

describe('gate simulate', () => {
  it('lets a person see that luck passes the naive rule and hardly ever the gate', () => {
    const { gate, naive, inputs, notChecked } = answer(proofSchema, simulate());
    expect(naive.promotedAny).toBe(1);
    expect(naive.promotedShare).toBeGreaterThan(0.73);
    expect(naive.promotedShare).toBeLessThan(0.79);
    expect(gate.promotedAny).toBeGreaterThan(0);
    expect(gate.promotedAny).toBeLessThan(0.08);
    for (const { promotedAny, promotedAnyRange, promotedShare, promotedShareRange } of [gate, naive]) {
      expect(promotedAnyRange[0]).toBeLessThanOrEqual(promotedAny);
      expect(promotedAnyRange[1]).toBeGreaterThanOrEqual(promotedAny);
      expect(promotedShareRange[0]).toBeLessThanOrEqual(promotedShare);
      expect(promotedShareRange[1]).toBeGreaterThanOrEqual(promotedShare);
    }
    expect(inputs).toEqual({ seed: 1, skilled: 0, lookHours: [168, 336, 720] });
    expect(notChecked).toContain('liquidations');
  });

  it('answers the same bytes for any number of threads, others for another seed', () => {
    const one = simulate('--threads', '1', '--sharpe', '6');
    expect(simulate('--threads', '3', '--sharpe', '6').stdout).toBe(one.stdout);
    expect(simulate('--seed', '2', '--sharpe', '6').stdout).not.toBe(one.stdout);
  });

  it('counts those with skill and those without apart', () => {
    const one = answer(proofSchema, simulate('--sharpe', '20', '--contestants', '4'));
    expect(one.inputs.skilled).toBe(1);
    expect(one.gate.promotedShare, 'such skill is found').toBeGreaterThan(0.95);
    expect(one.gate.promotedUnskilled).toBeLessThan(0.08);
    const all = answer(proofSchema, simulate('--sharpe', '20', '--contestants', '4', '--all-skilled'));
    expect(all.inputs.skilled).toBe(4);
    expect(all.gate.promotedUnskilled).toBeNull();
  });

  it('says in words what was drawn, what was counted and what was not checked', () => {
    const { code, stdout } = runCli(['gate', 'simulate', '--arenas', '50', '--seed', '5']);
    expect(code).toBe(0);
    expect(stdout).toContain('50 arenas of 10 contestants over 30 days, none of them with skill; seed 5');
    expect(stdout).toMatch(/anybody, in an arena +\d+\.\d+ % \(.* to .*\)/);
    expect(stdout).toContain('Not checked');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each([
    [['--contestants', '0'], '--contestants "0"'],
    [['--contestants', '2.5'], 'not a whole number'],
    [['--contestants', 'ten'], 'is not a whole number from 1'],
    [['--days', '6'], 'looks first on day 7'],
    [['--days', '366'], 'from 1 to 365'],
    [['--days', '31', '--looks', 'season-30'], 'ends on day 30'],
    [['--looks', 'daily'], 'year or season-30'],
    [['--sharpe', 'NaN'], '--sharpe "NaN"'],
    [['--alpha', '10'], 'one cohort in ten'],
    [['--alpha', '0'], 'between 0 and 1'],
    [['--volatility', '0'], 'nothing to test'],
    [['--volatility', '5000'], 'from 0 to 1,000'],
    [['--arenas', '-5'], '--arenas "-5"'],
    [['--threads', '0'], '--threads "0"'],
    [['--seed', '1.5'], 'not a whole number'],
    [['--arena', '5'], "unknown option '--arena'"],
  ])('refuses %j and says why', async (flags, words) => {
    const { code, stderr } = await refusal(['gate', 'simulate', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('gate power', () => {
  const powerSchema = z.object({
    looks: z.array(
      z.object({
        day: z.number(),
        provenBy: z.number(),
        provenByRange: rangeSchema,
        thisLookAloneArithmetic: z.number(),
      }),
    ),
    days: z.array(
      z.object({
        chance: z.number(),
        provenByDay: z.number().nullable(),
        oneLookDaysArithmetic: z.number(),
      }),
    ),
  });

  it('tells the day by which skill is proven, and the arithmetic of one look agrees', () => {
    const result = runCli(['gate', 'power', '--sharpe', '5', '--arenas', '120', '--json']);
    const { looks, days } = answer(powerSchema, result);
    expect(looks.map(({ day }) => day)).toEqual([7, 14, 30, 60, 90, 180, 365]);
    for (const { provenByRange, thisLookAloneArithmetic } of looks)
      expect(provenByRange[1], 'by then is at least this look alone').toBeGreaterThan(
        thisLookAloneArithmetic,
      );
    expect(looks.at(-1)?.provenBy).toBeGreaterThan(0.9);
    expect(days.map(({ provenByDay }) => provenByDay)).toEqual([180, 365]);
    expect(days.map(({ oneLookDaysArithmetic }) => Math.round(oneLookDaysArithmetic))).toEqual([79, 147]);
  });

  it('says where it takes longer than the cohort lives', () => {
    const season = ['--looks', 'season-30', '--arenas', '20'];
    expect(runCli(['gate', 'power', '--sharpe', '1', ...season]).stdout).toContain('not within 30 days');
  });

  it('refuses to prove what is not there', async () => {
    const { code, stderr } = await refusal(['gate', 'power', '--sharpe', '0']);
    expect(code).toBe(2);
    expect(stderr).toContain('no skill to be proven');
  });
});

const verdictsSchema = z.object({
  cohorts: z.array(
    z.object({
      name: z.string(),
      lookHours: z.number(),
      alphaAtLook: z.number().nullable(),
      familySize: z.number(),
      candidates: z.array(
        z.object({
          name: z.string(),
          verdict: z.string(),
          why: z.string(),
          pHolm: z.number(),
          observedPct: z.number().nullable(),
          notChecked: z.array(z.string()),
        }),
      ),
    }),
  ),
});
type Judged = z.infer<typeof verdictsSchema>['cohorts'][number];

let files = 0;
function written(text: string): string {
  const file = join(folder.path, `cohorts-${String(files++)}.json`);
  writeFileSync(file, text);
  return file;
}

function evaluateText(text: string, ...more: string[]): CliResult {
  return runCli(['gate', 'evaluate', written(text), ...more]);
}

function evaluate(...cohorts: object[]): CliResult {
  return evaluateText(JSON.stringify({ cohorts }), '--json');
}

function judged(...cohorts: object[]): Judged {
  const [first] = answer(verdictsSchema, evaluate(...cohorts)).cohorts;
  if (first === undefined) throw new Error('no cohort');
  return first;
}

const wave = (hours: number, phase: number, drift = 0): number[] =>
  Array.from(
    { length: hours },
    (_, i) => drift + 0.004 * Math.sin(i * 1.7 + phase) * Math.cos(i * i + phase),
  );

describe('gate evaluate', () => {
  it('gives the golden cohorts their verdicts', () => {
    const path = 'vectors/gate_cohorts.json';
    if (!hasShared(path)) return;
    const golden = z
      .object({
        cohorts: z.array(
          z.object({
            expected: z.object({
              look_hours: z.number(),
              candidates: z.record(z.string(), z.object({ verdict: z.string() })),
            }),
          }),
        ),
      })
      .parse(readSharedJson(path));
    const { cohorts } = answer(verdictsSchema, runCli(['gate', 'evaluate', sharedPath(path), '--json']));
    expect(cohorts).toHaveLength(golden.cohorts.length);
    golden.cohorts.forEach(({ expected }, i) => {
      expect(cohorts[i]?.lookHours).toBe(expected.look_hours);
      const verdicts = Object.fromEntries(cohorts[i]?.candidates.map((c) => [c.name, c.verdict]) ?? []);
      expect(verdicts).toEqual(
        Object.fromEntries(Object.entries(expected.candidates).map(([name, { verdict }]) => [name, verdict])),
      );
    });
  });

  it('judges one alone, and the same one worse among five thousand', () => {
    const market = wave(168, 3);
    const one = judged({ returns: { a: wave(168, 1, 0.002) }, market_returns: market });
    expect(one.familySize).toBe(1);
    expect(one.candidates[0]?.verdict).toBe('promotable');
    const many = judged({
      returns: Object.fromEntries([
        ['a', wave(168, 1, 0.002)],
        ...Array.from({ length: 4_999 }, (_, i) => [`n${String(i)}`, wave(168, 10 + i)] as const),
      ]),
      market_returns: market,
    });
    expect(many.familySize).toBe(5_000);
    expect(many.candidates).toHaveLength(5_000);
    const same = many.candidates.find(({ name }) => name === 'a');
    expect(same?.pHolm).toBeGreaterThan(one.candidates[0]?.pHolm ?? NaN);
  });

  it('gives identical series identical verdicts, a lost account no chance, an empty cohort an answer', () => {
    const good = wave(168, 1, 0.002);
    const gone = wave(168, 2).map((value, hour) => (hour === 50 ? -1 : hour > 50 ? 0 : value));
    const { candidates } = judged({
      returns: { a: good, b: good, gone },
      market_returns: wave(168, 3),
    });
    expect(candidates.map(({ verdict }) => verdict)).toEqual(['promotable', 'promotable', 'not_eligible']);
    expect(candidates[0]?.pHolm).toBe(candidates[1]?.pHolm);
    expect(candidates[2]?.why).toContain('-100.00 points over the champion');
    const empty = judged({ returns: { a: [] }, market_returns: [] });
    expect(empty.candidates[0]?.why).toContain('0 h of 168');
    expect(judged({ returns: {}, market_returns: [] }).candidates).toEqual([]);
  });

  it('takes the longest look that the series cover, or the one that is asked for', () => {
    const cohort = { returns: { a: wave(800, 1, 0.001) }, market_returns: wave(800, 3) };
    expect(judged(cohort).lookHours).toBe(720);
    expect(judged({ ...cohort, look_hours: 336 })).toMatchObject({ lookHours: 336 });
    const young = judged({ returns: { a: wave(100, 1, 0.01) }, market_returns: wave(100, 3) });
    expect(young.candidates[0]).toMatchObject({ verdict: 'not_eligible' });
    expect(young.candidates[0]?.why).toContain('100 h of 168');
  });

  it('checks integrity where it is given, and says where it is not', () => {
    const cohort = { returns: { a: wave(168, 1, 0.002) }, market_returns: wave(168, 3) };
    const bare = judged(cohort).candidates[0];
    expect(bare?.notChecked).toEqual(['decided', 'trades', 'liquidations']);
    const few = judged({ ...cohort, integrity: { a: { closed_trades: 5, liquidations: 1 } } }).candidates[0];
    expect(few).toMatchObject({ verdict: 'not_eligible', notChecked: ['decided'] });
    expect(few?.why).toBe('5 closed trades, 20 needed; liquidated 1 times, none allowed');
    const holed = wave(168, 1, 0.002).map((value, hour) => (hour < 8 ? null : value));
    expect(judged({ ...cohort, returns: { a: holed } }).candidates[0]?.why).toContain('95.24 % of the bars');
  });

  it('prints a table for people, and what steers a terminal in a name does not', () => {
    const text = JSON.stringify({
      cohorts: [{ returns: { 'a\u001b[2J': wave(168, 1, 0.002) }, market_returns: wave(168, 3) }],
    });
    const { code, stdout } = evaluateText(text);
    expect(code).toBe(0);
    expect(stdout).toContain('promotable');
    expect(stdout).toContain('Not checked, because the file does not say: decisions made, closed trades');
    expect(stdout).not.toContain('\u001b');
  });

  const series = { returns: { a: [0.1] }, market_returns: [0.1] };
  const broken: [string, string, string][] = [
    ['nothing', '', 'is empty'],
    ['half a file', '{"cohorts": [', 'not JSON'],
    ['another shape', '[]', 'expected object'],
    ['no cohorts', '{"cohorts": []}', 'cohorts: '],
    ['no market', '{"cohorts": [{"returns": {}}]}', 'cohorts[0].market_returns'],
    [
      'a text',
      '{"cohorts": [{"returns": {"a": [0, "x"]}, "market_returns": []}]}',
      'cohorts[0].returns.a[1]: ',
    ],
    ['1e400', '{"cohorts": [{"returns": {"a": [1e400]}, "market_returns": [0]}]}', 'got Infinity'],
    ['NaN', '{"cohorts": [{"returns": {"a": [NaN]}}]}', 'not JSON'],
    [
      'a loss of more than all',
      '{"cohorts": [{"returns": {"a": [-1.5]}, "market_returns": [0]}]}',
      'got -1.5',
    ],
    ['percents of wealth', '{"cohorts": [{"returns": {"a": [2000]}, "market_returns": [0]}]}', '0.01 is 1 %'],
    [
      'unequal lengths',
      JSON.stringify({ cohorts: [{ ...series, returns: { b: [] } }] }),
      'returns.b: 0 hours',
    ],
    [
      'a short champion',
      JSON.stringify({ cohorts: [{ ...series, champion_returns: [] }] }),
      'champion_returns',
    ],
    ['an unknown field', JSON.stringify({ cohorts: [{ ...series, retired: 5 }] }), 'retired_candidates'],
    ['a look that is none', JSON.stringify({ cohorts: [{ ...series, look_hours: 200 }] }), 'not a look'],
    ['a look too far', JSON.stringify({ cohorts: [{ ...series, look_hours: 168 }] }), 'series have 1 hours'],
    ['a stranger', JSON.stringify({ cohorts: [{ ...series, integrity: { A: {} } }] }), 'did you mean "a"'],
    [
      'a name that gets lost',
      '{"cohorts": [{"returns": {"__proto__": [0]}, "market_returns": [0]}]}',
      'not a name',
    ],
    ['alpha of 10', JSON.stringify({ cohorts: [{ ...series, alpha: 10 }] }), 'cohorts[0].alpha'],
    [
      'too large a budget',
      JSON.stringify({ cohorts: [series], shares: { 168: 0.6, 336: 0.6 } }),
      'whole budget',
    ],
    ['no first look', JSON.stringify({ cohorts: [series], shares: { 336: 1 } }), 'first look'],
    ['no age', JSON.stringify({ cohorts: [series], shares: { soon: 1 } }), 'not an age'],
  ];
  it.each(broken)('of %s is refused: what, where, and what to do', async (_, text, words) => {
    const { code, stderr } = await refusal(['gate', 'evaluate', written(text)]);
    expect(code).toBe(2);
    expect(stderr).toContain('.json');
    expect(stderr).toContain(words);
    expect(stderr).toContain('what to do:');
  });

  it('of a file that is not there, or a folder, is refused', async () => {
    for (const path of [join(folder.path, 'none.json'), folder.path]) {
      const { code, stderr } = await refusal(['gate', 'evaluate', path]);
      expect(code).toBe(2);
      expect(stderr).toContain('cannot be read');
    }
  });
});

describe('gate', () => {
  it('names its subcommands when asked for another', async () => {
    const { code, stderr } = await refusal(['gate', 'simulat']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "simulate"');
    expect((await refusal(['gate'])).code).toBe(2);
  });
});
