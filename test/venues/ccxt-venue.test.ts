import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { VenueFault } from '../../src/ports/venue.js';
import { listed } from '../support/local-exchange/venue-market.js';
import {
  NOW_MS,
  openLocalSetting,
  START_MS,
  TABLE,
  type LocalSetting,
  type LocalVenueSetup,
} from './local-venue.js';

let setting: LocalSetting | undefined;
afterEach(async () => {
  await setting?.close();
  setting = undefined;
});

async function open(setup?: LocalVenueSetup): Promise<LocalSetting> {
  setting = await openLocalSetting(setup);
  return setting;
}

const PERPETUAL = { instrument: 'perpetual' } as const;
const BTC = TABLE.candles[0];

describe.each([
  { exchange: 'binance', instrument: 'spot', quote: 'USDT' },
  { exchange: 'binance', instrument: 'perpetual', quote: 'USDT' },
  { exchange: 'hyperliquid', instrument: 'spot', quote: 'USDC' },
  { exchange: 'hyperliquid', instrument: 'perpetual', quote: 'USDC' },
] as const)('$exchange as $instrument', ({ quote: currency, ...setup }) => {
  const symbol = `BTC/${currency}`;

  it("tells the venue's clock and when it was asked", async () => {
    const { venue } = await open(setup);
    expect(await venue.time()).toEqual({ venueMs: NOW_MS, sentMs: NOW_MS, receivedMs: NOW_MS });
    expect(venue.usage().requests).toBe(1);
  });

  it('gives closed bars and the one that is forming, in one request', async () => {
    const { venue } = await open(setup);
    await venue.instruments([symbol]);
    const before = venue.usage().requests;
    const candles = await venue.candles(symbol, '1h', START_MS + 1_998 * HOUR_MS, 10);
    expect(candles.map(({ openMs }) => (openMs - START_MS) / HOUR_MS)).toEqual([1_998, 1_999, 2_000]);
    expect(candles[0]).toEqual({
      openMs: START_MS + 1_998 * HOUR_MS,
      open: BTC?.open[1_998],
      high: BTC?.high[1_998],
      low: BTC?.low[1_998],
      close: BTC?.close[1_998],
      volume: BTC?.volume[1_998],
    });
    expect(venue.usage().requests - before).toBe(1);
  });

  it('goes through long ranges page by page, each bar once', async () => {
    const { venue, exchange } = await open(setup);
    const candles = await venue.candles(symbol, '1h', START_MS, 1_700);
    expect(candles.map(({ openMs }) => openMs)).toEqual(
      Array.from({ length: 1_700 }, (_, i) => START_MS + i * HOUR_MS),
    );
    const asked = exchange.requests().filter(({ path, body }) => path.endsWith('/klines') || isCandles(body));
    expect(asked).toHaveLength(setup.exchange === 'binance' ? 2 : 4);
  });

  it('leaves a gap where the venue has no bars, and goes on behind it', async () => {
    const { venue, exchange } = await open(setup);
    exchange.hide(
      setup.instrument === 'spot' ? symbol : `${symbol}:${currency}`,
      START_MS + 5 * HOUR_MS,
      START_MS + 1_500 * HOUR_MS,
    );
    const candles = await venue.candles(symbol, '1h', START_MS, 10);
    expect(candles.map(({ openMs }) => (openMs - START_MS) / HOUR_MS)).toEqual([
      0, 1, 2, 3, 4, 1_500, 1_501, 1_502, 1_503, 1_504,
    ]);
  });

  it('asks once, not page by page, for what is after now: the clock here may be the one that is wrong', async () => {
    const { venue } = await open(setup);
    await venue.instruments([symbol]);
    const before = venue.usage().requests;
    expect(await venue.candles(symbol, '1h', NOW_MS + 3 * HOUR_MS, 3_000)).toEqual([]);
    expect(venue.usage().requests).toBe(before + 1);
  });

  it('gives the best prices', async () => {
    const { venue } = await open(setup);
    const quote = await venue.quote(symbol);
    expect(quote.symbol).toBe(symbol);
    expect(quote.ask).toBeGreaterThan(quote.bid);
    // Best prices of Binance's spot market have no time.
    const hasTime = setup.exchange !== 'binance' || setup.instrument !== 'spot';
    expect(quote).toMatchObject({ timeMs: hasTime ? NOW_MS : undefined, receivedMs: NOW_MS });
  });

  it('is asked as often as `usage` says, with the weight that the venue counts or a little more', async () => {
    const { venue, exchange } = await open(setup);
    await venue.time();
    await venue.instruments([symbol]);
    await venue.candles(symbol, '1h', START_MS, 1_200);
    await venue.funding(symbol, START_MS);
    await venue.readings(symbol);
    const { requests, weight } = exchange.totals();
    expect(venue.usage().requests).toBe(requests);
    expect(venue.usage().weight).toBeGreaterThanOrEqual(weight);
    expect(venue.usage().weight).toBeLessThanOrEqual(1.5 * weight);
  });

  it('names the nearest of an unknown symbol', async () => {
    const { venue } = await open(setup);
    const fault = await venue.quote(`BTX/${currency}`).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(VenueFault);
    expect(fault).toMatchObject({
      kind: 'unknown-symbol',
      message: expect.stringContaining(`the nearest is "${symbol}"`) as string,
    });
  });
});

function isCandles(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'type' in body && body.type === 'candleSnapshot';
}

