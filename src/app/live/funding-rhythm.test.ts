import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../core/domain/time.js';
import { fundingDueIn } from './funding-rhythm.js';

const T = Date.UTC(2026, 0, 5);
const at = (hours: number, jitterMs = 0): number => T + hours * HOUR_MS + jitterMs;

describe('when funding is due', () => {
  it('is known once a rate is, and then every eight hours until another interval shows', () => {
    expect(fundingDueIn([], at(0), at(100))).toBeUndefined();
    expect(fundingDueIn([at(0)], at(1), at(8))).toBeUndefined();
    expect(fundingDueIn([at(0)], at(8), at(9))).toBe(at(8));
    expect(fundingDueIn([at(0), at(1)], at(2), at(3))).toBe(at(2));
  });

  it('does not depend on the milliseconds that venues add', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 4, 8),
        fc.integer({ min: -30, max: 900 }),
        fc.integer({ min: -30, max: 900 }),
        (every, a, b) => {
          const times = [at(0, a), at(every, b)];
          expect(fundingDueIn(times, at(2 * every - 1), at(2 * every))).toBeUndefined();
          expect(fundingDueIn(times, at(2 * every), at(2 * every + 1))).toBe(at(2 * every));
        },
      ),
    );
  });

  it('goes on at its interval after rates that never came, and follows an interval that shrinks', () => {
    expect(fundingDueIn([at(0), at(8)], at(24), at(25))).toBe(at(24));
    expect(fundingDueIn([at(0), at(8), at(24)], at(32), at(33))).toBe(at(32));
    expect(fundingDueIn([at(0), at(8), at(12)], at(16), at(17))).toBe(at(16));
  });
});
