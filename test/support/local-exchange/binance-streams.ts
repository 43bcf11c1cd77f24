import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../../src/core/domain/time.js';
import { bookTop } from './book-top.js';
import { binanceId, binanceIntervalMs, klineRow, price, quantity } from './binance-words.js';
import { dayFigures } from './day-figures.js';
import { forcedCloses } from './forced-closes.js';
import { fundingRateAt, fundingTimeBefore } from './funding-times.js';
import { klineUpdates } from './kline-updates.js';
import type { VenueMarket } from './venue-market.js';
import type { StreamMessage, StreamSession } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

/** Everything that one subscription tells at `atMs`, when it was last asked at `beforeMs`. */
type Tell = (
  world: VenueWorld,
  market: VenueMarket,
  beforeMs: TimeMs,
  atMs: TimeMs,
  detail: string,
) => readonly unknown[];

/** `btcusdt@kline_1h`, `btcusdt@markPrice@1s`, `!forceOrder@arr`. */
const NAME = /^(!|[a-z0-9]+@)(kline_|markPrice_kline_)?([A-Za-z0-9]+)(@.+)?$/;

/** Undefined where Binance streams nothing. Spot and futures have hosts of their own. */
export function openBinanceStream(host: string, path: string, world: VenueWorld): StreamSession | undefined {
  const type = host.startsWith('stream.') ? 'spot' : host.startsWith('fstream.') ? 'perpetual' : undefined;
  if (type === undefined || !path.includes('/ws')) return undefined;
  const names = new Set<string>();

  const tell = (name: string, beforeMs: TimeMs, atMs: TimeMs): readonly StreamMessage[] => {
    const [, who = '', kline, what = '', suffix = ''] = NAME.exec(name) ?? [];
    const teller = kline === undefined ? TELLERS[what] : klines;
    if (teller === undefined) return [];
    const wanted = world.markets.filter(
      (market) =>
        market.type === type &&
        world.status(market) === 'trading' &&
        (who === '!' || `${binanceId(market).toLowerCase()}@` === who),
    );
    const told = wanted.flatMap((market) => teller(world, market, beforeMs, atMs, what));
    if (told.length === 0) return [];
    return suffix.startsWith('@arr') && what !== 'forceOrder'
      ? [{ name, body: told }]
      : told.map((body) => ({ name, body }));
  };

  return {
    subscriptions: () => [...names],
    receive: (message) => {
      const { method, params, id } = message as { method?: unknown; params?: unknown; id?: unknown };
      const list = Array.isArray(params) ? params.map(String) : [];
      const wrong = list.find((name) => !NAME.test(name));
      const acknowledge = (body: object): StreamMessage => ({ name: '', body: { ...body, id } });
      if (wrong !== undefined)
        return [acknowledge({ error: { code: 2, msg: 'Invalid request: invalid stream' } })];
      if (method === 'UNSUBSCRIBE') {
        for (const name of list) names.delete(name);
        return [acknowledge({ result: null })];
      }
      if (method !== 'SUBSCRIBE') return [acknowledge({ result: [...names] })];
      for (const name of list) names.add(name);
      const nowMs = world.now();
      return [acknowledge({ result: null }), ...list.flatMap((name) => tell(name, nowMs, nowMs))];
    },
    happened: (beforeMs, atMs) => [...names].flatMap((name) => tell(name, beforeMs, atMs)),
  };
}

const klines: Tell = (world, market, beforeMs, atMs, interval) => {
  const barMs = binanceIntervalMs(interval);
  if (barMs === undefined) return [];
  return klineUpdates(world, market, barMs, beforeMs, atMs).map((bar) => {
    const [t, o, h, l, c, v, T, q, n, V, Q, B] = klineRow(market, bar);
    const id = Math.floor(bar.openMs / MINUTE_MS);
    return {
      e: 'kline',
      E: atMs,
      s: binanceId(market),
      k: {
        t,
        T,
        s: binanceId(market),
        i: interval,
        f: id,
        L: id,
        o,
        c,
        h,
        l,
        v,
        n,
        x: bar.finished,
        q,
        V,
        Q,
        B,
      },
    };
  });
};