describe('instruments', () => {
  it('of spot: steps, least order and fees', async () => {
    const { venue } = await open();
    expect(await venue.instruments(['ETH/USDT', 'BTC/USDT'])).toEqual(
      ['ETH/USDT', 'BTC/USDT'].map((symbol) => ({
        instrument: {
          symbol,
          type: 'spot',
          lotSize: 0.00001,
          minNotionalUsd: 5,
          maxLeverage: 1,
          marginTiers: [],
        },
        tickSize: 0.01,
        contractSize: 1,
        status: 'trading',
        takerFeeBps: 10,
        makerFeeBps: 10,
      })),
    );
  });

  it('of perpetuals: the usual margin tiers where the venue wants a key for its own, and that is said once', async () => {
    const { venue, said } = await open(PERPETUAL);
    const [btc, eth] = await venue.instruments(['BTC/USDT', 'ETH/USDT']);
    expect(btc?.instrument).toMatchObject({ symbol: 'BTC/USDT', type: 'perpetual', lotSize: 0.001 });
    expect(btc?.instrument.marginTiers[0]).toEqual({ upToNotionalUsd: 50_000, maintenanceFraction: 0.005 });
    expect(eth?.instrument.marginTiers).toEqual(btc?.instrument.marginTiers);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('only with a key');
  });

  it('of Hyperliquid: maintenance is half of the margin at the largest leverage', async () => {
    const { venue, said } = await open({ exchange: 'hyperliquid', instrument: 'perpetual' });
    const [btc] = await venue.instruments(['BTC/USDC']);
    expect(btc?.instrument).toMatchObject({
      maxLeverage: 125,
      marginTiers: [{ upToNotionalUsd: 1e15, maintenanceFraction: 1 / 250 }],
    });
    expect(btc).toMatchObject({ takerFeeBps: 4.5, makerFeeBps: 1.5, status: 'trading' });
    expect(said).toEqual([]);
  });

  it('of Hyperliquid are delisted when it says so', async () => {
    const { venue, exchange } = await open({ exchange: 'hyperliquid', instrument: 'perpetual' });
    exchange.setStatus('BTC/USDC:USDC', 'delisted');
    expect(await venue.instruments(['BTC/USDC'])).toMatchObject([{ status: 'delisted' }]);
  });

  it.each(['trading', 'halted'] as const)('are %s when the venue says so', async (status) => {
    const { venue, exchange } = await open();
    exchange.setStatus('BTC/USDT', status);
    expect(await venue.instruments(['BTC/USDT'])).toMatchObject([{ status }]);
  });

  it('are delisted when the venue says that a perpetual is being settled', async () => {
    const { venue, exchange } = await open(PERPETUAL);
    exchange.setStatus('BTC/USDT:USDT', 'delisted');
    expect(await venue.instruments(['BTC/USDT'])).toMatchObject([{ status: 'delisted' }]);
  });

  it('that vanish from the list are delisted, and their candles are asked for no more', async () => {
    const markets = ['BTC/USDT', 'ETH/USDT'].map((symbol) => listed(symbol));
    const { venue } = await open({ markets });
    const before = await venue.instruments(['BTC/USDT', 'ETH/USDT']);
    markets.shift();
    const after = await venue.instruments(['BTC/USDT', 'ETH/USDT']);
    expect(after).toEqual([{ ...before[0], status: 'delisted' }, before[1]]);
    await expect(venue.candles('BTC/USDT', '1h', START_MS, 5)).rejects.toMatchObject({
      kind: 'unknown-symbol',
      message: 'binance: BTC/USDT is no longer listed',
    });
  });
});

describe('funding and open interest', () => {
  it('are not there for spot', async () => {
    const { venue } = await open();
    expect(await venue.funding('BTC/USDT', START_MS)).toEqual([]);
    expect((await venue.readings('BTC/USDT')).map(({ series }) => series)).toEqual(['bid', 'ask']);
  });

  it('come with the times at which they were settled', async () => {
    const { venue } = await open(PERPETUAL);
    const rates = await venue.funding('BTC/USDT', START_MS + HOUR_MS);
    expect(rates.length).toBeGreaterThan(100);
    expect(rates[0]?.timeMs).toBe(START_MS + 8 * HOUR_MS);
    expect(rates.every(({ timeMs }, i) => i === 0 || timeMs > (rates[i - 1]?.timeMs ?? 0))).toBe(true);
    expect(rates.at(-1)?.timeMs).toBeLessThanOrEqual(NOW_MS);
  });

  it('E-13: open interest is in USD, not in coins', async () => {
    const { venue, exchange } = await open(PERPETUAL);
    const readings = await venue.readings('BTC/USDT');
    expect(readings.map(({ series }) => series)).toEqual(['bid', 'ask', 'openInterestUsd']);
    const [bid = 0, ask = 0, usd = 0] = readings.map(({ value }) => value);
    const raw = await fetch(`${exchange.url}/fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT`);
    const { openInterest } = (await raw.json()) as { openInterest: string };
    expect(usd).toBeCloseTo(Number(openInterest) * ((bid + ask) / 2), 6);
    expect(usd).not.toBeCloseTo(Number(openInterest), 0);
  });

  it('are there at Hyperliquid too, hour by hour and in USD', async () => {
    const { venue } = await open({ exchange: 'hyperliquid', instrument: 'perpetual' });
    const rates = await venue.funding('BTC/USDC', START_MS);
    expect(rates.length).toBeGreaterThan(1_990);
    expect(rates.slice(1).every(({ timeMs }, i) => timeMs - (rates[i]?.timeMs ?? 0) === HOUR_MS)).toBe(true);
    expect((await venue.readings('BTC/USDC')).map(({ series }) => series)).toContain('openInterestUsd');
  });
});
