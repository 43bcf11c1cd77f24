import { HOUR_MS } from '../../../src/core/domain/time.js';
import { findMarket, ok, refusal, whole } from './binance-answer.js';
import { binanceId, binanceIntervalMs, price } from './binance-words.js';
import { alignDown } from './candle-book.js';
import { fundingPaid, fundingRateAt, fundingTimeBefore, openInterestAt } from './funding-times.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueAnswer, VenueRequest } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

/** What only perpetuals have: marks, funding, open interest. */
export function futuresFigures(
  request: VenueRequest,
  world: VenueWorld,
  name: string,
): VenueAnswer | undefined {
  switch (name) {
    case 'premiumIndex':
      return premiumIndex(request, world);
    case 'fundingRate':
      return fundingRates(request, world);
    case 'fundingInfo':
      return ok(
        perpetuals(world).map((market) => ({
          symbol: binanceId(market),
          adjustedFundingRateCap: '0.02000000',
          adjustedFundingRateFloor: '-0.02000000',
          fundingIntervalHours: market.fundingEveryHours,
          disclaimer: false,
        })),
        1,
      );
    case 'openInterest':
      return openInterest(request, world);
    case 'openInterestHist':
      return openInterestHistory(request, world);
    default:
      return undefined;
  }
}

function perpetuals(world: VenueWorld): readonly VenueMarket[] {
  return world.markets.filter((market) => market.type === 'perpetual');
}

function premiumIndex(request: VenueRequest, world: VenueWorld): VenueAnswer {
  const nowMs = world.now();
  const entry = (market: VenueMarket): unknown => {
    const nextMs = fundingTimeBefore(market, nowMs) + market.fundingEveryHours * HOUR_MS;
    const last = price(market, world.book.price(market, nowMs) ?? 0);
    return {
      symbol: binanceId(market),
      markPrice: last,
      indexPrice: last,
      estimatedSettlePrice: last,
      lastFundingRate: fundingRateAt(world, market, nextMs).toFixed(8),
      interestRate: '0.00010000',
      nextFundingTime: nextMs,
      time: nowMs,
    };
  };
  if (!request.query.has('symbol')) return ok(perpetuals(world).map(entry), 10);
  const market = findMarket(request, world, 'perpetual');
  return market === undefined ? refusal(-1121, 'Invalid symbol.') : ok(entry(market), 1);
}

function fundingRates(request: VenueRequest, world: VenueWorld): VenueAnswer {
  const market = findMarket(request, world, 'perpetual');
  if (market === undefined) return refusal(-1121, 'Invalid symbol.');
  const limit = Math.min(whole(request, 'limit') ?? 100, 1000);
  const toMs = Math.min(whole(request, 'endTime') ?? world.now(), world.now());
  const startMs = whole(request, 'startTime');
  const fromMs = startMs ?? toMs - (limit - 1) * market.fundingEveryHours * HOUR_MS;
  const rows = fundingPaid(world, market, fromMs, toMs, limit).map(({ timeMs, rate, markPrice }) => ({
    symbol: binanceId(market),
    fundingTime: timeMs,
    fundingRate: rate.toFixed(8),
    markPrice: price(market, markPrice),
  }));
  return ok(rows, 1);
}

function openInterest(request: VenueRequest, world: VenueWorld): VenueAnswer {
  const market = findMarket(request, world, 'perpetual');
  if (market === undefined) return refusal(-1121, 'Invalid symbol.');
  const amount = openInterestAt(market, world.now());
  return ok({ symbol: binanceId(market), openInterest: amount.toFixed(3), time: world.now() }, 1);
}

function openInterestHistory(request: VenueRequest, world: VenueWorld): VenueAnswer {
  const market = findMarket(request, world, 'perpetual');
  if (market === undefined) return refusal(-1121, 'Invalid symbol.');
  const everyMs = binanceIntervalMs(request.query.get('period') ?? '');
  if (everyMs === undefined) return refusal(-1130, 'Data sent for parameter period is not valid.');
  const limit = Math.min(whole(request, 'limit') ?? 30, 500);
  const toMs = Math.min(whole(request, 'endTime') ?? world.now(), world.now());
  const newestMs = alignDown(toMs, everyMs);
  const startMs = whole(request, 'startTime') ?? newestMs - (limit - 1) * everyMs;
  const rows: unknown[] = [];
  const first = alignDown(Math.max(startMs, world.data.firstMs) - 1, everyMs) + everyMs;
  for (let at = first; at <= newestMs && rows.length < limit; at += everyMs) {
    const last = world.book.price(market, at);
    if (last === undefined) continue;
    const amount = openInterestAt(market, at);
    rows.push({
      symbol: binanceId(market),
      sumOpenInterest: amount.toFixed(8),
      sumOpenInterestValue: (amount * last).toFixed(8),
      timestamp: at,
    });
  }
  return ok(rows, 1);
}
