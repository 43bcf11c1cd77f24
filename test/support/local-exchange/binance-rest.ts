import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { futuresExchangeInfo, spotExchangeInfo } from './binance-exchange-info.js';
import { futuresFigures } from './binance-futures-figures.js';
import { dayFigures } from './day-figures.js';
import { bookTop } from './book-top.js';
import { answerWithKey } from './binance-account.js';
import { findMarket, ok, refusal, whole } from './binance-answer.js';
import { binanceId, binanceIntervalMs, klineRow, price, quantity } from './binance-words.js';
import type { VenueAnswer, VenueRequest } from './venue-protocol.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** Weight a minute and address, as Binance documents it: 6,000 for spot, 2,400 for futures. */
export const SPOT_PER_MINUTE = 6000;
export const FUTURES_PER_MINUTE = 2400;

/** Undefined where Binance has no such path, as far as it is built here. */
export function answerBinance(request: VenueRequest, world: VenueWorld): VenueAnswer | undefined {
  const [, api, version, ...rest] = request.path.split('/');
  const name = rest.join('/');
  const withKey = answerWithKey(request, world, `${api ?? ''}/${name}`);
  if (withKey !== undefined) return withKey;
  if (api === 'api' && version === 'v3') return answerPublic(request, world, 'spot', name);
  if (api === 'fapi' && version === 'v1') return answerPublic(request, world, 'perpetual', name);
  if (api === 'futures' && version === 'data') return futuresFigures(request, world, name);
  // Contracts in coins and options: the venue has them, this one lists none.
  if ((api === 'dapi' || api === 'eapi') && name === 'exchangeInfo')
    return ok(
      { timezone: 'UTC', serverTime: world.now(), rateLimits: [], symbols: [], optionSymbols: [] },
      1,
    );
  return undefined;
}

function answerPublic(
  request: VenueRequest,
  world: VenueWorld,
  type: VenueMarket['type'],
  name: string,
): VenueAnswer | undefined {
  const spot = type === 'spot';
  switch (name) {
    case 'ping':
      return ok({}, 1);
    case 'time':
      return ok({ serverTime: world.now() }, 1);
    case 'exchangeInfo':
      return spot
        ? ok(spotExchangeInfo(world, SPOT_PER_MINUTE), 20)
        : ok(futuresExchangeInfo(world, FUTURES_PER_MINUTE), 1);
    case 'klines':
    case 'uiKlines':
    case 'markPriceKlines':
      return klines(request, world, type);
    case 'ticker/24hr':
      return perSymbol(request, world, type, spot ? [2, 80] : [1, 40], dayTicker);
    case 'ticker/price':
      return perSymbol(request, world, type, spot ? [2, 4] : [1, 2], (w, market, last) => ({
        symbol: binanceId(market),
        price: price(market, last),
        ...(spot ? {} : { time: w.now() }),
      }));
    case 'ticker/bookTicker':
      return perSymbol(request, world, type, spot ? [2, 4] : [2, 5], bookTicker);
    case 'depth':
      return perSymbol(request, world, type, [5, 5], depth);
    case 'trades':
    case 'aggTrades':
      return perSymbol(request, world, type, [spot ? 25 : 5, 25], lastTrades);
    default:
      return spot ? undefined : futuresFigures(request, world, name);
  }
}

function klines(request: VenueRequest, world: VenueWorld, type: VenueMarket['type']): VenueAnswer {
  const market = findMarket(request, world, type);
  if (market === undefined) return refusal(-1121, 'Invalid symbol.');
  const barMs = binanceIntervalMs(request.query.get('interval') ?? '');
  if (barMs === undefined) return refusal(-1120, 'Invalid interval.');
  const limit = Math.min(whole(request, 'limit') ?? 500, type === 'spot' ? 1000 : 1500);
  const weight = type === 'spot' ? 2 : limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
  const startMs = whole(request, 'startTime');
  const knownMs = world.now() - world.latenessMs();
  const range = { fromMs: startMs ?? 0, toMs: whole(request, 'endTime') ?? knownMs, limit };
  // With a start the first bars after it, without one the newest: so does Binance.
  const bars =
    startMs === undefined
      ? world.book.barsUntil(market, barMs, range, knownMs)
      : world.book.barsFrom(market, barMs, range, knownMs);
  return ok(
    bars.map((bar) => klineRow(market, bar)),
    weight,
  );
}

