import { beforeAll, describe, expect, it } from 'vitest';
import { type PlayedField, fieldMarket, playField } from '../../../test/support/played-field.js';
import { assertBooks } from './arena.js';

const market = fieldMarket(420);

describe('a block of bars', () => {
  let bar: PlayedField;
  beforeAll(async () => {
    bar = await playField({ market, size: 1 });
  });

  it('is made of everything that a round can hold', () => {
    expect(bar.rounds).toBeLessThan(market.length);
    for (const event of ['cohort-opened', 'breaker-tripped', 'look', 'champion', 'final', 'candidate-frozen'])
      expect(bar.events).toContain(`"event":"${event}"`);
    const { seats } = bar.arena;
    const named = (kind: string): (typeof seats)[number] | undefined =>
      seats.find(({ contestant }) => contestant.manifest.kind === kind);
    expect(named('clumsy')?.figures.madeDecisions).toBeLessThan(named('clumsy')?.figures.dueDecisions ?? 0);
    expect(named('formula')?.figures.totals.fills).toBeGreaterThan(4);
    expect(named('buy-and-hold')?.figures.totals.fundingUsd, 'funding was booked').not.toBe(0);
    expect(named('ema-cross')?.figures.dueDecisions, 'it decides every four hours').toBeLessThan(110);
  });

  it.each([2, 7, 50, 1000])('of at most %i leaves the same rounds and the same state', async (size) => {
    const played = await playField({ market, size });
    expect(played.bytes).toBe(bar.bytes);
    expect(played.state).toBe(bar.state);
  });

  it.each([
    [1, 1],
    [3, 2],
    [40, 50],
  ])(
    'on a market that grows by %i slots leaves the same rounds and the same state',
    async (growsBy, size) => {
      const played = await playField({ market, size, growsBy });
      expect(played.bytes).toBe(bar.bytes);
      expect(played.state).toBe(bar.state);
    },
  );

  it('leaves what trades no more at its last price, whatever the length of a block', async () => {
    const endsMs = Float64Array.of(market.openTimesMs[203] ?? NaN, NaN, NaN);
    const [btc] = market.candles;
    const ended = {
      ...market,
      endsMs,
      candles: market.candles.map((candles) =>
        candles === btc
          ? {
              open: candles.open.map((value, t) => (t < 200 ? value : NaN)),
              high: candles.high.map((value, t) => (t < 200 ? value : NaN)),
              low: candles.low.map((value, t) => (t < 200 ? value : NaN)),
              close: candles.close.map((value, t) => (t < 200 ? value : NaN)),
              volume: candles.volume.map((value, t) => (t < 200 ? value : NaN)),
            }
          : candles,
      ),
    };
    const one = await playField({ market: ended, size: 1 });
    const many = await playField({ market: ended, size: 50 });
    expect(many.bytes).toBe(one.bytes);
    assertBooks(one.arena);
    const holder = one.arena.seats.find(({ contestant }) => contestant.manifest.kind === 'buy-and-hold');
    expect(holder?.session.account.openNames).toBe(0);
    expect(holder?.session.account.closedTrades).toBe(1);
  });

  it('leaves figures that say the same as the sessions, and books that add up', () => {
    assertBooks(bar.arena);
    for (const { figures, session } of bar.arena.seats) {
      expect(figures.equityUsd).toBe(session.equityUsd);
      expect(figures.totals.tradedNotionalUsd).toBe(session.account.tradedNotionalUsd);
      expect(session.cards, 'cards are kept by the arena').toEqual([]);
    }
  });
});
