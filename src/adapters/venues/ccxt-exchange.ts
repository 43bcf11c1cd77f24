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

  /** Streams. What was heard last is kept by symbol; a watch resolves when there is something new. */
  bidsasks: Readonly<Record<string, unknown>>;
  tickers: Readonly<Record<string, unknown>>;
  orderbooks: Readonly<Record<string, unknown>>;
  /** Forced closes since they were taken; made anew by the next one. */
  liquidations: Iterable<unknown> | undefined;
  setMarkets(markets: readonly unknown[]): unknown;
  /** Where it would print. */
  log: (...words: unknown[]) => void;
  /** Its connections, by address; `client` makes one that is not there yet. */
  clients: Record<string, CcxtConnection>;
  client(url: string): CcxtConnection;
  watchBidsAsks(symbols: readonly string[]): Promise<unknown>;
  watchTickers(symbols: readonly string[]): Promise<unknown>;
  watchTicker(symbol: string): Promise<unknown>;
  watchOrderBook(symbol: string): Promise<unknown>;
  watchLiquidationsForSymbols(symbols: readonly string[]): Promise<unknown>;
}

/** A connection of ccxt; the socket is there once it has been dialled. */
export interface CcxtConnection {
  readonly connection?: CcxtSocket | undefined;
}

export interface CcxtSocket {
  /** 1 is open, 3 is closed. */
  readonly readyState: number;
  terminate(): void;
  once(event: 'close', listener: () => void): unknown;
  on(event: 'pong', listener: () => void): unknown;
  ping(): void;
}

export type CcxtClass = new (settings: Readonly<Record<string, unknown>>) => CcxtExchange;
