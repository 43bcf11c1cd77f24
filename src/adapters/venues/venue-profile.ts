import { Problem } from '../../core/domain/problem.js';
import type { WeightLimit } from './venue-limits.js';

export type InstrumentType = 'spot' | 'perpetual';

/** How candles of long ranges are asked for. */
export interface CandlePaging {
  readonly perPage: number;
  /**
   * `from-start`: so many bars that exist, from a time on. `window`: those between two times, also none.
   * `newest-only`: the newest ones, whatever was asked.
   */
  readonly way: 'from-start' | 'window' | 'newest-only';
}

/** What we know of a venue beyond what ccxt says. */
export interface VenueProfile {
  readonly name: string;
  /** ccxt's name of it for this instrument. */
  readonly ccxtId: string;
  /** Tried with ccxt's own class against an exchange of the tests, if not with the venue itself. */
  readonly tried: boolean;
  /** Undefined: as ccxt's own pace says. */
  readonly limit: WeightLimit | undefined;
  /** The venue's weight of a request by ccxt's cost of it. */
  readonly weightOf: (cost: number) => number;
  /** So many rows of an answer weigh one more, which is known only when they have come. */
  readonly rowsPerWeight: number | undefined;
  readonly usedWeightHeader: string | undefined;
  readonly paging: CandlePaging;
  /** So many of the newest bars and none before; undefined where the whole history is there. */
  readonly keepsBars: number | undefined;
  readonly fundingPerPage: number;
  /** What the volume of a candle of a perpetual counts. */
  readonly volumeIn: 'base' | 'contracts';
  /** `key`: told to owners of a key only. `half-of-initial`: of the margin at the largest leverage, as Hyperliquid documents. */
  readonly margin: 'asked' | 'key' | 'half-of-initial';
  readonly quotesFrom: 'bids-asks' | 'order-book' | 'ticker';
  readonly watchBy: 'bids-asks' | 'order-book' | 'ticker';
  /** Added to ccxt's options: no request for markets that are not used here. */
  readonly options: Readonly<Record<string, unknown>>;
}

const MINUTE_MS = 60_000;

const ANY: Omit<VenueProfile, 'name' | 'ccxtId'> = {
  tried: false,
  limit: undefined,
  weightOf: (cost) => cost,
  rowsPerWeight: undefined,
  usedWeightHeader: undefined,
  paging: { perPage: 300, way: 'window' },
  keepsBars: undefined,
  fundingPerPage: 100,
  volumeIn: 'contracts',
  margin: 'asked',
  quotesFrom: 'ticker',
  watchBy: 'ticker',
  options: {},
};

/**
 * By name and instrument. Weights are the venues' published limits: Binance 6,000 a minute for spot, of which ccxt counts
 * 0.2 each, and 2,400 for futures; Hyperliquid 1,200.
 */
const PROFILES: Readonly<Record<string, Partial<Record<InstrumentType, VenueProfile>>>> = {
  binance: {
    spot: {
      ...ANY,
      name: 'binance',
      ccxtId: 'binance',
      tried: true,
      limit: { weight: 6_000, windowMs: MINUTE_MS },
      weightOf: (cost) => 5 * cost,
      usedWeightHeader: 'x-mbx-used-weight-1m',
      paging: { perPage: 1_000, way: 'from-start' },
      volumeIn: 'base',
      quotesFrom: 'bids-asks',
      watchBy: 'bids-asks',
      options: { fetchMarkets: { types: ['spot'] }, defaultType: 'spot' },
    },
    perpetual: {
      ...ANY,
      name: 'binance',
      ccxtId: 'binanceusdm',
      margin: 'key',
      tried: true,
      limit: { weight: 2_400, windowMs: MINUTE_MS },
      usedWeightHeader: 'x-mbx-used-weight-1m',
      paging: { perPage: 1_000, way: 'from-start' },
      fundingPerPage: 1_000,
      volumeIn: 'base',
      quotesFrom: 'bids-asks',
      watchBy: 'bids-asks',
      options: { fetchMarkets: { types: ['linear'] } },
    },
  },
  hyperliquid: {
    spot: hyperliquid('spot'),
    perpetual: hyperliquid('swap'),
  },
  kraken: {
    spot: {
      ...ANY,
      name: 'kraken',
      ccxtId: 'kraken',
      tried: true,
      paging: { perPage: 720, way: 'newest-only' },
      keepsBars: 720,
      volumeIn: 'base',
    },
    perpetual: { ...ANY, name: 'kraken', ccxtId: 'krakenfutures', volumeIn: 'base' },
  },
  coinbase: {
    spot: {
      ...ANY,
      name: 'coinbase',
      ccxtId: 'coinbase',
      tried: true,
      paging: { perPage: 300, way: 'window' },
      volumeIn: 'base',
    },
  },
};

function hyperliquid(type: 'spot' | 'swap'): VenueProfile {
  return {
    ...ANY,
    name: 'hyperliquid',
    ccxtId: 'hyperliquid',
    margin: 'half-of-initial',
    tried: true,
    // Of 1,200; the rest is for rows, by 60 candles or 20 funding rates.
    limit: { weight: 1_100, windowMs: MINUTE_MS },
    rowsPerWeight: 20,
    // ccxt counts candles 4 and has nothing else at that; the venue's documentation says 20.
    weightOf: (cost) => (cost === 4 ? 20 : cost),
    // It answers with the newest 5,000 at most; asking for fewer keeps the weight of an answer down.
    paging: { perPage: 500, way: 'window' },
    keepsBars: 5_000,
    fundingPerPage: 500,
    volumeIn: 'base',
    quotesFrom: 'order-book',
    watchBy: 'order-book',
    options: { fetchMarkets: { types: [type] } },
  };
}

/** ccxt's names of what is a venue's perpetuals here. */
const PERPETUALS_OF: Readonly<Record<string, string>> = { binanceusdm: 'binance' };

export function profileOf(exchange: string, instrument: InstrumentType): VenueProfile {
  const meant = Object.hasOwn(PERPETUALS_OF, exchange) ? PERPETUALS_OF[exchange] : undefined;
  const perpetuals = meant === undefined ? undefined : PROFILES[meant]?.perpetual;
  if (perpetuals !== undefined && instrument === 'perpetual') return { ...perpetuals, name: exchange };
  if (!Object.hasOwn(PROFILES, exchange)) return { ...ANY, name: exchange, ccxtId: exchange };
  const own = PROFILES[exchange] ?? {};
  const profile = own[instrument];
  if (profile !== undefined) return profile;
  throw new Problem('usage', `${exchange} is known here for ${Object.keys(own).join(' and ')} only.`, {
    hint: `Set the instrument to ${Object.keys(own)[0] ?? 'spot'}, or choose another exchange.`,
  });
}
