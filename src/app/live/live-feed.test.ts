import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from '../../../test/support/made-market.js';
import { type VenueTroubles, madeClock, madeVenue } from '../../../test/support/made-venue.js';
import { openMarketLog } from '../../adapters/storage/sqlite-market-log.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { DAY_MS, HOUR_MS } from '../../core/domain/time.js';
import { DEFAULT_DOUBT_RULES } from '../../core/feed/second-opinion.js';
import { DEFAULT_SETTLE_RULES } from '../../core/feed/settle-bar.js';
import { generateMarket } from '../../core/market/generate-market.js';
import type { MarketLog } from '../../ports/market-log.js';
import { VenueFault } from '../../ports/venue.js';
import type { LiveFeedSetup } from './feed-memory.js';
import { openLiveFeed } from './live-feed.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const WARMUP = 30;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function marketOf(hours: number, perpetual = false): MarketTable {
  return generateMarket({
    seed: 3,
    symbols: SYMBOLS,
    timeframe: '1h',
    startMs: START_MS,
    length: hours,
    perpetual,
  });
}

interface Followed {
  readonly log: MarketLog;
  readonly table: MarketTable;
  readonly told: readonly string[];
  readonly requests: readonly string[];
  readonly lagsMs: readonly number[];
  close(): Promise<void>;
}

/** Follows a market from its hour WARMUP on, to its last closed bar. */
async function follow(
  whole: MarketTable,
  troubles: VenueTroubles = {},
  second?: VenueTroubles,
  sleepsAt?: { readonly hour: number; readonly hours: number },
  diesAfterMs?: number,
): Promise<Followed> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-feed-'));
  folders.push(folder);
  const log = openMarketLog(folder);
  const fromMs = START_MS + WARMUP * HOUR_MS;
  const clock = madeClock(fromMs + 3000);
  const venue = madeVenue(whole, clock, troubles);
  log.begin({
    exchange: 'made',
    timeframe: '1h',
    symbols: whole.symbols,
    instruments: whole.instruments,
    firstOpenMs: START_MS,
  });
  const told: string[] = [];
  const lagsMs: number[] = [];
  const endMs = START_MS + whole.length * HOUR_MS;
  let dies = diesAfterMs !== undefined;
  /** Once, when the slot that opens then has been written. */
  const dying: MarketLog = {
    ...log,
    append(slots, ...rest) {
      log.append(slots, ...rest);
      if (!dies || slots.at(-1)?.openMs !== diesAfterMs) return;
      dies = false;
      throw new Error('died');
    },
  };
  const setup: LiveFeedSetup = {
    venue,
    second: second === undefined ? undefined : { ...madeVenue(whole, clock, second), name: 'other' },
    log: dying,
    clock,
    settle: DEFAULT_SETTLE_RULES,
    doubt: DEFAULT_DOUBT_RULES,
    fromMs,
    withReadings: troubles.readings !== undefined,
    keepReadingsMs: Infinity,
    stopRequested: () => clock.nowMs() > endMs + 30 * 60_000,
    told: (text) => told.push(text),
  };
  let feed = await openLiveFeed(setup);
  const next = async (): Promise<'grown' | 'stopped'> => {
    try {
      return await feed.next();
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'died') throw error;
      feed = await openLiveFeed(setup);
      return 'grown';
    }
  };
  while ((await next()) === 'grown') {
    const { lagMs } = feed.state();
    if (lagMs !== undefined) lagsMs.push(lagMs);
    if (sleepsAt !== undefined && feed.market.table.length === sleepsAt.hour)
      clock.set(clock.nowMs() + sleepsAt.hours * HOUR_MS);
    if (feed.market.table.length >= whole.length) break;
  }
  return {
    log,
    table: feed.market.table,
    told,
    requests: venue.requests,
    lagsMs,
    close: () => feed.close(),
  };
}

