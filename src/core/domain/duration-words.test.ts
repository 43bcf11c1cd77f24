import { expect, it } from 'vitest';
import { durationWords } from './duration-words.js';
import { HOUR_MS, MINUTE_MS } from './time.js';

it('a duration in words is as exact as a person needs it', () => {
  expect([400, 90_000, 14 * MINUTE_MS, 12.25 * HOUR_MS].map(durationWords)).toEqual([
    '0 s',
    '90 s',
    '14 min',
    '12.3 h',
  ]);
});
