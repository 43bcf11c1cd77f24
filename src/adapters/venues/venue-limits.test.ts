import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_WINDOW,
  hearUsed,
  spend,
  waitForRoomMs,
  weightInWindow,
  type WeightLimit,
} from './venue-limits.js';

const LIMIT: WeightLimit = { weight: 100, windowMs: 60_000 };

/** Requests as somebody would make them: a pause, then a weight. */
const requests = fc.array(
  fc.record({ pauseMs: fc.integer({ min: 0, max: 20_000 }), weight: fc.integer({ min: 1, max: 60 }) }),
  { minLength: 1, maxLength: 80 },
);

/** When each request went, after the waiting that it was told to do. */
function play(asked: readonly { pauseMs: number; weight: number }[]): { atMs: number; weight: number }[] {
  let nowMs = 1_000_000;
  let window = EMPTY_WINDOW;
  return asked.map(({ pauseMs, weight }) => {
    nowMs += pauseMs;
    nowMs += Math.ceil(waitForRoomMs(window, LIMIT, weight, nowMs));
    window = spend(window, LIMIT, weight, nowMs);
    return { atMs: nowMs, weight };
  });
}

describe('the weight of requests', () => {
  it('is never above the limit in any window, whenever it begins', () => {
    fc.assert(
      fc.property(requests, (asked) => {
        const went = play(asked);
        for (const { atMs } of went) {
          const inWindow = went
            .filter((one) => one.atMs >= atMs && one.atMs < atMs + LIMIT.windowMs)
            .reduce((sum, one) => sum + one.weight, 0);
          expect(inWindow).toBeLessThanOrEqual(LIMIT.weight);
        }
      }),
    );
  });

  it('lets a request go as soon as there is room, not later', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 100 }), (asked, weight) => {
        const went = play(asked);
        const nowMs = went.at(-1)?.atMs ?? 0;
        const window = went.reduce((at, one) => spend(at, LIMIT, one.weight, one.atMs), EMPTY_WINDOW);
        const waitMs = waitForRoomMs(window, LIMIT, weight, nowMs);
        expect(waitForRoomMs(window, LIMIT, weight, nowMs + waitMs)).toBe(0);
        if (waitMs > 0) expect(waitForRoomMs(window, LIMIT, weight, nowMs + waitMs - 1)).toBeGreaterThan(0);
      }),
    );
  });

  it('counts what the venue counts beyond ours, for one window', () => {
    const ours = spend(EMPTY_WINDOW, LIMIT, 10, 0);
    const heard = hearUsed(ours, LIMIT, 95, 1_000);
    expect(weightInWindow(heard, LIMIT, 1_000)).toBe(95);
    expect(waitForRoomMs(heard, LIMIT, 5, 1_000)).toBe(0);
    expect(waitForRoomMs(heard, LIMIT, 6, 1_000)).toBe(59_000);
    expect(weightInWindow(heard, LIMIT, 61_000)).toBe(0);
  });

  it('lets a request that is heavier than the limit go when nothing else counts', () => {
    expect(waitForRoomMs(EMPTY_WINDOW, LIMIT, 500, 0)).toBe(0);
    expect(waitForRoomMs(spend(EMPTY_WINDOW, LIMIT, 1, 0), LIMIT, 500, 100)).toBe(59_900);
  });

  it('does not count for hours when the clock is set back', () => {
    const window = spend(EMPTY_WINDOW, LIMIT, 100, 10_000_000);
    expect(waitForRoomMs(window, LIMIT, 1, 1_000_000)).toBeLessThanOrEqual(LIMIT.windowMs);
  });
});
