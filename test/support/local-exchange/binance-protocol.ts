import { FUTURES_PER_MINUTE, SPOT_PER_MINUTE, answerBinance } from './binance-rest.js';
import { openBinanceStream } from './binance-streams.js';
import { renameSymbols } from './rename-symbols.js';
import { binanceId } from './binance-words.js';
import type { VenueProtocol, VenueRequest, WeightLimit } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

const SPOT: WeightLimit = { name: 'spot', perMinute: SPOT_PER_MINUTE };
const FUTURES: WeightLimit = { name: 'futures', perMinute: FUTURES_PER_MINUTE };

/** Spot and USDM futures, as https://developers.binance.com/docs describes them. */
export const BINANCE: VenueProtocol = {
  answer: answerBinance,
  limitOf: (request) => (request.path.startsWith('/api/') ? SPOT : FUTURES),
  overLimit: (limit, bannedUntilMs) => ({
    code: -1003,
    msg:
      bannedUntilMs === undefined
        ? `Too much request weight used; current limit is ${String(limit.perMinute)} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`
        : `Way too much request weight used; IP banned until ${String(bannedUntilMs)}. Please use WebSocket Streams for live updates to avoid bans.`,
  }),
  tellsRetryAfter: true,
  weightHeaders: (used) => ({ 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) }),
  serverError: (status) => ({
    code: status === 504 ? -1007 : -1001,
    msg: 'Internal error; unable to process your request. Please try again.',
  }),
  forAnotherSymbol,
  openStream: openBinanceStream,
  messageForAnotherSymbol: (body, world) =>
    renameSymbols(body, (id) => world.markets.map(binanceId).find((other) => other !== id) ?? id),
};

function forAnotherSymbol(request: VenueRequest, world: VenueWorld): VenueRequest {
  const id = request.query.get('symbol');
  const type = request.path.startsWith('/api/') ? 'spot' : 'perpetual';
  const other = world.markets.find((market) => market.type === type && binanceId(market) !== id);
  if (id === undefined || other === undefined) return request;
  return { ...request, query: new Map([...request.query, ['symbol', binanceId(other)]]) };
}