const bookTicker: Tell = (world, market, _before, atMs) => {
  const top = bookTop(world, market, atMs);
  if (top === undefined) return [];
  const times = market.type === 'spot' ? {} : { e: 'bookTicker', E: atMs, T: atMs };
  return [
    {
      ...times,
      u: atMs,
      s: binanceId(market),
      b: price(market, top.bid),
      B: quantity(market, top.bidQuantity),
      a: price(market, top.ask),
      A: quantity(market, top.askQuantity),
    },
  ];
};

const dayTicker =
  (mini: boolean): Tell =>
  (world, market, _before, atMs) => {
    const day = dayFigures(world, market, atMs);
    const top = bookTop(world, market, atMs);
    if (day === undefined || top === undefined) return [];
    const figures = {
      E: atMs,
      s: binanceId(market),
      c: price(market, day.last),
      o: price(market, day.open),
      h: price(market, day.high),
      l: price(market, day.low),
      v: quantity(market, day.volume),
      q: (day.volume * day.last).toFixed(8),
    };
    if (mini) return [{ e: '24hrMiniTicker', ...figures }];
    const spotOnly = { b: price(market, top.bid), a: price(market, top.ask) };
    return [
      {
        e: '24hrTicker',
        ...figures,
        ...(market.type === 'spot' ? spotOnly : {}),
        p: price(market, Number((day.last - day.open).toFixed(8))),
        P: ((day.last / day.open - 1) * 100).toFixed(3),
        O: atMs - 24 * HOUR_MS,
        C: atMs,
      },
    ];
  };

const markPrice: Tell = (world, market, _before, atMs) => {
  const last = world.book.price(market, atMs);
  if (last === undefined || market.type === 'spot') return [];
  const nextMs = fundingTimeBefore(market, atMs) + market.fundingEveryHours * HOUR_MS;
  return [
    {
      e: 'markPriceUpdate',
      E: atMs,
      s: binanceId(market),
      p: price(market, last),
      i: price(market, last),
      P: price(market, last),
      r: fundingRateAt(world, market, nextMs).toFixed(8),
      T: nextMs,
    },
  ];
};

/** A jump of the clock over more minutes tells the newest trades only. */
const MOST_TRADES = 1000;

/** One trade each minute, numbered without a gap, so that a gap means a lost message. */
const trade: Tell = (world, market, beforeMs, atMs) => {
  const newest = Math.floor(atMs / MINUTE_MS);
  const told: unknown[] = [];
  const first = Math.max(Math.floor(beforeMs / MINUTE_MS), newest - MOST_TRADES) + 1;
  for (let number = first; number <= newest; number++) {
    const last = world.book.price(market, number * MINUTE_MS);
    if (last === undefined) continue;
    told.push({
      e: 'trade',
      E: atMs,
      s: binanceId(market),
      t: number,
      a: number,
      p: price(market, last),
      q: quantity(market, market.lotSize),
      f: number,
      l: number,
      T: number * MINUTE_MS,
      m: false,
      M: true,
    });
  }
  return told;
};

const aggTrade: Tell = (...asked) =>
  trade(...asked).map((told) => ({ ...(told as Record<string, unknown>), e: 'aggTrade' }));

const forceOrder: Tell = (world, market, beforeMs, atMs) =>
  market.type === 'spot'
    ? []
    : forcedCloses(world, market, beforeMs, atMs).map((close) => ({
        e: 'forceOrder',
        E: close.timeMs,
        o: {
          s: binanceId(market),
          S: close.side.toUpperCase(),
          o: 'LIMIT',
          f: 'IOC',
          q: quantity(market, close.quantity),
          p: price(market, close.price),
          ap: price(market, close.price),
          X: 'FILLED',
          l: quantity(market, close.quantity),
          z: quantity(market, close.quantity),
          T: close.timeMs,
        },
      }));

const TELLERS: Readonly<Record<string, Tell>> = {
  bookTicker,
  ticker: dayTicker(false),
  miniTicker: dayTicker(true),
  markPrice,
  trade,
  aggTrade,
  forceOrder,
};
