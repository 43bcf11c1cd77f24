import { describe, expect, it } from 'vitest';
import { soakArena } from '../../src/app/soak-gate.js';
import { type GateSoak, NO_SOAK, type SoakTally, soakRecord } from '../../src/core/promotion/gate-soak.js';
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
});
