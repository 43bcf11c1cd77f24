import { describe, expect, it } from 'vitest';
import { markupProblems, picturesOf } from '../../../test/support/well-formed.js';
import type { Role } from '../../core/arena/contestant.js';
import { DAY_MS, HOUR_MS } from '../../core/domain/time.js';
import { equityToReturns } from '../../core/metrics/returns.js';
import { trialFigures } from './evidence-figures.js';
import { fieldFiles } from './field-files.js';
import { type FieldMember, fieldFigures } from './field-figures.js';
import { type FieldReport, fieldPage } from './field-page.js';

const START_MS = Date.UTC(2026, 0, 5);
const EVIL = '<script>alert(1)</script>, "quoted"';

function member(i: number, role: Role, hours: number, step: (hour: number) => number): FieldMember {
  let worth = 10_000;
  const equityUsd = Float64Array.from({ length: hours }, (_, hour) => (worth *= 1 + step(hour)));
  return {
    id: `${String(i)}abcdef0123456789`,
    name: i === 0 ? EVIL : `=contestant ${String(i)}`,
    role,
    rank: role === 'contestant' ? i + 1 : undefined,
    standing: undefined,
    metrics: undefined,
    startUsd: 10_000,
    equityUsd,
    symbolUsd: Float64Array.of(worth - 10_000, 0),
  };
}

function reportOf(members: readonly FieldMember[], hours: number): FieldReport {
  const dayEnds = Array.from({ length: Math.ceil(hours / 24) }, (_, d) => Math.min(hours, (d + 1) * 24) - 1);
  return {
    title: EVIL,
    about: [EVIL],
    generated: true,
    fromMs: START_MS,
    toMs: START_MS + hours * HOUR_MS,
    timesMs: Float64Array.from({ length: hours }, (_, i) => START_MS + (i + 1) * HOUR_MS),
    samplesPerYear: 8760,
    cohorts: 1,
    independent: undefined,
    champion: EVIL,
    figures: fieldFigures(members, dayEnds, 2),
    trials: trialFigures({
      registered: 4,
      returns: members.map(({ startUsd, equityUsd }) => equityToReturns([startUsd, ...equityUsd])),
    }),
  };
}

const HOURS = (20 * DAY_MS) / HOUR_MS;
const field = [
  member(0, 'contestant', HOURS, (hour) => 0.001 * Math.sin(hour) + 0.0003),
  member(1, 'contestant', HOURS, (hour) => 0.001 * Math.cos(hour / 2) + 0.0002),
  member(2, 'contestant', HOURS, () => 0),
  member(3, 'contestant', HOURS, (hour) => (hour === 5 ? -1 : 0.001)),
  member(4, 'placebo', HOURS, (hour) => 0.002 * Math.sin(hour / 3)),
  member(5, 'benchmark', HOURS, (hour) => 0.0015 * Math.sin(hour / 7)),
];

describe('the page about the field', () => {
  for (const [what, members, hours] of [
    ['a field', field, HOURS],
    ['one contestant', field.slice(0, 1), HOURS],
    ['nobody', [], HOURS],
    ['one bar', field.map((one) => ({ ...one, equityUsd: one.equityUsd.slice(0, 1) })), 1],
    ['no bar', field.map((one) => ({ ...one, equityUsd: new Float64Array() })), 0],
    [
      'accounts that were never there',
      field.map((one) => ({ ...one, equityUsd: new Float64Array(HOURS).fill(NaN) })),
      HOURS,
    ],
  ] as const)
    it(`of ${what} is well formed, escaped and without numbers that are none`, () => {
      const report = reportOf(members, hours);
      const html = fieldPage(report);
      expect(html).not.toContain('<script');
      expect(html.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(
        /NaN|undefined|Infinity|null|\[object/,
      );
      for (const picture of picturesOf(html)) expect(markupProblems(picture)).toEqual([]);
      const files = fieldFiles(report);
      expect(() => JSON.parse(files.get('report.json') ?? '') as unknown).not.toThrow();
      expect(files.get('field.csv')?.trimEnd().split('\n')).toHaveLength(members.length + 1);
    });

  it('says how many placebos the leader beats, and which rank hangs on one symbol', () => {
    const { figures } = reportOf(field, HOURS);
    expect(figures.leaderBeatsFraction).toBe(1);
    expect(figures.withoutDay).toHaveLength(4);
    expect(figures.withoutSymbol[0]?.keepsFraction, 'one symbol alone can not be left out').toBeUndefined();
  });

  it('writes names so that neither a reader of CSV nor a spreadsheet misreads them', () => {
    const csv = fieldFiles(reportOf(field, HOURS)).get('field.csv') ?? '';
    expect(csv).toContain('"<script>alert(1)</script>, ""quoted"""');
    expect(csv).toContain(",'=contestant 1,");
  });
});
