import { binanceId } from './binance-words.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueAnswer, VenueRequest } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

export function findMarket(
  request: VenueRequest,
  world: VenueWorld,
  type: VenueMarket['type'],
): VenueMarket | undefined {
  const id = request.query.get('symbol') ?? request.query.get('pair');
  return world.markets.find((market) => market.type === type && binanceId(market) === id);
}

export function whole(request: VenueRequest, name: string): number | undefined {
  const text = request.query.get(name);
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

export function ok(body: unknown, weight: number): VenueAnswer {
  return { status: 200, body, weight };
}

export function refusal(code: number, msg: string): VenueAnswer {
  return { status: 400, body: { code, msg }, weight: 1 };
}
