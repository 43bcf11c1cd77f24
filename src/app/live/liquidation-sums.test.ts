import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiquidationSums, liquidationSums } from './liquidation-sums.js';

const BAR_MS = 60_000;

interface Heard {
  readonly sums: LiquidationSums;
  readonly at: (nowMs: number) => LiquidationSums['listener'];
}

function opened(): Heard {
  let now = 0;
  const sums = liquidationSums({
    symbols: ['A', 'B'],
    barMs: BAR_MS,
    nowMs: () => now,
    onEvent: () => undefined,
  });
  return {
    sums,
    at(nowMs) {
      now = nowMs;
      return sums.listener;
    },
  };
}

const close = (symbol: string, side: 'long' | 'short', usd: number) => ({ symbol, side, timeMs: 0, usd });
const connected = { event: 'connected', why: '' } as const;

describe('sums of forced closes', () => {
  it('are of the bar in which they came, of longs and shorts apart, and zero where none came', () => {
    const { sums, at } = opened();
    at(-1).onEvent(connected);
    at(1000).onLiquidation(close('A', 'long', 5));
    at(BAR_MS).onLiquidation(close('A', 'long', 6));
    at(BAR_MS).onLiquidation(close('A', 'short', 7));
    at(BAR_MS).onLiquidation(close('C', 'short', 1000));
    at(BAR_MS + 1).onLiquidation(close('B', 'short', 8));
    at(BAR_MS + 500).onAlive();
    const values = sums.take(0, BAR_MS).map(({ symbol, series, value }) => [symbol, series, value]);
    expect(values).toEqual([
      [0, 'longLiquidationsUsd', 11],
      [0, 'shortLiquidationsUsd', 7],
      [1, 'longLiquidationsUsd', 0],
      [1, 'shortLiquidationsUsd', 0],
    ]);
    at(2 * BAR_MS + 500).onAlive();
    expect(sums.take(BAR_MS, 2 * BAR_MS).map(({ value }) => value)).toEqual([0, 0, 0, 8]);
  });

  it('are not known of a bar that was over before the stream proved alive', () => {
    const { sums, at } = opened();
    at(-1).onEvent(connected);
    at(BAR_MS - 1).onAlive();
    expect(sums.take(0, BAR_MS)).toEqual([]);
  });

  it('are not known of the bar in which a dead stream is found, though it was found after it', () => {
    const { sums, at } = opened();
    at(-1).onEvent(connected);
    at(BAR_MS - 5000).onAlive();
    at(BAR_MS + 1000).onEvent({ event: 'silent', why: '' });
    // A late answer on a connection that was given up proves nothing.
    at(BAR_MS + 1500).onAlive();
    at(BAR_MS + 2000).onEvent({ event: 'resubscribed', why: '' });
    at(BAR_MS + 2500).onAlive();
    expect(sums.take(0, BAR_MS)).toEqual([]);
    at(2 * BAR_MS + 1).onAlive();
    expect(sums.take(BAR_MS, 2 * BAR_MS)).toEqual([]);
    at(3 * BAR_MS + 1).onAlive();
    expect(sums.take(2 * BAR_MS, 3 * BAR_MS)).toHaveLength(4);
  });

  it('of several bars that are settled at once are those of each, also after a clock was set back', () => {
    const { sums, at } = opened();
    at(-1).onEvent(connected);
    at(10).onLiquidation(close('A', 'long', 1));
    at(BAR_MS + 10).onLiquidation(close('A', 'long', 2));
    at(2 * BAR_MS + 10).onAlive();
    expect(sums.take(0, BAR_MS)[0]?.value).toBe(1);
    expect(sums.take(BAR_MS, 2 * BAR_MS)[0]?.value).toBe(2);
    at(BAR_MS + 30_000).onLiquidation(close('A', 'long', 4));
    at(3 * BAR_MS + 10).onAlive();
    expect(sums.take(2 * BAR_MS, 3 * BAR_MS)[0]?.value).toBe(4);
  });

  it('are there exactly where one connection lived from the open to the close, and lose nothing', () => {
    const happening = fc.record({
      afterMs: fc.integer({ min: 1, max: 40_000 }),
      what: fc.constantFrom('close', 'close', 'alive', 'alive', 'alive', 'lost'),
    });
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 120 }), (happenings) => {
        const { sums, at } = opened();
        let now = -1;
        at(now).onEvent(connected);
        const lives: { fromMs: number; toMs: number }[] = [{ fromMs: now, toMs: now }];
        const came: number[] = [];
        for (const { afterMs, what } of happenings) {
          now += afterMs;
          if (what === 'close') {
            at(now).onLiquidation(close('B', 'short', 1));
            came.push(now);
          } else if (what === 'alive') {
            at(now).onAlive();
            const last = lives.at(-1);
            if (last !== undefined) last.toMs = now;
          } else {
            at(now).onEvent({ event: 'lost', why: '' });
            at((now += 10)).onEvent({ event: 'resubscribed', why: '' });
            lives.push({ fromMs: now, toMs: now });
          }
        }
        for (let openMs = 0; openMs + BAR_MS <= now; openMs += BAR_MS) {
          const closeMs = openMs + BAR_MS;
          const isWhole = lives.some(({ fromMs, toMs }) => fromMs <= openMs && toMs >= closeMs);
          const inBar = came.filter((ms) => ms > openMs && ms <= closeMs).length;
          const value = sums
            .take(openMs, closeMs)
            .find(({ symbol, series }) => symbol === 1 && series === 'shortLiquidationsUsd')?.value;
          expect(value).toBe(isWhole ? inBar : undefined);
        }
      }),
    );
  });
});
