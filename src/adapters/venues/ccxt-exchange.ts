import type { VenueWithUrls } from './venue-urls.js';

/** One of ccxt's own names for a market, as far as it is used here; values are checked where they are read. */
export type CcxtMarkets = Readonly<Record<string, unknown>>;

/**
 * What is used of an exchange object of ccxt. Its own types are as large as the library and promise more than venues keep:
 * everything that comes from the network is unknown until a schema has read it.
 */
export interface CcxtExchange extends VenueWithUrls {
  readonly id: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly timeframes: Readonly<Record<string, unknown>>;
  readonly rateLimit: number;
  readonly precisionMode: number;
  markets: CcxtMarkets | undefined;
  options: Record<string, unknown>;
  enableRateLimit: boolean;
  /** Called with the cost of a request (in units of ccxt) before it goes. */
  throttle(cost?: number): Promise<void>;
  fetchImplementation: unknown;
  milliseconds(): number;

  loadMarkets(reload?: boolean): Promise<CcxtMarkets>;
  fetchTime(): Promise<unknown>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
    params?: Record<string, unknown>,
  ): Promise<unknown>;
  fetchFundingRateHistory(symbol: string, since: number, limit: number): Promise<unknown>;
  fetchOpenInterest(symbol: string): Promise<unknown>;
  fetchMarketLeverageTiers(symbol: string): Promise<unknown>;
  fetchBidsAsks(symbols: readonly string[]): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchOrderBook(symbol: string, limit?: number): Promise<unknown>;
}

export type CcxtClass = new (settings: Readonly<Record<string, unknown>>) => CcxtExchange;
