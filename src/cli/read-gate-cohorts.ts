import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import { nearest } from '../core/domain/nearest.js';
import { DEFAULT_ALPHA, type GateRules, LOOKS, type Look } from '../core/promotion/gate-rules.js';
import type { SeriesCandidate, SeriesCohort } from '../core/promotion/judge-series.js';
import { BLOCK_HOURS } from '../core/promotion/series-evidence.js';
import { LEAST_AGE_HOURS } from '../core/promotion/shortfall.js';
import { parseJsonFile } from './parse-json-file.js';

/** A year of a thousand contestants is 90 MB; a text of JavaScript ends at 512. */
const MOST_BYTES = 400_000_000;
/** 100,000 % within an hour: not a return but a mistake. */
const MOST_RETURN = 1000;

const A_RETURN = 'expected a return as a fraction (0.01 is 1 %) from -1 to 1,000, or null for a missing hour';

/** Stops at the first mistake: a series in a wrong unit would have one for every hour. */
const seriesSchema = z.array(z.unknown()).transform((values, context) => {
  const series = new Float64Array(values.length);
  for (let hour = 0; hour < values.length; hour++) {
    const value = values[hour];
    if (value !== null && !(typeof value === 'number' && value >= -1 && value <= MOST_RETURN)) {
      context.addIssue({ code: 'custom', path: [hour], message: `${A_RETURN}, got ${shown(value)}` });
      return z.NEVER;
    }
    series[hour] = value ?? NaN;
  }
  return series;
});

const integritySchema = z.strictObject({
  closed_trades: z.int().min(0).optional(),
  liquidations: z.int().min(0).optional(),
  decided_pct: z.number().min(0).max(100).optional(),
});

const cohortSchema = z.strictObject({
  name: z.string().optional(),
  champion: z.string().optional(),
  alpha: z.number().gt(0).lt(1).default(DEFAULT_ALPHA),
  retired_candidates: z.int().min(0).max(1e12).default(0),
  look_hours: z.int().min(1).optional(),
  returns: z.record(z.string(), seriesSchema),
  champion_returns: seriesSchema.optional(),
  market_returns: seriesSchema,
  integrity: z.record(z.string(), integritySchema).default({}),
  /** What somebody else computed: not read. */
  expected: z.unknown().optional(),
});

const fileSchema = z.strictObject({
  spec: z.unknown().optional(),
  rtol: z.unknown().optional(),
  shares: z.record(z.string(), z.number().gt(0).max(1)).optional(),
  cohorts: z.array(cohortSchema).min(1),
});

export interface NamedCohort {
  readonly name: string;
  readonly cohort: SeriesCohort;
}

const SHAPE =
  'write { "cohorts": [{ "returns": { "NAME": [0.001, ...] }, "market_returns": [...], "champion_returns": [...] }] }: one number an hour';

/** Cohorts of return series from a file; a Problem names file, place and what to do. */
export function readGateCohorts(file: string): NamedCohort[] {
  const tree = parseJsonFile(readText(file), file);
  const parsed = fileSchema.safeParse(tree);
  if (!parsed.success) throw explain(file, parsed.error.issues);
  const looks = looksOf(file, parsed.data.shares);
  return parsed.data.cohorts.map((cohort, i) => {
    const place = `cohorts[${String(i)}]`;
    refuseLostName(file, tree, i);
    return {
      name: cohort.name ?? `cohort ${String(i + 1)}`,
      cohort: cohortOf(cohort, { alpha: cohort.alpha, looks }, (path, message, hint) => {
        throw new Problem('input', `${file}: ${place}.${path}: ${message}`, { hint });
      }),
    };
  });
}

type Refuse = (path: string, message: string, hint: string) => never;

function cohortOf(given: z.infer<typeof cohortSchema>, rules: GateRules, refuse: Refuse): SeriesCohort {
  const names = Object.keys(given.returns);
  const hours = given.market_returns.length;
  const champion = given.champion_returns ?? new Float64Array(hours);
  const sameLength = (path: string, length: number): void => {
    if (length !== hours)
      refuse(
        path,
        `${String(length)} hours, but market_returns has ${String(hours)}`,
        'all series of a cohort begin and end at the same hours; write null for hours that are missing',
      );
  };
  sameLength('champion_returns', champion.length);
  for (const [name, series] of Object.entries(given.returns)) sameLength(`returns.${name}`, series.length);
  for (const name of Object.keys(given.integrity))
    if (!names.includes(name))
      refuse(
        `integrity.${name}`,
        'there is no candidate of this name in returns',
        names.length === 0 ? 'returns is empty' : `did you mean "${nearest(name, names)}"?`,
      );
  return {
    rules,
    lookHours: lookHoursOf(given.look_hours, hours, rules.looks, refuse),
    champion,
    market: given.market_returns,
    retired: given.retired_candidates,
    candidates: names.map((name): SeriesCandidate => ({
      name,
      returns: given.returns[name] ?? new Float64Array(),
      integrity: {
        closedTrades: given.integrity[name]?.closed_trades,
        liquidations: given.integrity[name]?.liquidations,
        decidedPct: given.integrity[name]?.decided_pct,
      },
    })),
  };
}

