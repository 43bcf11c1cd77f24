import { findMarket, ok, refusal, whole } from './binance-answer.js';
import { binanceId } from './binance-words.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueAnswer, VenueRequest } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

/** Binance's own tolerance where a request names none. */
const RECEIVE_WINDOW_MS = 5000;

/**
 * What Binance tells only to somebody with a key, as far as a market's conditions are concerned: margin tiers and fees.
 * Any key is right; the signature must be there, and the client's clock must agree with the venue's.
 */
export function answerWithKey(
  request: VenueRequest,
  world: VenueWorld,
  name: string,
): VenueAnswer | undefined {
  const make = ANSWERS[name];
  if (make === undefined) return undefined;
  if (!request.headers.has('x-mbx-apikey'))
    return { ...refusal(-2014, 'API-key format invalid.'), status: 401 };
  if (!request.query.has('signature'))
    return refusal(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  const window = whole(request, 'recvWindow') ?? RECEIVE_WINDOW_MS;
  const sentMs = whole(request, 'timestamp') ?? 0;
  if (sentMs > world.now() + 1000)
    return refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  if (world.now() - sentMs > window)
    return refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
  return make(request, world);
}

const ANSWERS: Readonly<Record<string, (request: VenueRequest, world: VenueWorld) => VenueAnswer>> = {
  'fapi/leverageBracket': (request, world) =>
    ok(
      marketsAsked(request, world, 'perpetual').map((market) => ({
        symbol: binanceId(market),
        brackets: bracketsOf(market),
      })),
      1,
    ),
  'fapi/commissionRate': (request, world) => {
    const market = findMarket(request, world, 'perpetual');
    return market === undefined
      ? refusal(-1121, 'Invalid symbol.')
      : ok(
          {
            symbol: binanceId(market),
            makerCommissionRate: String(market.makerFeeFraction),
            takerCommissionRate: String(market.takerFeeFraction),
          },
          20,
        );
  },
  'sapi/asset/tradeFee': (request, world) =>
    ok(
      marketsAsked(request, world, 'spot').map((market) => ({
        symbol: binanceId(market),
        makerCommission: String(market.makerFeeFraction),
        takerCommission: String(market.takerFeeFraction),
      })),
      1,
    ),
  // Coins and their networks: asked for by whoever loads markets with a key, and of no use here.
  'sapi/capital/config/getall': () => ok([], 10),
};

function marketsAsked(
  request: VenueRequest,
  world: VenueWorld,
  type: VenueMarket['type'],
): readonly VenueMarket[] {
  const one = findMarket(request, world, type);
  if (request.query.has('symbol')) return one === undefined ? [] : [one];
  return world.markets.filter((market) => market.type === type);
}

function bracketsOf(market: VenueMarket): readonly unknown[] {
  let floor = 0;
  let cum = 0;
  let ratioBefore = 0;
  return market.marginTiers.map((tier, i) => {
    // Binance's maintenance amount makes the margin continuous where a tier begins.
    cum += floor * (tier.maintenanceFraction - ratioBefore);
    const bracket = {
      bracket: i + 1,
      initialLeverage: Math.min(market.maxLeverage, Math.round(1 / (2 * tier.maintenanceFraction))),
      notionalCap: tier.upToNotionalUsd,
      notionalFloor: floor,
      maintMarginRatio: tier.maintenanceFraction,
      cum: Number(cum.toFixed(8)),
    };
    floor = tier.upToNotionalUsd;
    ratioBefore = tier.maintenanceFraction;
    return bracket;
  });
}
