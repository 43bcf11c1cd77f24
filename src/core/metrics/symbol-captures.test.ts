import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symbolCaptures } from './symbol-captures.js';

describe('captures of one symbol', () => {
  const returns = [0.02, -0.01, 0.04, -0.03, 0.02];

  it('B-41: the account by its money, the timing by being there, by hand', () => {
    // A tenth of the account at ten times leverage, held over bars 2 to 4.
    const contributions = [0, -0.01, 0.04, -0.03, 0];
    const found = symbolCaptures(returns, contributions, [0, 1, 1, 1, 0]);
    expect(found.weightedUp).toBeCloseTo(0.04 / 0.08, 12);
    expect(found.weightedDown).toBeCloseTo(1, 12);
    expect(found.timingUp).toBeCloseTo(0.04 / 0.08, 12);
    expect(found.timingDown).toBeCloseTo(1, 12);
    const small = symbolCaptures(
      returns,
      contributions.map((c) => c / 20),
      [0, 1, 1, 1, 0],
    );
    expect(small.weightedUp).toBeCloseTo(0.025, 12);
    expect(small.timingUp).toBe(found.timingUp);
  });

  it('B-41: timing stays within -1 and 1 whatever the leverage, and is 1 for who always holds', () => {
    const bar = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    const held = fc.constantFrom(-1, 0, 1, 20);
    fc.assert(
      fc.property(fc.array(fc.tuple(bar, held), { minLength: 1, maxLength: 30 }), (bars) => {
        const moves = bars.map(([r]) => r);
        const leveraged = bars.map(([r, direction]) => 20 * r * direction);
        const found = symbolCaptures(
          moves,
          leveraged,
          bars.map(([, direction]) => direction),
        );
        for (const timing of [found.timingUp, found.timingDown])
          if (timing !== undefined) expect(Math.abs(timing)).toBeLessThanOrEqual(1 + 1e-12);
        const always = symbolCaptures(
          moves,
          moves,
          moves.map(() => 1),
        );
        if (always.timingUp !== undefined) expect(always.timingUp).toBeCloseTo(1, 12);
        expect(always.weightedUp).toBe(always.timingUp);
      }),
    );
  });

  it('do not exist where the symbol never went that way, nor with a gap', () => {
    expect(symbolCaptures([0.01, 0.02], [0, 0], [0, 0])).toEqual({
      weightedUp: 0,
      weightedDown: undefined,
      timingUp: 0,
      timingDown: undefined,
    });
    expect(symbolCaptures([0.01, -0.02], [NaN, 0], [1, 1]).weightedUp).toBeUndefined();
    expect(() => symbolCaptures([0.01], [], [1])).toThrow('1 bars, 0 contributions');
  });
});
