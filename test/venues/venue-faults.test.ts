import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/domain/time.js';
import type { VenueFault, VenueFaultKind } from '../../src/ports/venue.js';
import type { Fault } from '../support/local-exchange/faults.js';
import {
  NOW_MS,
  openLocalSetting,
  START_MS,
  type LocalSetting,
  type LocalVenueSetup,
} from './local-venue.js';

let setting: LocalSetting | undefined;
afterEach(async () => {
  await setting?.close();
  setting = undefined;
});

/** With the list of markets loaded, so that the next request is the one that was asked for. */
async function open(setup?: LocalVenueSetup): Promise<LocalSetting> {
  setting = await openLocalSetting(setup);
  await setting.venue.instruments(['BTC/USDT']);
  return setting;
}

const ATTEMPTS = 4;
const askCandles = ({ venue }: LocalSetting): Promise<unknown> =>
  venue.candles('BTC/USDT', '1h', START_MS, 5);

async function faultOf(asked: Promise<unknown>): Promise<VenueFault> {
  const outcome = await asked.then(
    () => undefined,
    (error: unknown) => error as VenueFault,
  );
  if (outcome === undefined) throw new Error('an answer, and a fault was expected');
  return outcome;
}

const CASES: readonly { fault: Fault; kind: VenueFaultKind; attempts: number }[] = [
  { fault: { kind: 'rate-limited', retryAfterS: 3 }, kind: 'rate-limited', attempts: ATTEMPTS },
  { fault: { kind: 'rate-limited', retryAfterS: 600 }, kind: 'rate-limited', attempts: 1 },
  { fault: { kind: 'banned', retryAfterS: 300 }, kind: 'banned', attempts: 1 },
  { fault: { kind: 'server-error', status: 502 }, kind: 'unavailable', attempts: ATTEMPTS },
  { fault: { kind: 'server-error', status: 503 }, kind: 'unavailable', attempts: ATTEMPTS },
  { fault: { kind: 'no-answer' }, kind: 'timeout', attempts: ATTEMPTS },
  { fault: { kind: 'stalled-body' }, kind: 'timeout', attempts: ATTEMPTS },
  { fault: { kind: 'slow-answer', delayMs: 5_000 }, kind: 'timeout', attempts: ATTEMPTS },
  { fault: { kind: 'connection-reset' }, kind: 'unreachable', attempts: ATTEMPTS },
  { fault: { kind: 'html-answer' }, kind: 'bad-reply', attempts: ATTEMPTS },
  { fault: { kind: 'html-answer', status: 503 }, kind: 'unavailable', attempts: ATTEMPTS },
  { fault: { kind: 'truncated-json' }, kind: 'bad-reply', attempts: ATTEMPTS },
];

/** A machine with much to do answers late: only faults that are about time have a short one. */
function patience(kind: VenueFaultKind): LocalVenueSetup {
  return kind === 'timeout' ? { settings: { timeoutMs: 600 } } : {};
}

describe.each(CASES)('candles when the venue has $fault', ({ fault, kind, attempts }) => {
  it(`are a fault "${kind}" after ${String(attempts)} requests, in words without page or query`, async () => {
    const opened = await open(patience(kind));
    opened.exchange.faults.add(fault, { only: /klines/ });
    const before = opened.venue.usage();
    const found = await faultOf(askCandles(opened));
    expect(found.kind).toBe(kind);
    expect(found.message).toMatch(/^binance: /);
    expect(found.message).not.toMatch(/[<>?]|symbol=/);
    expect(found.message.length).toBeLessThan(300);
    const after = opened.venue.usage();
    expect(after.requests - before.requests).toBe(attempts);
    expect((after.faults[kind] ?? 0) - (before.faults[kind] ?? 0)).toBe(attempts);
  });
});

describe.each(CASES.filter(({ attempts }) => attempts > 1))(
  'candles when the venue has $fault for a while',
  ({ fault, kind }) => {
    it('come in the end, and each time was waited for longer', async () => {
      const opened = await open(patience(kind));
      const placed = opened.exchange.faults.add(fault, { only: /klines/, times: ATTEMPTS - 1 });
      const slept = opened.sleptMs.length;
      expect(await askCandles(opened)).toHaveLength(5);
      expect(placed.hits()).toBe(ATTEMPTS - 1);
      const pauses = opened.sleptMs.slice(slept).filter((ms) => [250, 500, 1_000].includes(ms));
      expect(pauses).toEqual([250, 500, 1_000]);
    });
  },
);

describe('a venue that asks for patience', () => {
  it('is asked again after that, not before', async () => {
    const opened = await open();
    opened.exchange.faults.add({ kind: 'rate-limited', retryAfterS: 17 }, { only: /klines/, times: 1 });
    await askCandles(opened);
    expect(opened.clock.now() - NOW_MS).toBeGreaterThanOrEqual(17_000);
    expect(opened.venue.usage().requests).toBe(3);
  });

  it('is left alone by everybody, and whoever would wait too long is told so without a request', async () => {
    const opened = await open();
    opened.exchange.faults.add({ kind: 'banned', retryAfterS: 3_600 }, { only: /klines/, times: 1 });
    await faultOf(askCandles(opened));
    const { requests } = opened.venue.usage();
    const told = await faultOf(opened.venue.quote('ETH/USDT'));
    expect(told).toMatchObject({ kind: 'banned', retryAfterMs: 3_600_000 });
    opened.clock.advance(600_000);
    const later = await faultOf(opened.venue.quote('ETH/USDT'));
    expect(later.message, 'a moment, not what is left until then').toBe(told.message);
    expect(later.message).toMatch(/not asked until \d{4}-\d\d-\d\d \d\d:\d\d UTC, because it has shut this/);
    expect(opened.venue.usage().requests).toBe(requests);
    opened.clock.advance(HOUR_MS);
    expect(await opened.venue.quote('ETH/USDT')).toMatchObject({ symbol: 'ETH/USDT' });
  });
});

