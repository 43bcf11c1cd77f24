import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/domain/time.js';
import { until } from '../until.js';
import { createExchangeClock } from './exchange-clock.js';

describe('the clock of the local exchange', () => {
  it('stands until it is moved, and tells from when to when', () => {
    const clock = createExchangeClock(1000);
    const moves: (readonly [number, number])[] = [];
    const end = clock.onMove((fromMs, toMs) => moves.push([fromMs, toMs]));
    clock.advance(5);
    clock.set(2000);
    end();
    clock.advance(1);
    expect(clock.now()).toBe(2001);
    expect(moves).toEqual([
      [1000, 1005],
      [1005, 2000],
    ]);
  });

  it('never goes back', () => {
    const clock = createExchangeClock(1000);
    expect(() => {
      clock.set(999);
    }).toThrow(/forward/);
    expect(clock.now()).toBe(1000);
  });

  it('runs at a multiple of real time until it is stopped', async () => {
    const clock = createExchangeClock(0);
    clock.run(72_000);
    await until('hours have passed', () => clock.now() > 10 * HOUR_MS);
    clock.stop();
    const stoppedMs = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.now()).toBe(stoppedMs);
  });
});
