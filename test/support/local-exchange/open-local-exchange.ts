/**
 * A local exchange: an HTTP and WebSocket server on loopback that speaks a venue's protocol well enough for the real
 * classes of ccxt to run unmodified.
 *
 *     const clock = createExchangeClock(Date.UTC(2025, 0, 6));
 *     const exchange = await openLocalExchange({ venue: 'binance', markets: [listed('BTC/USDT')], data, clock });
 *     const client = new ccxt.binance();
 *     pointAt(client, exchange.url);                      // src/adapters/venues/venue-urls.ts
 *     await client.fetchOHLCV('BTC/USDT', '1h', since);   // the newest bar is forming, as at the real venue
 *     clock.advance(HOUR_MS);                             // streams push what happened in this hour
 *     exchange.faults.add({ kind: 'rate-limited', retryAfterS: 2 }, { times: 3 });
 *     await exchange.close();
 *
 * - Data: `dataOfMarket(table)` of a generated or recorded market, or any `VenueData`. All bar lengths, prices, book
 *   tops and marks are made of it. Perpetuals are listed as `BTC/USDT:USDT`, spot as `BTC/USDT`; one exchange has both.
 * - Clock: `createExchangeClock`; it stands until moved, or runs at a multiple of real time (`clock.run(72_000)`: an
 *   hour in 50 ms). Limits count by this clock: on a clock that stands the minute never ends (`weightPerMinute`).
 * - Faults: `exchange.faults.add(fault, terms)` (faults.ts lists them), `exchange.revise` and `exchange.hide` for bars.
 * - Counted: `exchange.requests()` and `exchange.totals()`.
 * - With any key: margin tiers and fees. As at the venue the client's clock must agree with the venue's, so that a client
 *   on a made clock needs `client.milliseconds = () => clock.now()`.
 * - Not there: accounts, orders, fills.
 */
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, createServer as createTcpServer } from 'node:net';
import type { TimeMs } from '../../../src/core/domain/time.js';
import { BINANCE } from './binance-protocol.js';
import { COINBASE_CONTRACT } from './coinbase-contract.js';
import { protocolOfTable } from './contract-table.js';
import type { ExchangeClock } from './exchange-clock.js';
import { type Faults, createFaultPlan } from './faults.js';
import { HYPERLIQUID } from './hyperliquid-protocol.js';
import { KRAKEN_CONTRACT } from './kraken-contract.js';
import { type LoggedRequest, type RequestTotals, createRequestLog } from './request-log.js';
import { createAnswerServer } from './serve-answers.js';
import { createStreamServer } from './serve-streams.js';
import type { VenueCandle, VenueData } from './venue-data.js';
import type { ListingStatus, VenueMarket } from './venue-market.js';
import type { VenueProtocol } from './venue-protocol.js';
import { createVenueWorld } from './venue-world.js';
import { createWeightMeter } from './weight-meter.js';

/** Kraken and Coinbase know the requests of their tables only, always with the same answers. */
export type LocalVenue = 'binance' | 'binanceusdm' | 'hyperliquid' | 'kraken' | 'coinbase';

export interface LocalExchangeOptions {
  readonly venue: LocalVenue;
  readonly markets: readonly VenueMarket[];
  readonly data: VenueData;
  readonly clock: ExchangeClock;
  /** Of faults that strike with a probability. */
  readonly seed?: number;
  /** In place of the venue's own limit. */
  readonly weightPerMinute?: number;
}

export interface LocalExchange {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly clock: ExchangeClock;
  readonly faults: Faults;
  /** The newest 10,000 requests, oldest first; those that were never answered included. */
  requests(): readonly LoggedRequest[];
  /** Of all requests since the start. */
  totals(): RequestTotals;
  /** The whole bar of the data, also before it has been. */
  bar(symbol: string, openMs: TimeMs): VenueCandle | undefined;
  /** From now on (or from `fromMs`) the bar of the data that opens at `openMs` is another one. */
  revise(symbol: string, openMs: TimeMs, change: Partial<VenueCandle>, fromMs?: TimeMs): void;
  /** Bars of the data that open in [fromMs, toMs) are missing until `untilMs`, for ever without it. */
  hide(symbol: string, fromMs: TimeMs, toMs: TimeMs, untilMs?: TimeMs): void;
  setStatus(symbol: string, status: ListingStatus): void;
  /** The rate that is paid at `timeMs` is not told until `untilMs`, never without it. */
  holdFunding(symbol: string, timeMs: TimeMs, untilMs?: TimeMs): void;
  /** What clients are subscribed to now: `btcusdt@kline_1h`. */
  subscriptions(): readonly string[];
  /** The venue ends every stream, as it does once a day; 1001 by default. */
  closeStreams(code?: number): void;
  /** Connections of clients that are open, half-open ones included. */
  connections(): number;
  /** Ends every connection; afterwards neither a socket nor a timer is left. The clock is the caller's. */
  close(): Promise<void>;
}

const PROTOCOLS: Readonly<Record<LocalVenue, VenueProtocol>> = {
  binance: BINANCE,
  binanceusdm: BINANCE,
  hyperliquid: HYPERLIQUID,
  kraken: protocolOfTable(KRAKEN_CONTRACT),
  coinbase: protocolOfTable(COINBASE_CONTRACT),
};

export async function openLocalExchange(options: LocalExchangeOptions): Promise<LocalExchange> {
  const { clock, seed = 1 } = options;
  const protocol = PROTOCOLS[options.venue];
  const faults = createFaultPlan(() => clock.now(), seed);
  const world = createVenueWorld(options.markets, options.data, clock, faults);
  const log = createRequestLog();
  const meter = createWeightMeter(options.weightPerMinute);
  const answers = createAnswerServer({ protocol, world, faults, meter, log });
  const http = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    answers.handle(incoming, response);
  });
  const streams = createStreamServer(protocol, world, faults);
  http.on('upgrade', (incoming, socket, head) => {
    streams.upgrade(incoming, socket, head);
  });
  const stopListening = clock.onMove((fromMs, toMs) => {
    const skewMs = world.skewMs();
    streams.moved(fromMs + skewMs, toMs + skewMs);
  });
  const sockets = new Set<Socket>();
  // A connection is taken here and handed on to the HTTP server, or to nobody: that is a half-open one.
  const tcp = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (faults.strike(['half-open'], '') === undefined) http.emit('connection', socket);
    else socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(0, '127.0.0.1', resolve);
  });
  const { port } = tcp.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${String(port)}`,
    clock,
    faults,
    requests: () => log.newest(),
    totals: () => log.totals(),
    bar: (symbol, openMs) => options.data.candle(symbol, openMs),
    revise: (symbol, openMs, change, fromMs = -Infinity) => {
      world.book.revise(symbol, openMs, change, fromMs);
    },
    hide: (symbol, fromMs, toMs, untilMs = Infinity) => {
      world.book.hide(symbol, fromMs, toMs, untilMs);
    },
    setStatus: (symbol, status) => {
      world.setStatus(symbol, status);
    },
    holdFunding: (symbol, timeMs, untilMs = Infinity) => {
      world.holdFunding(symbol, timeMs, untilMs);
    },
    subscriptions: () => streams.subscriptions(),
    closeStreams: (code = 1001) => {
      streams.closeAll(code);
    },
    connections: () => sockets.size,
    close: async () => {
      stopListening();
      answers.close();
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      const ended = new Promise((resolve) => tcp.close(resolve));
      for (const socket of sockets) socket.destroy();
      await Promise.all([ended, ...closed]);
      http.close();
    },
  };
}
