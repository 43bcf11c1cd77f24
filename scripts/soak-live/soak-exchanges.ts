/** The exchanges of a soak: one on which the arena trades, and for perpetuals another one that is asked for a second opinion. */
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { createExchangeClock } from '../../test/support/local-exchange/exchange-clock.js';
import {
  type LocalExchange,
  openLocalExchange,
} from '../../test/support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../../test/support/local-exchange/venue-data.js';
import { type VenueMarket, listed } from '../../test/support/local-exchange/venue-market.js';
import type { SoakInstrument } from './soak-plan.js';

export interface SoakExchanges {
  readonly first: LocalExchange;
  readonly second: LocalExchange | undefined;
  close(): Promise<void>;
}

/** Parts of bars are not rounded. */
const EXACT = { tickSize: 1e-8 };

/** As an exchange lists a symbol of the soak. */
export function marketOf(symbol: string, instrument: SoakInstrument): VenueMarket {
  return listed(listedName(symbol, instrument), EXACT);
}

export function listedName(symbol: string, instrument: SoakInstrument): string {
  return instrument === 'spot' ? symbol : `${symbol}:${symbol.split('/')[1] ?? ''}`;
}

export async function openSoakExchanges(
  table: MarketTable,
  instrument: SoakInstrument,
  startMs: number,
): Promise<SoakExchanges> {
  const clock = createExchangeClock(startMs);
  const open = (): Promise<LocalExchange> =>
    openLocalExchange({
      venue: instrument === 'spot' ? 'binance' : 'binanceusdm',
      markets: table.symbols.map((symbol) => marketOf(symbol, instrument)),
      data: dataOfMarket(table, (name) => name.replace(/:.*/, '')),
      clock,
    });
  const first = await open();
  const second = instrument === 'spot' ? undefined : await open();
  return {
    first,
    second,
    async close() {
      await second?.close();
      await first.close();
    },
  };
}
