import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../domain/time.js';
import { seasonalVolatility, seasonalVolume } from './season-of-week.js';

const MONDAY_MS = Date.UTC(2026, 0, 5);
const HOURS = Array.from({ length: 168 }, (_, hour) => MONDAY_MS + hour * HOUR_MS);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('the rhythm of the week', () => {
  it('leaves the variance and the volume of a whole week as they are', () => {
    expect(mean(HOURS.map((time) => seasonalVolatility(time, 1) ** 2))).toBeCloseTo(1, 12);
    expect(mean(HOURS.map((time) => seasonalVolume(time, 1)))).toBeCloseTo(1, 12);
  });

  it('is busier on Monday at 14:00 than on Saturday at 04:00 UTC', () => {
    const busy = MONDAY_MS + 14 * HOUR_MS;
    const calm = MONDAY_MS + 5 * DAY_MS + 4 * HOUR_MS;
    expect(seasonalVolatility(busy, 1)).toBeGreaterThan(1.5 * seasonalVolatility(calm, 1));
    expect(seasonalVolume(busy, 1)).toBeGreaterThan(2 * seasonalVolume(calm, 1));
  });

  it('adds up: a day has the mean variance of its hours, a minute that of its hour', () => {
    const hours = HOURS.slice(0, 24).map((time) => seasonalVolatility(time, 1) ** 2);
    expect(seasonalVolatility(MONDAY_MS, 24) ** 2).toBeCloseTo(mean(hours), 12);
    expect(seasonalVolatility(MONDAY_MS + 59 * MINUTE_MS, 1 / 60)).toBe(seasonalVolatility(MONDAY_MS, 1));
  });

  it('knows the weekday before 1970 too', () => {
    const before = MONDAY_MS - 56 * 365 * 7 * DAY_MS;
    expect(before).toBeLessThan(0);
    expect(seasonalVolatility(before, 1)).toBe(seasonalVolatility(MONDAY_MS, 1));
  });
});