type MakeEntry = (world: VenueWorld, market: VenueMarket, last: number) => unknown;

/** One symbol, several (`symbols=["A","B"]`), or all of them. */
function perSymbol(
  request: VenueRequest,
  world: VenueWorld,
  type: VenueMarket['type'],
  [oneWeight, allWeight]: readonly [one: number, all: number],
  make: MakeEntry,
): VenueAnswer {
  const entryOf = (market: VenueMarket): unknown[] => {
    const last = world.book.price(market, world.now());
    return last === undefined ? [] : [make(world, market, last)];
  };
  if (request.query.has('symbol')) {
    const market = findMarket(request, world, type);
    const entry = market === undefined ? undefined : entryOf(market)[0];
    return entry === undefined ? refusal(-1121, 'Invalid symbol.') : ok(entry, oneWeight);
  }
  const named = request.query.get('symbols');
  const ids: unknown = named === undefined ? undefined : JSON.parse(named);
  const wanted = world.markets.filter(
    (market) => market.type === type && (!Array.isArray(ids) || ids.includes(binanceId(market))),
  );
  return ok(wanted.flatMap(entryOf), allWeight);
}

const dayTicker: MakeEntry = (world, market) => {
  const nowMs = world.now();
  const day = dayFigures(world, market, nowMs);
  const top = bookTop(world, market, nowMs);
  if (day === undefined || top === undefined) return {};
  const spotOnly = {
    prevClosePrice: price(market, day.open),
    bidPrice: price(market, top.bid),
    bidQty: quantity(market, top.bidQuantity),
    askPrice: price(market, top.ask),
    askQty: quantity(market, top.askQuantity),
  };
  return {
    symbol: binanceId(market),
    priceChange: price(market, Number((day.last - day.open).toFixed(8))),
    priceChangePercent: ((day.last / day.open - 1) * 100).toFixed(3),
    weightedAvgPrice: price(market, day.last),
    ...(market.type === 'spot' ? spotOnly : {}),
    lastPrice: price(market, day.last),
    lastQty: quantity(market, market.lotSize),
    openPrice: price(market, day.open),
    highPrice: price(market, day.high),
    lowPrice: price(market, day.low),
    volume: quantity(market, day.volume),
    quoteVolume: (day.volume * day.last).toFixed(8),
    openTime: nowMs - DAY_MS,
    closeTime: nowMs,
    firstId: 1,
    lastId: 1000,
    count: 1000,
  };
};

const bookTicker: MakeEntry = (world, market) => {
  const top = bookTop(world, market, world.now());
  if (top === undefined) return {};
  return {
    symbol: binanceId(market),
    bidPrice: price(market, top.bid),
    bidQty: quantity(market, top.bidQuantity),
    askPrice: price(market, top.ask),
    askQty: quantity(market, top.askQuantity),
    ...(market.type === 'spot'
      ? {}
      : { time: world.now(), lastUpdateId: Math.floor(world.now() / MINUTE_MS) }),
  };
};

const depth: MakeEntry = (world, market) => {
  const top = bookTop(world, market, world.now());
  if (top === undefined) return {};
  return {
    lastUpdateId: Math.floor(world.now() / MINUTE_MS),
    ...(market.type === 'spot' ? {} : { E: world.now(), T: world.now() }),
    bids: [[price(market, top.bid), quantity(market, top.bidQuantity)]],
    asks: [[price(market, top.ask), quantity(market, top.askQuantity)]],
  };
};

const lastTrades: MakeEntry = (world, market, last) => [
  {
    a: Math.floor(world.now() / HOUR_MS),
    id: Math.floor(world.now() / HOUR_MS),
    p: price(market, last),
    price: price(market, last),
    q: quantity(market, market.lotSize),
    qty: quantity(market, market.lotSize),
    quoteQty: price(market, last),
    T: world.now(),
    time: world.now(),
    m: false,
    isBuyerMaker: false,
    isBestMatch: true,
  },
];
