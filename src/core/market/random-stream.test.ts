import { describe, expect, it } from 'vitest';
import { createRandomStream } from './random-stream.js';

const DRAWS = 100_000;

/** Mean, and second to fourth moment about zero. */
function moments(draw: () => number): number[] {
  const sums = [0, 0, 0, 0];
  for (let k = 0; k < DRAWS; k++) {
    const x = draw();
    for (let power = 0; power < 4; power++) sums[power] = (sums[power] ?? 0) + x ** (power + 1);
  }
  return sums.map((sum) => sum / DRAWS);
}

function correlation(a: () => number, b: () => number): number {
  let sum = 0;
  for (let k = 0; k < DRAWS; k++) sum += a() * b();
  return sum / DRAWS;
}

describe('a random stream', () => {
  it('has normal draws with the moments 0, 1, 0 and 3', () => {
    const [first = NaN, second = NaN, third = NaN, fourth = NaN] = moments(createRandomStream(1, 'a').normal);
    // Three standard errors: of the mean 1/sqrt(n), of the others sqrt(2/n), sqrt(15/n) and sqrt(96/n).
    expect(Math.abs(first)).toBeLessThan(0.0095);
    expect(Math.abs(second - 1)).toBeLessThan(0.0135);
    expect(Math.abs(third)).toBeLessThan(0.037);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.093);
  });

  it('has uniform draws with the moments 1/2 and 1/3, never 0 or 1', () => {
    const { uniform } = createRandomStream(2, 'a');
    let least = 1;
    let most = 0;
    const [first = NaN, second = NaN] = moments(() => {
      const x = uniform();
      least = Math.min(least, x);
      most = Math.max(most, x);
      return x;
    });
    expect(Math.abs(first - 1 / 2)).toBeLessThan(0.003);
    expect(Math.abs(second - 1 / 3)).toBeLessThan(0.003);
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThan(1);
  });

  it.each([
    ['of neighbouring seeds', createRandomStream(7, 'a'), createRandomStream(8, 'a')],
    ['of seeds that differ by 2^32', createRandomStream(7, 'a'), createRandomStream(7 + 2 ** 32, 'a')],
    ['of two names', createRandomStream(7, 'a'), createRandomStream(7, 'b')],
  ])('shares nothing with another one: streams %s are uncorrelated', (_, a, b) => {
    expect(Math.abs(correlation(a.normal, b.normal))).toBeLessThan(0.0095);
  });

  it('draws the same numbers again from the same seed and name', () => {
    const draws = (): number[] => {
      const { normal, uniform } = createRandomStream(3, 'x');
      return [normal(), uniform(), normal(), normal()];
    };
    expect(draws()).toEqual(draws());
  });
});
