import { openCcxtVenue, type CcxtVenueSettings } from '../../src/adapters/venues/open-ccxt-venue.js';
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import type { Venue } from '../../src/ports/venue.js';
import { createExchangeClock, type ExchangeClock } from '../support/local-exchange/exchange-clock.js';
import {
  openLocalExchange,
  type LocalExchange,
  type LocalVenue,
} from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed, type VenueMarket } from '../support/local-exchange/venue-market.js';

export const START_MS = Date.UTC(2025, 0, 6);
export const BARS = 24 * 100;
/** In the middle of the hour, so that there is a forming bar. */
export const NOW_MS: TimeMs = START_MS + 2_000 * HOUR_MS + 20 * MINUTE_MS;

export const TABLE: MarketTable = generateMarket({
  seed: 5,
  symbols: ['BTC', 'ETH'],
  timeframe: '1h',
  startMs: START_MS,
  length: BARS,
});

export interface LocalVenueSetup {
  readonly exchange?: 'binance' | 'hyperliquid' | 'kraken' | 'coinbase';
  readonly instrument?: 'spot' | 'perpetual';
  readonly markets?: readonly VenueMarket[];
  readonly weightPerMinute?: number;
  readonly settings?: Partial<CcxtVenueSettings>;
}

/** The adapter with ccxt's own class, a local exchange, and one clock for both: who sleeps moves it. */
export interface LocalSetting {
  readonly venue: Venue;
  readonly exchange: LocalExchange;
  readonly clock: ExchangeClock;
  /** How long was slept each time. */
  readonly sleptMs: readonly number[];
  readonly said: readonly string[];
  close(): Promise<void>;
}

export async function openLocalSetting(setup: LocalVenueSetup = {}): Promise<LocalSetting> {
  const { instrument = 'spot', exchange: name = 'binance' } = setup;
  const clock = createExchangeClock(NOW_MS);
  const exchange = await openLocalExchange({
    venue: localVenueOf(name, instrument),
    markets: setup.markets ?? marketsOf(name),
    data: dataOfMarket(TABLE, (symbol) => symbol.split('/')[0] ?? symbol),
    clock,
    ...(setup.weightPerMinute === undefined ? {} : { weightPerMinute: setup.weightPerMinute }),
  });
  const sleptMs: number[] = [];
  const said: string[] = [];
  const venue = await openCcxtVenue({
    exchange: name,
    instrument,
    baseUrl: exchange.url,
    nowMs: () => clock.now(),
    sleep: (ms) => {
      sleptMs.push(ms);
      clock.advance(Math.ceil(ms));
      return Promise.resolve();
    },
    random: () => 0,
    log: (text) => said.push(text),
    ...setup.settings,
  });
  return {
    venue,
    exchange,
    clock,
    sleptMs,
    said,
    async close() {
      await venue.close();
      await exchange.close();
    },
  };
}

function localVenueOf(name: Exclude<LocalVenueSetup['exchange'], undefined>, instrument: string): LocalVenue {
  return name === 'binance' && instrument === 'perpetual' ? 'binanceusdm' : name;
}

function marketsOf(name: string): readonly VenueMarket[] {
  const quote = name === 'hyperliquid' ? 'USDC' : 'USDT';
  return ['BTC', 'ETH'].flatMap((base) => [
    listed(`${base}/${quote}`),
    listed(`${base}/${quote}:${quote}`, name === 'hyperliquid' ? { fundingEveryHours: 1 } : {}),
  ]);
}