/** The same bars in the same slots, NaN and all. */
function expectSameBars(table: MarketTable, whole: MarketTable, length = whole.length): void {
  expect(table.length).toBe(length);
  whole.candles.forEach((candles, s) => {
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const)
      expect([...(table.candles[s]?.[field].subarray(0, length) ?? [])]).toEqual([
        ...candles[field].subarray(0, length),
      ]);
  });
}

describe('a live feed', () => {
  it("asks once per symbol and bar, after the close, and tells the venue's closed bars", async () => {
    const whole = marketOf(60);
    const { table, log, requests, told, lagsMs } = await follow(whole);
    expectSameBars(table, whole);
    expectSameBars(log.load().table, whole);
    expect(told).toEqual([]);
    // The history in one request each, then one for each of 30 bars; the last has no later one and is asked for twice.
    expect(requests.filter((line) => line === 'candles BTC/USDT')).toHaveLength(1 + 30 + 1);
    expect(Math.max(...lagsMs.slice(1, -1))).toBe(DEFAULT_SETTLE_RULES.settleMs);
    log.close();
  });

  it.each([-180_000, 240_000])(
    "measures a clock that is %i ms off and waits by the venue's",
    async (skewMs) => {
      const whole = marketOf(50);
      const { table, told } = await follow(whole, { skewMs });
      expectSameBars(table, whole);
      const minutes = Math.abs(skewMs) / 60_000;
      expect(told).toEqual([
        `this machine's clock is ${minutes.toFixed(0)} min ${skewMs > 0 ? 'behind' : 'ahead of'} that of made: the arena goes by made's`,
      ]);
    },
  );

  it('books funding of perpetuals into the bars in which it falls', async () => {
    const whole = marketOf(80, true);
    const { table, requests } = await follow(whole);
    const inReach = (times: Float64Array | undefined): number[] =>
      [...(times ?? [])].filter((ms) => ms < START_MS + 80 * HOUR_MS);
    whole.funding.forEach((series, s) => {
      expect([...(table.funding[s]?.timesMs ?? [])]).toEqual(inReach(series?.timesMs));
      expect(table.funding[s]?.rates.length).toBe(table.funding[s]?.timesMs.length);
    });
    const asked = requests.filter((line) => line === 'funding BTC/USDT').length;
    expect(asked).toBeLessThan(25);
  });

  it('plays a bar without funding that its venue tells late or never, lists it, and misses none after it', async () => {
    const whole = marketOf(110, true);
    const times = [...(whole.funding[0]?.timesMs ?? [])].filter(
      (ms) => ms > START_MS + (WARMUP + 1) * HOUR_MS,
    );
    const [lateMs = NaN, , neverMs = NaN, , outageMs = NaN, ...later] = times.filter(
      (ms) => ms < START_MS + 105 * HOUR_MS,
    );
    const { table, log, told } = await follow(whole, {
      toldFunding: (symbol, timeMs, nowMs) =>
        symbol !== 'BTC/USDT' || (timeMs !== neverMs && (timeMs !== lateMs || nowMs > lateMs + 2 * HOUR_MS)),
      fault: (call, symbol, nowMs) =>
        call === 'funding' && symbol === 'ETH/USDT' && nowMs > outageMs && nowMs < outageMs + 2 * HOUR_MS
          ? new VenueFault('unavailable', 'no rates today')
          : undefined,
    });
    expectSameBars(table, whole);
    expect(log.missed().map(({ openMs, symbol, reason }) => ({ openMs, symbol, reason }))).toEqual([
      { openMs: lateMs, symbol: 0, reason: 'no-funding' },
      { openMs: neverMs, symbol: 0, reason: 'no-funding' },
      { openMs: outageMs, symbol: 1, reason: 'no-funding' },
    ]);
    const rateAt = (symbol: number, ms: number): number =>
      whole.funding[symbol]?.rates[[...(whole.funding[symbol]?.timesMs ?? [])].indexOf(ms)] ?? NaN;
    expect(log.lateFunding()).toEqual([
      { symbol: 0, timeMs: lateMs, rate: rateAt(0, lateMs) },
      { symbol: 1, timeMs: outageMs, rate: rateAt(1, outageMs) },
    ]);
    const chargedTo = (symbol: number, market: MarketTable): number[] => [
      ...(market.funding[symbol]?.timesMs ?? []),
    ];
    expect(chargedTo(0, table)).not.toContain(lateMs);
    expect(chargedTo(0, log.corrected())).toContain(lateMs);
    for (const ms of later) expect(chargedTo(0, table), 'the rhythm is kept').toContain(ms);
    expect(told.join('\n')).toContain('funding came late and was not charged: BTC/USDT');
    expect(log.load().table.funding).toEqual(table.funding);
  });

  it('notices a rate that comes after the next ones, and asks ever more rarely for one that never does', async () => {
    const whole = marketOf(150, true);
    const times = [...(whole.funding[0]?.timesMs ?? [])].filter(
      (ms) => ms > START_MS + (WARMUP + 1) * HOUR_MS,
    );
    const [lateMs = NaN, neverMs = NaN] = times;
    const held = (untilMs: number): VenueTroubles => ({
      toldFunding: (symbol, timeMs, nowMs) =>
        symbol === 'ETH/USDT' ? timeMs !== neverMs : timeMs !== lateMs || nowMs > untilMs,
    });
    const diesMs = START_MS + 140 * HOUR_MS;
    const { table, log, told, requests } = await follow(
      whole,
      held(lateMs + 50 * HOUR_MS),
      undefined,
      undefined,
      diesMs,
    );
    expect(log.lateFunding()).toMatchObject([
      { symbol: 0, timeMs: lateMs },
      { symbol: 2, timeMs: lateMs },
    ]);
    expect(told.filter((line) => line.startsWith('funding came late'))).toHaveLength(2);
    const timesOf = (market: MarketTable): number[] => [...(market.funding[0]?.timesMs ?? [])];
    expect(timesOf(table)).not.toContain(lateMs);
    expect(timesOf(log.corrected())).toEqual(
      timesOf(whole).filter((ms) => ms < START_MS + whole.length * HOUR_MS),
    );
    expect(log.load().table.funding).toEqual(table.funding);
    // Bars are asked for as well while a round waits for its rate; what is more are looks after 4, 8, 16, 32 and 64 bars, and one anew.
    const { requests: usual } = await follow(whole);
    const more = (line: string): number =>
      [requests, usual].map((all) => all.filter((one) => one === line).length).reduce((a, b) => a - b);
    const looks = SYMBOLS.map((symbol) => more(`funding ${symbol}`) - more(`candles ${symbol}`));
    expect(looks).toEqual([5, 6, 5]);
  });

  it('catches up after a sleep, in order, without missing what the venue still has', async () => {
    const whole = marketOf(90);
    const { table, log, told } = await follow(whole, {}, undefined, { hour: 45, hours: 20 });
    expectSameBars(table, whole);
    expect(log.missed()).toEqual([]);
    expect(told).toEqual([]);
  });

  it('plays on without a bar that the venue does not have, says so, and notes it when it comes late', async () => {
    const whole = marketOf(60);
    const lateMs = START_MS + 40 * HOUR_MS;
    const goneMs = START_MS + 45 * HOUR_MS;
    const { table, log, told } = await follow(whole, {
      told: (symbol, openMs, bar, nowMs) => {
        if (symbol === 'ETH/USDT' && openMs === lateMs && nowMs < lateMs + 2.2 * HOUR_MS) return undefined;
        return symbol === 'SOL/USDT' && openMs === goneMs ? undefined : bar;
      },
    });
    expect(table.candles[1]?.close[40]).toBeNaN();
    expect(table.candles[2]?.close[45]).toBeNaN();
    expect(log.missed().map(({ openMs, symbol, reason }) => ({ openMs, symbol, reason }))).toEqual([
      { openMs: lateMs, symbol: 1, reason: 'no-bar' },
      { openMs: goneMs, symbol: 2, reason: 'no-bar' },
    ]);
    expect(log.corrections().map(({ openMs, symbol, kind }) => ({ openMs, symbol, kind }))).toEqual([
      { openMs: lateMs, symbol: 1, kind: 'late' },
    ]);
    expect(log.corrected().candles[1]?.close[40]).toBe(whole.candles[1]?.close[40]);
    expect(told.join('\n')).toContain('missed ETH/USDT');
  });

  it('notices a bar that comes many bars late, and asks ever more rarely for one that never does', async () => {
    const whole = marketOf(130);
    const lateMs = START_MS + 40 * HOUR_MS;
    const neverMs = START_MS + 45 * HOUR_MS;
    const { log, told, requests } = await follow(whole, {
      told: (symbol, openMs, bar, nowMs) => {
        if (symbol === 'ETH/USDT' && openMs === lateMs && nowMs < lateMs + 13 * HOUR_MS) return undefined;
        return symbol === 'SOL/USDT' && openMs === neverMs ? undefined : bar;
      },
    });
    expect(log.corrections().map(({ openMs, symbol, kind }) => ({ openMs, symbol, kind }))).toEqual([
      { openMs: lateMs, symbol: 1, kind: 'late' },
    ]);
    expect(log.corrected().candles[1]?.close[40]).toBe(whole.candles[1]?.close[40]);
    expect(told).toContain('came late: ETH/USDT 2025-01-07T16:00Z, its round was played without it');
    const asked = (symbol: string): number => requests.filter((line) => line === `candles ${symbol}`).length;
    // Both are waited for at first; then after 4, 8 and 16 bars the late one, after 4, 8, 16, 32 and 64 the other.
    expect(asked('SOL/USDT') - asked('ETH/USDT')).toBe(5 - 3);
    expect(asked('ETH/USDT') - asked('BTC/USDT')).toBeLessThan(12);
  });

  it('asks again after it was started anew, and takes no other symbol for the late bar', async () => {
    const whole = marketOf(90);
    const lateMs = START_MS + 40 * HOUR_MS;
    const isAsked = (nowMs: number): boolean => nowMs > START_MS + 46 * HOUR_MS;
    const { log } = await follow(
      whole,
      {
        told: (symbol, openMs, bar, nowMs) =>
          symbol === 'ETH/USDT' && openMs === lateMs && nowMs < START_MS + 45.5 * HOUR_MS ? undefined : bar,
        instead: (symbol, nowMs) =>
          symbol === 'ETH/USDT' && isAsked(nowMs) && nowMs < START_MS + 46.05 * HOUR_MS ? 'SOL/USDT' : symbol,
      },
      undefined,
      undefined,
      START_MS + 45 * HOUR_MS,
    );
    const { close } = whole.candles[1] ?? {};
    expect(log.corrections()).toHaveLength(1);
    expect(log.corrections()[0]).toMatchObject({ openMs: lateMs, kind: 'late', bar: { close: close?.[40] } });
  });

  it('keeps what its round used when a bar is revised, and notes the revision once', async () => {
    const whole = marketOf(60);
    const openMs = START_MS + 42 * HOUR_MS;
    const { table, log } = await follow(whole, {
      told: (symbol, slotMs, bar, nowMs) =>
        symbol === 'BTC/USDT' &&
        slotMs === openMs &&
        nowMs < openMs + 1.5 * HOUR_MS &&
        nowMs > openMs + HOUR_MS
          ? { ...bar, close: bar.low }
          : bar,
    });
    const { low, close } = whole.candles[0] ?? {};
    expect(table.candles[0]?.close[42]).toBe(low?.[42]);
    expect(log.corrections()).toHaveLength(1);
    expect(log.corrections()[0]).toMatchObject({
      openMs,
      symbol: 0,
      kind: 'revised',
      bar: { close: close?.[42] },
    });
    expect(log.corrected().candles[0]?.close[42]).toBe(close?.[42]);
  });

  it('waits for a venue that is gone for hours, and then misses nothing', async () => {
    const whole = marketOf(70);
    const fromMs = START_MS + 40.5 * HOUR_MS;
    const { table, log, told } = await follow(whole, {
      fault: (call, _symbol, nowMs) =>
        call === 'candles' && nowMs > fromMs && nowMs < fromMs + 7 * HOUR_MS
          ? new VenueFault('unreachable', 'nobody there')
          : undefined,
    });
    expectSameBars(table, whole);
    expect(log.missed()).toEqual([]);
    // One line for all symbols, and again after an hour and two more; not one for every try.
    expect(told).toEqual([
      'nobody there; no symbol is answered: rounds wait',
      expect.stringMatching(/^for (60|61) min now: nobody there/),
      expect.stringMatching(/^for 3\.0 h now: nobody there/),
      expect.stringMatching(/^made answers again after 6\.\d h$/),
    ]);
  });

  it('says of an outage nothing by symbol, not even when one request has found out that it is over', async () => {
    const fromMs = START_MS + 40.5 * HOUR_MS;
    const backMs = fromMs + 5 * HOUR_MS;
    const { told } = await follow(marketOf(60), {
      fault: (call, symbol, nowMs) => {
        if (nowMs < fromMs || nowMs > backMs + (symbol === 'BTC/USDT' ? 0 : 90_000)) return undefined;
        return call === 'candles' || (call === 'time' && nowMs < backMs)
          ? new VenueFault('circuit-open', 'not asked, because nobody was there')
          : undefined;
      },
    });
    expect(told.filter((line) => line.includes('/USDT'))).toEqual([]);
    expect(told.filter((line) => line.includes('the clock')).length, 'part of the outage').toBeLessThan(3);
    expect(told.at(-1)).toMatch(/^made answers again after \d\.\d h$/);
  });

  it('misses nothing when one request finds out that the venue is back and the others are answered later', async () => {
    const whole = marketOf(70);
    const fromMs = START_MS + 40.5 * HOUR_MS;
    const backMs = fromMs + 5 * HOUR_MS;
    const { table, log } = await follow(whole, {
      fault: (call, symbol, nowMs) =>
        call === 'candles' && nowMs > fromMs && nowMs < backMs + (symbol === 'BTC/USDT' ? 0 : 60_000)
          ? new VenueFault('circuit-open', 'not asked')
          : undefined,
    });
    expect(log.missed()).toEqual([]);
    expectSameBars(table, whole);
  });

  it.each([
    { name: 'goes back', before: 0, after: -180_000 },
    { name: 'is put right', before: 240_000, after: 0 },
  ])('takes no open bar for a closed one when the clock of the venue $name', async ({ before, after }) => {
    const whole = marketOf(60);
    const atMs = START_MS + 44.5 * HOUR_MS;
    const skewMs = (clockMs: number): number => (clockMs < atMs ? before : after);
    // It wakes in the middle of an hour and looks at the clock then: at the next close that is not an hour ago.
    const { table, log, told } = await follow(whole, { skewMs }, undefined, { hour: 43, hours: 1.3 });
    expectSameBars(table, whole);
    expect(told.at(-1)).toContain(after === 0 ? 'agrees with that of made again' : "this machine's clock is");
    expect(log.corrections()).toEqual([]);
  });

  it('settles nothing by a clock that is days ahead until the venue has told its own', async () => {
    const whole = marketOf(60);
    let tries = 0;
    const { table, log, told } = await follow(whole, {
      skewMs: -2 * DAY_MS,
      fault: (call) =>
        call === 'time' && ++tries <= 20 ? new VenueFault('unavailable', 'no time today') : undefined,
    });
    expect(told).toEqual([
      'the clock of made: no time today; rounds wait until it is known',
      expect.stringMatching(/^this machine's clock is 48\.0 h ahead of/),
      expect.stringMatching(/^the clock of made: known again after \d\.?\d* min$/),
    ]);
    expect(table.length, 'what has closed by the clock of the venue').toBe(12);
    expectSameBars(table, whole, table.length);
    expectSameBars(log.load().table, whole, table.length);
  });

  it.each([1, 3])(
    'settles only what a later bar confirms while the clock was set ahead and cannot be read, %i symbols',
    async (symbols) => {
      const whole = marketOf(70);
      const setMs = START_MS + 43.5 * HOUR_MS;
      const { table, log } = await follow(
        whole,
        {
          skewMs: (clockMs) => (clockMs < setMs ? 0 : -6 * HOUR_MS),
          fault: (call, _symbol, nowMs) =>
            call === 'time' && nowMs > START_MS + 42.5 * HOUR_MS && nowMs < START_MS + 46.5 * HOUR_MS
              ? new VenueFault('unavailable', 'no time today')
              : undefined,
          // The newest bar of a symbol that is traded once in a while: no later one for half an hour.
          told: (symbol, openMs, bar, nowMs) =>
            SYMBOLS.indexOf(symbol) < symbols && nowMs < openMs + HOUR_MS / 2 ? undefined : bar,
        },
        undefined,
        { hour: 43, hours: 6 },
      );
      expect(log.missed()).toEqual([]);
      expectSameBars(table, whole, table.length);
      expect(table.length).toBe(64);
      expect(log.corrections()).toEqual([]);
    },
  );

  it("asks again when a symbol's answer is that of another one, and changes nothing that was played", async () => {
    const whole = marketOf(60);
    const fromMs = START_MS + 44.5 * HOUR_MS;
    const { table, log, told } = await follow(whole, {
      instead: (symbol, nowMs) =>
        symbol === 'BTC/USDT' && nowMs > fromMs && nowMs < fromMs + HOUR_MS / 2 + 20_000
          ? 'ETH/USDT'
          : symbol,
    });
    expectSameBars(table, whole);
    expect(log.missed()).toEqual([]);
    expect(log.corrections()).toEqual([]);
    expect(told.join('\n')).toMatch(/candles of BTC\/USDT: .* the answer for another symbol/);
  });

  it('believes a symbol again whose venue has changed every price that it ever had', async () => {
    const whole = marketOf(60);
    const fromMs = START_MS + 44 * HOUR_MS;
    const { table, log } = await follow(whole, {
      told: (symbol, _openMs, { open, high, low, close, volume }, nowMs) => {
        const of = (price: number): number => (symbol === 'SOL/USDT' && nowMs > fromMs ? price / 10 : price);
        return { open: of(open), high: of(high), low: of(low), close: of(close), volume };
      },
    });
    // Three bars until answers reach back to none that was played, and one that is not believed at once.
    expect(log.missed().map(({ symbol, reason }) => ({ symbol, reason }))).toEqual([
      ...Array.from({ length: 3 }, () => ({ symbol: 2, reason: 'unanswered' })),
      { symbol: 2, reason: 'quarantined' },
    ]);
    expect(table.candles[2]?.close[48]).toBe((whole.candles[2]?.close[48] ?? NaN) / 10);
  });

  it('notes what came late together with the bars it came with: a death in between loses neither', async () => {
    const whole = marketOf(60);
    const lateMs = START_MS + 40 * HOUR_MS;
    const troubles: VenueTroubles = {
      // It comes with the last answer that reaches back to it.
      told: (symbol, openMs, bar, nowMs) =>
        symbol === 'ETH/USDT' && openMs === lateMs && nowMs < lateMs + 3.5 * HOUR_MS ? undefined : bar,
    };
    const { log } = await follow(whole, troubles, undefined, undefined, START_MS + 43 * HOUR_MS);
    expect(log.corrections()).toMatchObject([{ openMs: lateMs, symbol: 1, kind: 'late' }]);
  });

  it('does not keep the others waiting for one symbol longer than its patience', async () => {
    const whole = marketOf(60);
    const fromMs = START_MS + 41 * HOUR_MS;
    const { log, lagsMs } = await follow(whole, {
      fault: (call, symbol, nowMs) =>
        call === 'candles' && symbol === 'SOL/USDT' && nowMs > fromMs && nowMs < fromMs + 2 * HOUR_MS
          ? new VenueFault('unavailable', 'five hundred')
          : undefined,
    });
    expect(log.missed().every(({ reason, symbol }) => reason === 'unanswered' && symbol === 2)).toBe(true);
    expect(log.missed()).toHaveLength(2);
    expect(Math.max(...lagsMs.slice(1))).toBeLessThan(DEFAULT_SETTLE_RULES.patienceMs + 20_000);
    // They came in the end.
    expect(log.corrections().map(({ kind }) => kind)).toEqual(['late', 'late']);
  });

  it('does not believe a jump that nobody else saw until the next bar stands there', async () => {
    const whole = marketOf(60);
    const spikeMs = START_MS + 44 * HOUR_MS;
    const spike = await follow(whole, {
      told: (symbol, openMs, bar) =>
        symbol === 'BTC/USDT' && openMs === spikeMs
          ? { ...bar, high: bar.high * 3, close: bar.high * 3 }
          : bar,
    });
    expect(spike.table.candles[0]?.close[44]).toBeNaN();
    expect(spike.log.missed()).toMatchObject([{ openMs: spikeMs, symbol: 0, reason: 'quarantined' }]);
    expect(spike.log.corrections()).toEqual([]);

    const step = await follow(whole, {
      told: (symbol, openMs, bar) => {
        if (symbol !== 'BTC/USDT' || openMs < spikeMs) return bar;
        const of = (price: number): number => price * 2;
        return {
          open: of(bar.open),
          high: of(bar.high),
          low: of(bar.low),
          close: of(bar.close),
          volume: bar.volume,
        };
      },
    });
    expect(step.log.missed()).toHaveLength(1);
    expect(step.log.corrections()).toMatchObject([{ openMs: spikeMs, symbol: 0, kind: 'late' }]);
    expect(step.table.candles[0]?.close[45]).toBe((whole.candles[0]?.close[45] ?? NaN) * 2);
  });

  it('leaves out a bar about which two venues disagree, and believes a jump that both saw', async () => {
    const whole = marketOf(60);
    const oddMs = START_MS + 44 * HOUR_MS;
    const off: VenueTroubles = {
      told: (symbol, openMs, bar) =>
        symbol === 'ETH/USDT' && openMs === oddMs
          ? { ...bar, close: bar.low * 0.9, low: bar.low * 0.9 }
          : bar,
    };
    const apart = await follow(whole, off, {});
    expect(apart.log.missed()).toMatchObject([{ openMs: oddMs, symbol: 1, reason: 'quarantined' }]);
    expect(apart.told.join('\n')).toMatch(/ETH\/USDT .* is not believed: close .* apart/);
    const together = await follow(whole, off, off);
    expect(together.log.missed()).toEqual([]);
    const silent = await follow(whole, {}, { fault: () => new VenueFault('timeout', 'no answer in time') });
    expect(silent.log.missed()).toEqual([]);
    expect(silent.told.join('\n')).toContain('no second opinion');
  });

  it('hears a second venue that takes its time, however fast the clock', async () => {
    const whole = marketOf(60);
    const at = START_MS + 45 * HOUR_MS;
    const { table, log } = await follow(
      whole,
      {},
      {
        slowMs: 20,
        told: (symbol, openMs, bar) =>
          symbol === 'ETH/USDT' && openMs === at ? { ...bar, close: bar.close * 1.05 } : bar,
      },
    );
    expect(table.candles[1]?.close[45]).toBeNaN();
    expect(log.missed()).toMatchObject([{ openMs: at, symbol: 1, reason: 'quarantined' }]);
  });

  it('tells a symbol that is halted from one that is gone', async () => {
    const whole = marketOf(60);
    const fromMs = START_MS + 44 * HOUR_MS;
    const stopped = (status: 'halted' | 'delisted'): VenueTroubles => ({
      status: (symbol, nowMs) => (symbol === 'SOL/USDT' && nowMs >= fromMs ? status : 'trading'),
      told: (symbol, openMs, bar) => (symbol === 'SOL/USDT' && openMs >= fromMs ? undefined : bar),
    });
    for (const status of ['halted', 'delisted'] as const) {
      const { log, told, table } = await follow(whole, stopped(status));
      expect(new Set(log.missed().map(({ reason }) => reason))).toEqual(new Set([status]));
      expect(log.missed()).toHaveLength(60 - 44);
      expect(told.filter((line) => line.endsWith(` is ${status} at made`))).toHaveLength(1);
      // A symbol that has ended is no news.
      const tellsMisses = status === 'delisted' ? 2 : 60 - 44;
      expect(told.filter((line) => line.startsWith('missed SOL/USDT'))).toHaveLength(tellsMisses);
      // What is delisted for three bars has ended, and a log that is read again says the same.
      const endsMs = status === 'delisted' ? [NaN, NaN, fromMs + 2 * HOUR_MS] : undefined;
      expect(table.endsMs && [...table.endsMs]).toEqual(endsMs);
      expect(log.load().table.endsMs).toEqual(table.endsMs);
    }
  });

  it('keeps readings beside the bars, waits for none of them, and for the last when it is closed', async () => {
    const whole = marketOf(60);
    let late = (): void => undefined;
    const followed = await follow(whole, {
      readings: async (symbol, nowMs) => {
        if (symbol === 'SOL/USDT' && nowMs > START_MS + 50 * HOUR_MS)
          await new Promise<void>((resolve) => {
            late = resolve;
          });
        if (symbol === 'ETH/USDT' && nowMs < START_MS + 40 * HOUR_MS)
          throw new VenueFault('unavailable', 'no readings today');
        return [{ series: 'bid', timeMs: nowMs, value: 7 }];
      },
    });
    const { log, table, told } = followed;
    expectSameBars(table, whole);
    expect(told.filter((line) => line.startsWith('readings of made: no readings today'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('no readings today')).length, 'not at every bar').toBe(4);
    // Up to hour 50, whatever another symbol says; then one that hangs, and no more beside it.
    const before = log.readings(0, 'bid').length;
    expect(before).toBeGreaterThan(18);
    expect(before).toBeLessThan(23);
    const closed = followed.close();
    late();
    await closed;
    expect(log.readings(0, 'bid')).toHaveLength(before + 1);
    log.close();
  });

  it('goes on from its log as if it had never ended', async () => {
    const whole = marketOf(60);
    const { log } = await follow(whole);
    const loaded = log.load(START_MS + 50 * HOUR_MS).table;
    expectSameBars(loaded, whole, 50);
    expect(loaded.openTimesMs[50]).toBe(START_MS + 50 * HOUR_MS);
  });

  it('ends with the bars of a run without troubles wherever they came in time, whatever fails', async () => {
    const whole = marketOf(70);
    const calm = await follow(whole);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 99 })), async (stream) => {
        const draw = (): number => (stream.next() as IteratorYieldResult<number>).value;
        const { table, log } = await follow(whole, {
          fault: () => (draw() < 30 ? new VenueFault('timeout', 'no answer in time') : undefined),
          told: (_symbol, openMs, bar, nowMs) =>
            // The newest closed bar may come some seconds late.
            nowMs >= openMs + HOUR_MS && nowMs < openMs + HOUR_MS + 20_000 && draw() < 30 ? undefined : bar,
        });
        expect(log.missed()).toEqual([]);
        expectSameBars(table, calm.table);
        log.close();
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
