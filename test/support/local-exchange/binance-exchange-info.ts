import { decimal, decimalsOf } from './decimals.js';
import { binanceId } from './binance-words.js';
import type { ListingStatus, VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

const SPOT_STATUS: Readonly<Record<ListingStatus, string>> = {
  trading: 'TRADING',
  halted: 'HALT',
  delisted: 'BREAK',
};
const FUTURES_STATUS: Readonly<Record<ListingStatus, string>> = {
  trading: 'TRADING',
  halted: 'PENDING_TRADING',
  delisted: 'SETTLING',
};

/** ccxt takes this delivery date for "never". */
const NEVER_MS = 4_133_404_800_000;
const ONBOARD_MS = Date.UTC(2019, 8, 25);

export function spotExchangeInfo(world: VenueWorld, perMinute: number): unknown {
  return {
    timezone: 'UTC',
    serverTime: world.now(),
    rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: perMinute }],
    exchangeFilters: [],
    symbols: world.markets
      .filter((market) => market.type === 'spot')
      .map((market) => spotSymbol(market, SPOT_STATUS[world.status(market)])),
  };
}

export function futuresExchangeInfo(world: VenueWorld, perMinute: number): unknown {
  return {
    timezone: 'UTC',
    serverTime: world.now(),
    futuresType: 'U_MARGINED',
    rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: perMinute }],
    exchangeFilters: [],
    assets: [],
    symbols: world.markets
      .filter((market) => market.type === 'perpetual')
      .map((market) => futuresSymbol(market, FUTURES_STATUS[world.status(market)])),
  };
}

function spotSymbol(market: VenueMarket, status: string): unknown {
  const { base, quote, tickSize, lotSize } = market;
  return {
    symbol: binanceId(market),
    status,
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'],
    icebergAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: decimal(tickSize, 8),
        maxPrice: '1000000.00000000',
        tickSize: decimal(tickSize, 8),
      },
      {
        filterType: 'LOT_SIZE',
        minQty: decimal(lotSize, 8),
        maxQty: '9000.00000000',
        stepSize: decimal(lotSize, 8),
      },
      {
        filterType: 'NOTIONAL',
        minNotional: decimal(market.minNotionalUsd, 8),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
  };
}

function futuresSymbol(market: VenueMarket, status: string): unknown {
  const { base, quote, tickSize, lotSize } = market;
  return {
    symbol: binanceId(market),
    pair: binanceId(market),
    contractType: 'PERPETUAL',
    deliveryDate: NEVER_MS,
    onboardDate: ONBOARD_MS,
    status,
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: decimalsOf(tickSize),
    quantityPrecision: decimalsOf(lotSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    // Not in Binance's answer, where every linear contract is one unit of the base; ccxt reads it where it stands.
    ...(market.contractSize === 1 ? {} : { contractSize: market.contractSize }),
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: decimal(tickSize, 2),
        maxPrice: '1000000',
        tickSize: decimal(tickSize, 2),
      },
      {
        filterType: 'LOT_SIZE',
        minQty: decimal(lotSize, 3),
        maxQty: '1000',
        stepSize: decimal(lotSize, 3),
      },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: decimal(lotSize, 3),
        maxQty: '120',
        stepSize: decimal(lotSize, 3),
      },
      { filterType: 'MIN_NOTIONAL', notional: decimal(market.minNotionalUsd, 0) },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}
