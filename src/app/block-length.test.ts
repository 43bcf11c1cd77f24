import { describe, expect, it } from 'vitest';
import { HELPED_BLOCK_MS, blockLength } from './block-length.js';

describe('the length of a block', () => {
  it('grows fourfold at most until a block takes forty milliseconds', () => {
    const length = blockLength();
    const lengths = [length.rounds()];
    for (let i = 0; i < 4; i++) {
      const rounds = length.rounds();
      length.took(rounds, rounds * 0.5);
      lengths.push(length.rounds());
    }
    expect(lengths).toEqual([4, 16, 64, 80, 80]);
  });

  it('is a single bar where one takes longer than that', () => {
    const length = blockLength();
    length.took(4, 400);
    expect(length.rounds()).toBe(1);
    length.took(1, 1000);
    expect(length.rounds()).toBe(1);
  });

  it('is known by what blocks took that were cut short', () => {
    const length = blockLength(HELPED_BLOCK_MS);
    for (let i = 0; i < 9; i++) length.took(length.rounds(), 0);
    length.took(10, 20);
    expect(length.rounds()).toBe(40);
  });

  it('does not overflow where a clock stands still', () => {
    const length = blockLength();
    for (let i = 0; i < 9; i++) length.took(length.rounds(), 0);
    expect(Number.isFinite(length.rounds())).toBe(true);
  });
});
