import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const arena = (...args: string[]): CliResult => runCli(['arena', ...args, '--contestants', contestants]);
const looks = (...args: string[]): CliResult => runCli(['arena', 'looks', '--state', state, ...args]);

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([{ kind: 'sma-cross', grid: { fast: [6, 12], slow: [48, 96] } }, { kind: 'flat' }]),
  );
});

describe('the looks of the gate', () => {
  it('are none in a young arena, which is said', () => {
    expect(looks().code).toBe(5);
    expect(arena('--state', state, '--quiet', '--days', '3').code).toBe(0);
    expect(looks()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has not looked yet') as string,
    });
    expect(JSON.parse(looks('--json').stdout)).toEqual({ looks: [] });
  });

  it('are listed with what was asked and who came nearest', () => {
    expect(arena('--state', state, '--quiet', '--days', '12').code).toBe(0);
    const { code, stdout } = looks();
    expect(code).toBe(0);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^Cohort +Day +Date +N +Asked +Best +Name +Promotable +Leading +Not eligible$/);
    expect(first).toMatch(/^ +1 +7 +2026-01-12 00:00 UTC +4 +5 in 1,000 .* sma \d+\/\d+ +0 +\d +\d$/);
    expect(second).toMatch(/^ +1 +14 +2026-01-19 00:00 UTC +4 +1 in 100 /);
    const machine = JSON.parse(looks('--json').stdout) as { looks: Record<string, number>[] };
    expect(machine.looks.map(({ hours }) => hours)).toEqual([168, 336]);
    for (const look of machine.looks)
      expect((look['promotable'] ?? 0) + (look['leadingNotProven'] ?? 0) + (look['notEligible'] ?? 0)).toBe(
        4,
      );
  });

  it('show every verdict of one, and why not', () => {
    const { code, stdout } = looks('--cohort', '1', '--look', '168');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Cohort 1, look on day 7 \(168 h\), data up to 2026-01-12 00:00 UTC/);
    expect(stdout.match(/sma \d+\/\d+ /g)).toHaveLength(4);
    expect(stdout).toMatch(/not eligible .*(needed|yet)/);
    const machine = JSON.parse(looks('--cohort', '1', '--look', '168', '--json').stdout) as {
      verdicts: { p: number; pHolm: number; whyNot: string }[];
    };
    expect(machine.verdicts).toHaveLength(4);
    for (const { p, pHolm } of machine.verdicts) expect(pHolm).toBeGreaterThanOrEqual(p);
  });

  it('that were never taken are refused, with those that were', () => {
    const { code, stderr } = looks('--cohort', '2', '--look', '168');
    expect(code).toBe(2);
    expect(stderr).toContain('--cohort 1 --look 168, --cohort 1 --look 336');
    expect(looks('--look', 'soon').code).toBe(2);
  });

  it('are what the events say: verify finds a row that was changed or is gone', () => {
    const verified = (sql?: string): CliResult => {
      const at = join(root, 'copy');
      cpSync(state, at, { recursive: true });
      if (sql !== undefined) {
        const db = new Database(join(at, 'journal.sqlite'));
        db.exec(sql);
        db.close();
      }
      return arena('verify', '--state', at);
    };
    expect(verified()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'ok      looks and verdicts are those of the events: 2 looks, 8 verdicts',
      ) as string,
    });
    for (const [sql, words] of [
      [
        "UPDATE verdicts SET body = replace(body, 'not_eligible', 'promotable') WHERE age_hours = 336",
        /FAILED .*: cohort 1, look at 336 h: the verdict of contestant \d was changed/,
      ],
      ['DELETE FROM looks WHERE age_hours = 168', /FAILED .*: cohort 1, look at 168 h: its row is missing/],
      ['DELETE FROM verdicts WHERE position = 2', /look at 168 h: the verdict of contestant 2 is missing/],
      ["UPDATE looks SET body = replace(body, '168', '169')", /look at 168 h: its row was changed/],
    ] as const) {
      const { code, stdout } = verified(sql);
      expect(code, sql).toBe(3);
      expect(stdout).toMatch(words);
    }
  });
});
