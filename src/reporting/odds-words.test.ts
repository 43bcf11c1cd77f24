import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oddsWords, oneIn } from './odds-words.js';

describe('odds in words', () => {
  it.each([
    [0.003, '3 in 1,000', '1 in 333'],
    [0.03, '3 in 100', '1 in 33'],
    [0.025, '2.5 in 100', '1 in 40'],
    [0.25, '25 in 100', '1 in 4'],
    [1, 'practically always', 'always'],
    [0.78, '78 in 100', '8 in 10'],
    [0.0000001, 'less than 1 in a million', '<1 in 1m'],
    [NaN, 'n/a', 'n/a'],
  ])('%f is "%s" and "%s"', (p, words, short) => {
    expect(oddsWords(p)).toBe(words);
    expect(oneIn(p)).toBe(short);
  });

  it('are the probability within a few percent of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.99, noNaN: true }), (p) => {
        const [count = '', of = ''] = oddsWords(p).replaceAll(',', '').split(' in ');
        expect(Math.abs(Number(count) / Number(of) / p - 1)).toBeLessThan(0.06);
      }),
    );
  });
});
