import { describe, expect, it } from 'vitest';
import { symbolEndings } from './symbol-endings.js';
import { HOUR_MS } from './time.js';

describe('a symbol', () => {
  const told = (reasons: readonly string[]): number[] => {
    const endings = symbolEndings(HOUR_MS);
    return reasons.flatMap((reason, hour) => {
      const endsMs = reason === '' ? undefined : endings.missed(0, hour * HOUR_MS, reason);
      return endsMs === undefined ? [] : [endsMs / HOUR_MS];
    });
  };

  it('has ended with the third bar in a row without it in the list, once', () => {
    expect(told(['delisted', 'delisted', 'delisted', 'delisted', 'delisted'])).toEqual([2]);
    expect(told(['delisted', 'delisted', '', 'delisted', 'delisted', 'delisted'])).toEqual([5]);
    expect(told(['delisted', 'no-bar', 'delisted', 'delisted'])).toEqual([]);
  });

  it('has ended when it was halted for a week, also where the list drops it at the end', () => {
    const hours = 7 * 24;
    expect(told(new Array<string>(hours - 1).fill('halted'))).toEqual([]);
    expect(told(new Array<string>(hours + 50).fill('halted'))).toEqual([hours - 1]);
    expect(told([...new Array<string>(hours - 1).fill('halted'), 'delisted', 'delisted'])).toEqual([
      hours - 1,
    ]);
    expect(told(new Array<string>(400).fill('quarantined'))).toEqual([]);
  });
});
