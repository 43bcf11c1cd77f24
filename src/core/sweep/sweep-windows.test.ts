import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEWEST_SAMPLES, planWindows } from './sweep-windows.js';

const rules = fc.record({
  holdoutFraction: fc.constantFrom(0, 0.1, 0.25, 0.5),
  folds: fc.integer({ min: 0, max: 8 }),
  purge: fc.integer({ min: 0, max: 300 }),
  embargo: fc.integer({ min: 0, max: 100 }),
});

describe('the windows of a sweep', () => {
  it('keep purge and embargo between every training part and its test, and before the holdout', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), rules, (samples, rule) => {
        const windows = planWindows(samples, rule);
        if (windows === undefined) return;
        const { purge, embargo } = rule;
        for (const { trainTo, testFrom, testTo } of windows.folds) {
          expect(testFrom - trainTo).toBe(purge + embargo);
          expect(trainTo).toBeGreaterThanOrEqual(FEWEST_SAMPLES);
          expect(testTo - testFrom).toBeGreaterThanOrEqual(FEWEST_SAMPLES);
          expect(testTo).toBeLessThanOrEqual(windows.ranked);
        }
        if (rule.holdoutFraction > 0) {
          expect(windows.holdoutFrom - windows.ranked).toBe(purge + embargo);
          expect(samples - windows.holdoutFrom).toBeGreaterThanOrEqual(FEWEST_SAMPLES);
        } else expect(windows).toMatchObject({ ranked: samples, holdoutFrom: samples });
      }),
    );
  });

  it('are anchored: every fold trains on all that the one before trained on, tests follow each other', () => {
    const windows = planWindows(1600, { holdoutFraction: 0.25, folds: 3, purge: 50, embargo: 10 });
    expect(windows).toEqual({
      ranked: 1200,
      holdoutFrom: 1260,
      samples: 1600,
      folds: [
        { trainTo: 250, testFrom: 310, testTo: 600 },
        { trainTo: 550, testFrom: 610, testTo: 900 },
        { trainTo: 850, testFrom: 910, testTo: 1200 },
      ],
    });
  });

  it('are not made where a part would be too short to say anything', () => {
    const rule = { holdoutFraction: 0.25, folds: 4, purge: 0, embargo: 0 };
    expect(planWindows(199, rule)).toBeUndefined();
    expect(planWindows(200, rule)).toBeDefined();
    expect(planWindows(200, { ...rule, purge: 1 })).toBeUndefined();
    expect(planWindows(100, { ...rule, folds: 0, purge: 0 })).toBeUndefined();
    expect(planWindows(120, { ...rule, folds: 0, purge: 0 })).toBeDefined();
  });
});
