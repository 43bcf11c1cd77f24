import { describe, expect, it } from 'vitest';
import { type Floor, floorsText, verdictOf } from './bench-floors.js';

const floor: Floor = { what: 'W1', measured: 4, floor: 5, target: 3, unit: 'x C' };

describe('a goal of the bench', () => {
  it('is reached, passed, missed or not measured', () => {
    expect(verdictOf({ ...floor, measured: 3 })).toBe('target');
    expect(verdictOf(floor)).toBe('pass');
    expect(verdictOf({ ...floor, measured: 5.01 })).toBe('FAIL');
    expect(verdictOf({ ...floor, measured: undefined })).toBe('n/a');
    expect(verdictOf({ ...floor, measured: NaN })).toBe('n/a');
    expect(verdictOf({ ...floor, floor: 80, target: 100, measured: 79, atLeast: true })).toBe('FAIL');
    expect(verdictOf({ ...floor, floor: 80, target: 100, measured: 120, atLeast: true })).toBe('target');
  });

  it('is told with its unit', () => {
    expect(floorsText([floor]).split('\n').at(-1)).toMatch(/^W1 +4 x C +<= 5 x C +3 x C +pass$/);
  });
});
