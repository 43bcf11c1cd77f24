import type { MarginTier } from '../../../src/core/domain/instrument.js';

export type ListingStatus = 'trading' | 'halted' | 'delisted';

/** One listed symbol, in the words of ccxt: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual. */
export interface VenueMarket {
  readonly symbol: string;
  readonly type: 'spot' | 'perpetual';
  readonly base: string;
  readonly quote: string;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly minNotionalUsd: number;
  readonly contractSize: number;
  readonly maxLeverage: number;
  readonly marginTiers: readonly MarginTier[];
  readonly fundingEveryHours: number;
  /** Of the account's tier; venues tell them only to somebody with a key. */
  readonly makerFeeFraction: number;
  readonly takerFeeFraction: number;
}

/** Tiers of no real venue, in the shape that they all have. */
const TIERS: readonly MarginTier[] = [
  { upToNotionalUsd: 50_000, maintenanceFraction: 0.004 },
  { upToNotionalUsd: 600_000, maintenanceFraction: 0.005 },
  { upToNotionalUsd: 3_000_000, maintenanceFraction: 0.01 },
];

/** A market by its symbol, with the figures of a liquid one unless told otherwise. */
export function listed(symbol: string, figures: Partial<VenueMarket> = {}): VenueMarket {
  const [pair = '', settle] = symbol.split(':');
  const [base = '', quote = ''] = pair.split('/');
  const perpetual = settle !== undefined;
  return {
    symbol,
    type: perpetual ? 'perpetual' : 'spot',
    base,
    quote,
    tickSize: 0.01,
    lotSize: perpetual ? 0.001 : 0.00001,
    minNotionalUsd: 5,
    contractSize: 1,
    maxLeverage: perpetual ? 125 : 1,
    marginTiers: perpetual ? TIERS : [],
    fundingEveryHours: 8,
    makerFeeFraction: perpetual ? 0.0002 : 0.001,
    takerFeeFraction: perpetual ? 0.0005 : 0.001,
    ...figures,
  };
}