describe('the limit of a venue', () => {
  it('is kept: of many requests none is refused, and some wait', async () => {
    const opened = await open();
    for (let asked = 0; asked < 700; asked++)
      await opened.venue.candles('BTC/USDT', '1h', NOW_MS - HOUR_MS, 1);
    const { faults, requests, weight } = opened.venue.usage();
    expect(faults).toEqual({});
    expect(requests).toBe(701);
    expect(weight).toBe(20 + 700 * 2);
  });

  it('counts what somebody else asks from the same address, as the venue tells it', async () => {
    const opened = await open();
    const before = opened.venue.usage().loadFraction ?? 0;
    for (let i = 0; i < 40; i++)
      await (await fetch(`${opened.exchange.url}/api.binance.com/api/v3/exchangeInfo`)).text();
    await askCandles(opened);
    expect((opened.venue.usage().loadFraction ?? 0) - before).toBeCloseTo((40 * 20 + 2) / 6_000, 9);
  });
});

describe('a venue that fails again and again', () => {
  it('is left alone for a while, then asked once, then as before', async () => {
    const opened = await open();
    const broken = opened.exchange.faults.add({ kind: 'server-error' }, { only: /klines/ });
    await faultOf(askCandles(opened));
    expect((await faultOf(askCandles(opened))).kind).toBe('unavailable');
    expect(opened.venue.usage()).toMatchObject({ circuit: 'open', faults: { unavailable: 6 } });

    const { requests } = opened.venue.usage();
    const untold = await faultOf(opened.venue.quote('BTC/USDT'));
    expect(untold.kind).toBe('circuit-open');
    expect(untold.message, 'with what has opened it').toMatch(/too often lately: GET .*has failed \(50\d\)/);
    expect(untold.retryAfterMs).toBeGreaterThan(0);
    expect(opened.venue.usage().requests).toBe(requests);

    opened.clock.advance(MINUTE_MS);
    expect((await faultOf(askCandles(opened))).kind).toBe('unavailable');
    expect(opened.venue.usage()).toMatchObject({ circuit: 'open', requests: requests + 1 });

    broken.remove();
    opened.clock.advance(MINUTE_MS);
    expect(await askCandles(opened)).toHaveLength(5);
    expect(opened.venue.usage().circuit).toBe('closed');
  });

  it('is unreachable when nobody listens any more', async () => {
    const opened = await open();
    await opened.exchange.close();
    const found = await faultOf(askCandles(opened));
    expect(found.kind).toBe('unreachable');
    expect(found.message).toContain('ECONNREFUSED');
  });

  it('times out when it takes connections and says nothing', async () => {
    setting = await openLocalSetting(patience('timeout'));
    setting.exchange.faults.add({ kind: 'half-open' });
    expect((await faultOf(setting.venue.time())).kind).toBe('timeout');
  });
});

describe('an answer about another symbol', () => {
  it.each(['quote', 'readings', 'funding'] as const)('is refused: %s', async (call) => {
    const opened = await open({ instrument: 'perpetual' });
    opened.exchange.faults.add({ kind: 'wrong-symbol' });
    const { venue } = opened;
    const asked = call === 'funding' ? venue.funding('BTC/USDT', START_MS) : venue[call]('BTC/USDT');
    expect((await faultOf(asked)).kind).toBe('bad-reply');
  });
});

describe('a venue that is closed', () => {
  it('answers nobody any more, also not those who were waiting', async () => {
    const opened = await open({
      settings: {
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => {
              resolve();
            });
          }),
      },
    });
    opened.exchange.faults.add({ kind: 'no-answer' }, { only: /klines/ });
    opened.exchange.faults.add({ kind: 'rate-limited', retryAfterS: 100 }, { only: /bookTicker/ });
    const asked = [
      ...Array.from({ length: 6 }, () => askCandles(opened)),
      opened.venue.quote('BTC/USDT'),
      opened.venue.quote('ETH/USDT'),
    ].map(faultOf);
    await opened.venue.close();
    for (const fault of await Promise.all(asked)) expect(['refused', 'unreachable']).toContain(fault.kind);
    const { requests } = opened.venue.usage();
    expect((await faultOf(opened.venue.time())).message).toBe('binance: closed');
    expect(opened.venue.usage().requests).toBe(requests);
  });
});

describe("the venue's clock", () => {
  it('is told as it is when it differs by minutes', async () => {
    const opened = await open();
    opened.exchange.faults.add({ kind: 'clock-skew', skewMs: -3 * MINUTE_MS });
    const { venueMs, sentMs, receivedMs } = await opened.venue.time();
    expect(venueMs).toBe(NOW_MS - 3 * MINUTE_MS);
    expect([sentMs, receivedMs]).toEqual([NOW_MS, NOW_MS]);
  });

  it('is told with the times of the request that was answered, not of those before it', async () => {
    const opened = await open();
    opened.exchange.faults.add({ kind: 'server-error' }, { times: 2 });
    const { venueMs, sentMs } = await opened.venue.time();
    expect(sentMs).toBeGreaterThan(NOW_MS);
    expect(venueMs).toBe(sentMs);
  });
});
