import { z } from 'zod';
import { defaultMargin } from '../../core/domain/default-margin.js';
import type { Instrument, MarginTier } from '../../core/domain/instrument.js';
import type { VenueInstrument } from '../../ports/venue.js';
import type { InstrumentType } from './venue-profile.js';

const positive = z.number().positive();
/** ccxt leaves out what a venue does not say, as undefined or null. */
const optional = positive.nullish().catch(undefined);

/** A market as ccxt words it, as far as it matters here. */
export const marketSchema = z.object({
  id: z.string(),
  /** Hyperliquid's own name of it. */
  baseName: z.string().nullish(),
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  type: z.string(),
  linear: z.boolean().nullish(),
  settle: z.string().nullish(),
  active: z.boolean().nullish(),
  contractSize: optional,
  taker: z.number().nullish(),
  maker: z.number().nullish(),
  precision: z.object({ price: z.number().nullish(), amount: z.number().nullish() }),
  limits: z.object({
    cost: z.object({ min: optional }).partial().nullish(),
    leverage: z.object({ max: optional }).partial().nullish(),
  }),
  info: z.record(z.string(), z.unknown()).catch({}),
});
export type CcxtMarket = z.infer<typeof marketSchema>;

/** Venues' own words for what is not plain trading. A word that is not here leaves it to ccxt's `active`. */
const STATUS_WORDS: Readonly<Record<string, VenueInstrument['status']>> = {
  // Binance spot and futures.
  TRADING: 'trading',
  HALT: 'halted',
  BREAK: 'halted',
  END_OF_DAY: 'halted',
  PRE_TRADING: 'halted',
  POST_TRADING: 'halted',
  AUCTION_MATCH: 'halted',
  PENDING_TRADING: 'halted',
  PRE_DELIVERING: 'halted',
  DELIVERING: 'delisted',
  DELIVERED: 'delisted',
  PRE_SETTLE: 'halted',
  SETTLING: 'delisted',
  CLOSE: 'delisted',
  DELISTED: 'delisted',
  // Kraken and Coinbase.
  ONLINE: 'trading',
  CANCEL_ONLY: 'halted',
  POST_ONLY: 'halted',
  LIMIT_ONLY: 'halted',
  REDUCE_ONLY: 'halted',
  OFFLINE: 'halted',
};

const TICK_SIZE = 4;
const DECIMAL_PLACES = 2;

/**
 * What the venue says of one symbol; `precisionMode` is ccxt's number for how it words steps. Margin tiers come from
 * elsewhere; without them those of a venue that says its largest leverage are made of that.
 */
export function parseMarket(
  symbol: string,
  type: InstrumentType,
  market: CcxtMarket,
  precisionMode: number,
  tiers: readonly MarginTier[] | undefined,
): VenueInstrument {
  const contractSize = type === 'perpetual' ? (market.contractSize ?? 1) : 1;
  const lot = stepOf(market.precision.amount, precisionMode);
  const instrument: Instrument = {
    symbol,
    type,
    lotSize: (lot ?? 0) * contractSize,
    minNotionalUsd: market.limits.cost?.min ?? 0,
    ...(type === 'spot' ? { maxLeverage: 1, marginTiers: [] } : marginOf(market, tiers)),
  };
  return {
    instrument,
    tickSize: stepOf(market.precision.price, precisionMode),
    contractSize,
    status: statusOf(market),
    takerFeeBps: bpsOf(market.taker),
    makerFeeBps: bpsOf(market.maker),
  };
}

function marginOf(
  market: CcxtMarket,
  tiers: readonly MarginTier[] | undefined,
): Pick<Instrument, 'maxLeverage' | 'marginTiers'> {
  const defaults = defaultMargin();
  return {
    maxLeverage: market.limits.leverage?.max ?? defaults.maxLeverage,
    marginTiers: tiers ?? defaults.marginTiers,
  };
}

function statusOf(market: CcxtMarket): VenueInstrument['status'] {
  const { info } = market;
  if (info['isDelisted'] === true) return 'delisted';
  if (info['trading_disabled'] === true || info['is_disabled'] === true) return 'halted';
  const word = info['status'] ?? info['contractStatus'];
  const known = typeof word === 'string' ? STATUS_WORDS[word.toUpperCase()] : undefined;
  return known ?? (market.active === false ? 'halted' : 'trading');
}

function stepOf(precision: number | null | undefined, precisionMode: number): number | undefined {
  if (precision === undefined || precision === null) return undefined;
  if (precisionMode === TICK_SIZE) return precision > 0 ? precision : undefined;
  if (precisionMode === DECIMAL_PLACES) return Number(`1e${String(-precision)}`);
  return undefined;
}

/** Fractions times 10,000 leave dust behind (0.0002 * 10,000 is 2.0000000000000004). */
function bpsOf(fraction: number | null | undefined): number | undefined {
  return fraction === undefined || fraction === null
    ? undefined
    : Number((fraction * 10_000).toPrecision(12));
}
