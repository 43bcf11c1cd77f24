import { type AggregatedMarket, aggregateMarket } from '../domain/aggregate-market.js';
import type { MarketTable } from '../domain/market-table.js';
import type { Timeframe } from '../domain/time.js';
import { type ColumnMemory, type FeatureStore, createFeatureStore } from './feature-columns.js';

/** One market in one bar length, with its shared indicator columns. */
export interface MarketInTimeframe extends AggregatedMarket {
  readonly features: FeatureStore;
}

/** One market in every bar length that somebody asks for; each is made once and shared. */
export interface MarketViews {
  readonly base: MarketTable;
  in(timeframe: Timeframe): MarketInTimeframe;
  /** After the base table has grown in place: takes the new slots into every bar length and its columns. */
  grow(): void;
}

export function createMarketViews(base: MarketTable, memory?: ColumnMemory): MarketViews {
  const made = new Map<Timeframe, MarketInTimeframe>();
  return {
    base,
    in(timeframe) {
      let view = made.get(timeframe);
      if (view === undefined) {
        // One object: its arrays are replaced when the market grows.
        const aggregated = aggregateMarket(base, timeframe);
        view = Object.assign(aggregated, { features: createFeatureStore(aggregated.table, memory) });
        made.set(timeframe, view);
      }
      return view;
    },
    grow() {
      for (const view of made.values()) {
        view.extend();
        view.features.extend(view.table);
      }
    },
  };
}
