import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { CcxtVenueSettings } from '../../src/adapters/venues/open-ccxt-venue.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import type { Liquidation, QuoteWatch, StreamEvent } from '../../src/ports/venue.js';
import { until } from '../support/until.js';
import { type LocalSetting, NOW_MS, TABLE, openLocalSetting } from './local-venue.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

let setting: LocalSetting | undefined;
let watch: QuoteWatch | undefined;
afterEach(async () => {
  await watch?.close();
  await setting?.close();
  setting = watch = undefined;
});

interface Watched extends LocalSetting {
  readonly heard: Liquidation[];
  readonly events: StreamEvent[];
  readonly alive: () => number;
  /** Moves the clock of the exchange hour by hour; forced closes come where its prices go far. */
  readonly moveUntil: (what: string, holds: () => boolean) => Promise<void>;
}

const tenTimesAsFast = {
  nowMs: () => Date.now() * 10,
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await wait(Math.min(ms, 200) / 10, undefined, { signal }).catch(() => undefined);
  },
};

/** Streams live in real time: the adapter has this machine's clock, which goes ten times as fast, the exchange its own. */
async function watching(
  heartbeatMs = 60_000,
  clocks: Partial<CcxtVenueSettings> = { ...tenTimesAsFast, wall: tenTimesAsFast },
): Promise<Watched> {
  setting = await openLocalSetting({
    instrument: 'perpetual',
    settings: {
      ...clocks,
      heartbeatMs,
    },
  });
  const opened = setting;
  const heard: Liquidation[] = [];
  const events: StreamEvent[] = [];
  let alive = 0;
  watch = opened.venue.watchLiquidations(SYMBOLS, {
    onLiquidation: (one) => heard.push(one),
    onEvent: (event) => events.push(event),
    onAlive: () => alive++,
  });
  const moveUntil = (what: string, holds: () => boolean): Promise<void> =>
    until(what, () => {
      opened.clock.advance(HOUR_MS);
      return holds();
    });
  await until('it is connected', () => events.length > 0);
  return { ...opened, heard, events, alive: () => alive, moveUntil };
}

function kinds(events: readonly StreamEvent[]): readonly string[] {
  return events.map(({ event }) => event);
}

/** Sorted, because a stream may mix up its order. */
function names(heard: readonly Liquidation[]): string[] {
  return heard
    .map(({ symbol, side, timeMs, usd }) => `${String(timeMs)} ${symbol} ${side} ${usd.toFixed(2)}`)
    .sort();
}

describe('forced closes of Binance', () => {
  it('come as they happen, in USD, longs where the price fell and shorts where it rose', async () => {
    const { heard, events, moveUntil } = await watching();
    await moveUntil('some came', () => new Set(heard.map(({ side }) => side)).size === 2 && heard.length > 9);
    expect(kinds(events)).toEqual(['connected']);
    for (const { symbol, side, timeMs, usd } of heard) {
      const s = SYMBOLS.indexOf(symbol);
      const t = Math.floor((timeMs - (TABLE.openTimesMs[0] ?? NaN)) / HOUR_MS);
      const candles = TABLE.candles[s];
      expect(timeMs).toBeGreaterThan(NOW_MS);
      const price = (side === 'long' ? candles?.low : candles?.high)?.[t] ?? NaN;
      // The exchange of the tests closes a thousandth of the bar's volume, in lots.
      const usdThere = (candles?.volume[t] ?? NaN) * 0.001 * price;
      expect(Math.abs(usd / usdThere - 1)).toBeLessThan(0.05);
    }
  });

  it('are heard once each, whatever the stream repeats and mixes up', async () => {
    const calm = await watching();
    await calm.moveUntil('many came', () => calm.heard.length >= 30);
    const expected = names(calm.heard);
    await watch?.close();
    await calm.close();
    const { exchange, heard, moveUntil } = await watching();
    exchange.faults.add({ kind: 'message-duplicate' }, { probability: 0.4 });
    exchange.faults.add({ kind: 'message-reorder' }, { probability: 0.4 });
    exchange.faults.add({ kind: 'message-wrong-symbol' }, { times: 1, probability: 0.2 });
    exchange.faults.add({ kind: 'message-truncated' }, { times: 1, probability: 0.2 });
    await moveUntil('many came', () => heard.length >= 30);
    expect(new Set(names(heard)).size).toBe(heard.length);
    // Two messages were spoilt, and one may be on its way.
    const there = new Set(names(heard));
    expect(expected.filter((name) => !there.has(name)).length).toBeLessThanOrEqual(3);
  });

  it('go on after the venue has ended the connection, and that is told', async () => {
    const { exchange, venue, heard, events, moveUntil } = await watching();
    exchange.faults.add({ kind: 'stream-refused', status: 503 }, { times: 2 });
    exchange.closeStreams();
    await until('it is opened again', () => kinds(events).includes('resubscribed'));
    expect(kinds(events)).toEqual(['connected', 'lost', 'lost', 'lost', 'resubscribed']);
    expect(venue.usage().reconnects).toBe(3);
    const before = heard.length;
    await moveUntil('more came', () => heard.length > before + 3);
  });

  it('are given up and asked for again where the connection does not answer, and not where nothing happens', async () => {
    const { exchange, events, alive } = await watching(3_000);
    const before = alive();
    // Nobody is closed while the clock of the exchange stands.
    await until('many answers came', () => alive() > before + 40);
    expect(kinds(events)).toEqual(['connected']);
    exchange.faults.add({ kind: 'stream-dead' }, { times: 1 });
    await until('it is opened again', () => kinds(events).includes('resubscribed'));
    expect(kinds(events)).toEqual(['connected', 'silent', 'resubscribed']);
  });

  it('have patience by the wall, however fast the clock of the market runs', async () => {
    const { events, alive } = await watching(30_000, {
      nowMs: () => Date.now() * 7200,
      async sleep(ms, signal) {
        await wait(ms / 7200, undefined, { signal }).catch(() => undefined);
      },
    });
    const before = alive();
    await until('many answers came', () => alive() > before + 10);
    expect(kinds(events)).toEqual(['connected']);
  });

  it('leave no connection behind when they are closed', async () => {
    const { exchange, venue } = await watching();
    await watch?.close();
    await venue.close();
    await until('no connection is left', () => exchange.connections() === 0);
  });

  it.each([
    { exchange: 'binance', instrument: 'spot' },
    { exchange: 'hyperliquid', instrument: 'perpetual' },
  ] as const)('are not there for $exchange $instrument', async (setup) => {
    setting = await openLocalSetting(setup);
    const listener = { onLiquidation: () => 0, onEvent: () => 0, onAlive: () => 0 };
    expect(setting.venue.watchLiquidations(['BTC/USDT'], listener)).toBeUndefined();
  });
});
