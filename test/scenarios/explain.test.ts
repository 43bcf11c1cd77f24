import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.js';

const ROSTER = [
  {
    title: 'guarded',
    kind: 'sma-cross',
    params: { fast: 6, slow: 24, side: 'both', stop: 0.03 },
    breakers: { dayLossFraction: 0.01, drawdownFraction: 0.02, lossStreakSizing: true },
  },
  {
    kind: 'formula',
    timeframe: '4h',
    params: {
      name: 'mine',
      entry: 'rsi(7) < 40 and close > 0',
      exit: 'rsi(7) > 60 or pnl > 0.05',
      stop: '0.05',
    },
  },
  { kind: 'placebo', seeds: [1] },
];

describe('explain', () => {
  const { path: root, remove } = temporaryFolder();
  afterAll(remove);
  const contestants = join(root, 'contestants');
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify(ROSTER));
  const place = ['--state', join(root, 'state'), '--contestants', contestants];
  const arena = (...args: string[]): ReturnType<typeof runCli> => runCli(['arena', ...args, ...place]);
  const explained = (who: string, ...more: string[]): Record<string, unknown> => {
    const result = arena('explain', who, '--json', ...more);
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    return JSON.parse(result.stdout) as Record<string, unknown>;
  };

  it('shows rules with both sides, and plays the same account again, through a halt and a reset', () => {
    expect(arena('--days', '10', '--instrument', 'perpetual', '--quiet').code).toBe(0);
    expect(arena('halt', 'guarded', '--reason', 'a test').code).toBe(0);
    expect(arena('--days', '2', '--quiet').code).toBe(0);

    const halted = arena('explain', 'guarded');
    expect(halted.stdout).toContain('the journal says the same');
    expect(halted.stdout).toContain('HALTED by hand');
    expect(halted.stdout).toMatch(/sma\(6\) [<>] sma\(24\) +[\d.]+ +[\d.]+ +(yes|no)/);

    expect(arena('reset-breakers', 'guarded').code).toBe(0);
    expect(arena('--days', '2', '--quiet').code).toBe(0);
    expect(arena('explain', 'guarded').stdout).not.toContain('HALTED');
    expect(explained('guarded')).toMatchObject({ sameAsJournal: true });
    expect(arena('verify', '--replay').code).toBe(0);
  });

  it('picks the last decision at or before a time: longer bars decide where they close', () => {
    const at = explained('mine', '--at', '2026-01-08T14:30Z') as {
      closeMs: number;
      gauges: { text: string }[];
    };
    expect(new Date(at.closeMs).toISOString()).toBe('2026-01-08T12:00:00.000Z');
    expect(at.gauges.map((gauge) => gauge.text)).toContain('rsi(7) < 40');
  });

  it.each([
    [['nobody'], 'no contestant "nobody"', 2],
    [['guarded', '--at', '2025-01-01'], 'decided nothing up to', 2],
    [['guarded', '--at', 'yesterday'], 'not a date', 2],
  ])('says what is wrong with %j', (args, words, code) => {
    const result = arena('explain', ...args);
    expect(result.stderr).toContain(words);
    expect(result.code).toBe(code);
  });

  it('a kind without rules says so', () => {
    expect(arena('explain', 'placebo').stdout).toContain('no rules to show');
  });
});
