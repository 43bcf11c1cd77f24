import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Problem } from '../core/domain/problem.js';
import { whileWaiting } from './while-waiting.js';

it('a sign of life that cannot be written is told once, and what is waited for comes', async () => {
  const told: string[] = [];
  let signs = 0;
  const outcome = await whileWaiting(
    sleep(2_600, 'come'),
    () => {
      signs++;
      throw new Problem('degraded', 'the disk is full');
    },
    (text) => told.push(text),
  );
  expect(outcome).toBe('come');
  expect(signs).toBeGreaterThan(1);
  expect(told).toEqual(['the disk is full']);
});
