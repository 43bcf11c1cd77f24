import { describe, expect, it } from 'vitest';
import { soakArena } from '../../src/app/soak-gate.js';
import { type GateSoak, NO_SOAK, type SoakTally, soakRecord } from '../../src/core/promotion/gate-soak.js';
import { runCli } from '../support/cli.js';
import { sha256 } from '../support/made-arena.js';

const SOAK: GateSoak = { contestants: 10, days: 30, free: false, looks: 'season-30', alpha: 0.1, seed: 3 };

function play(soak: GateSoak, arenas: number): SoakTally {
  return Array.from({ length: arenas }, (_, i) => i).reduce(
    (tally, number) => soakArena(soak, number, tally, sha256),
    NO_SOAK,
  );
}

describe('the gate in whole arenas of contestants without skill', () => {
  it.each([
    ['with costs', SOAK],
    ['without any', { ...SOAK, free: true }],
  ])(
    '%s lets hardly any through, though they lead at its looks and the naive rule falls for them',
    (_, soak) => {
      const tally = play(soak, 20);
      expect(tally.looks, 'three looks in each').toBe(60);
      expect(tally.verdicts, 'all ten are judged as contestants').toBe(600);
      expect(tally.led, 'a gate without tests would have promoted in all of these').toBeGreaterThan(8);
      expect(tally.naive).toBeGreaterThan(10);
      // More than four of twenty have a chance of 4 in 100 where the budget of 10 % is spent to the last bit.
      expect(tally.provenByTests).toBeLessThanOrEqual(4);
      expect(tally.promoted).toBeLessThanOrEqual(tally.provenByTests);
      expect(soakRecord(tally, soak).budget).toBeCloseTo(0.1, 12);
    },
  );

  it('counts promotions where the gate asks for next to nothing', () => {
    const lenient = { ...SOAK, contestants: 2, alpha: 0.99, free: true };
    const tally = play(lenient, 10);
    expect(tally.promoted).toBeGreaterThan(2);
    expect(tally.provenByTests, 'also of those that other rules held back').toBeGreaterThanOrEqual(
      tally.promoted,
    );
    expect(tally.promoted).toBeLessThan(10);
  });

  it('spends no more of the budget than its looks have come', () => {
    const week = { ...SOAK, days: 7 };
    expect(soakRecord(play(week, 1), week).budget).toBeCloseTo(0.01, 12);
    expect(soakRecord(NO_SOAK, SOAK).promoted, 'nothing was played').toBeUndefined();
  });

  it('is the same for the same seed and another for another', () => {
    const short = { ...SOAK, contestants: 3, days: 8 };
    expect(play(short, 6)).toEqual(play(short, 6));
    const seeds = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(play({ ...short, seed }, 6)));
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  it('is a command, with words for people and numbers for machines', () => {
    const flags = ['soak', 'gate', '--arenas', '2', '--contestants', '3', '--days', '7'];
    const words = runCli(flags);
    expect(words.code, words.stderr).toBe(0);
    expect(words.stdout).toContain(
      '2 arenas of 3 coin flippers on generated markets over 7 days, costs as always',
    );
    const { code, stdout } = runCli([...flags, '--free', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: { contestants: 3, free: true },
      counts: { arenas: 2, looks: 2, verdicts: 6 },
      gate: { promotedAny: 0 },
    });
  });

  it.each([
    [['gate', '--days', '5'], 'looks first on day 7'],
    [['gate', '--contestants', '0'], '--contestants "0"'],
    [['gate', '--looks', 'never'], 'year or season-30'],
    [['arena'], 'there are: soak gate'],
  ])('refuses %j and says why', (flags, words) => {
    const { code, stderr } = runCli(['soak', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