/** The look that is asked for, else the longest that the series cover, else, before the first, all there is. */
function lookHoursOf(
  asked: number | undefined,
  hours: number,
  looks: readonly Look[],
  refuse: Refuse,
): number {
  const all = looks.map((look) => look.hours);
  if (asked === undefined) return all.findLast((look) => look <= hours) ?? hours;
  if (!all.includes(asked))
    refuse('look_hours', `${String(asked)} is not a look`, `the gate looks at ${all.join(', ')} hours`);
  if (asked > hours)
    refuse(
      'look_hours',
      `${String(asked)}, but the series have ${String(hours)} hours`,
      'leave look_hours out for the longest look that they cover',
    );
  return asked;
}

function looksOf(file: string, shares: Readonly<Record<string, number>> | undefined): readonly Look[] {
  if (shares === undefined) return LOOKS.year;
  const looks = Object.entries(shares)
    .map(([hours, share]) => ({ hours: Number(hours), share }))
    .sort((a, b) => a.hours - b.hours);
  const refuse = (message: string): never => {
    throw new Problem('input', `${file}: shares: ${message}`, {
      hint: 'leave shares out for the usual looks, or write { "168": 0.1, "336": 0.2, "720": 0.7 }',
    });
  };
  for (const { hours } of looks)
    if (!Number.isSafeInteger(hours) || hours < LEAST_AGE_HOURS || hours % BLOCK_HOURS !== 0)
      refuse(
        `"${String(hours)}" is not an age in hours of at least ${String(LEAST_AGE_HOURS)} that ${String(BLOCK_HOURS)} divides`,
      );
  // Before the first look only who is too young may be judged: they cannot pass.
  if (looks[0]?.hours !== LEAST_AGE_HOURS) refuse(`the first look is at ${String(LEAST_AGE_HOURS)} hours`);
  const sum = looks.reduce((total, { share }) => total + share, 0);
  if (sum > 1 + 1e-9) refuse(`they add up to ${String(sum)}: more than the whole budget`);
  return looks;
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES)
      throw new Problem('input', `${file}: ${String(size)} bytes, at most ${String(MOST_BYTES)} are read`, {
        hint: 'put fewer cohorts into a file',
      });
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('input', `${file}: cannot be read (${error instanceof Error ? error.message : ''})`, {
      hint: 'name a JSON file with return series',
      cause: error,
    });
  }
}

/** A record drops this one key, and a candidate that is lost would not be counted. */
function refuseLostName(file: string, tree: unknown, index: number): void {
  const lost = z.object({ cohorts: z.array(z.object({ returns: z.custom<object>() })) }).parse(tree).cohorts[
    index
  ]?.returns;
  if (lost !== undefined && Object.hasOwn(lost, '__proto__'))
    throw new Problem('input', `${file}: cohorts[${String(index)}].returns: "__proto__" is not a name`, {
      hint: 'give the candidate another one',
    });
}

function explain(file: string, issues: readonly z.core.$ZodIssue[]): Problem {
  const [issue] = issues;
  if (issue === undefined) throw new Error('a refused file has at least one issue');
  const place = issue.path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${String(key)}]`
        : text === ''
          ? String(key)
          : `${text}.${String(key)}`,
    '',
  );
  const hint =
    issue.code === 'unrecognized_keys'
      ? `known are ${Object.keys(issue.path.length === 0 ? fileSchema.shape : issue.path.includes('integrity') ? integritySchema.shape : cohortSchema.shape).join(', ')}`
      : issue.code === 'custom'
        ? 'one number an hour, net of costs; an account that is gone returns -1 once and then 0'
        : SHAPE;
  return new Problem('input', `${file}: ${place === '' ? '' : `${place}: `}${issue.message}`, { hint });
}

const LONGEST_VALUE = 40;

function shown(value: unknown): string {
  // JSON has no word for Infinity, which is what 1e400 is read as.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
