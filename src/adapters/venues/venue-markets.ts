import { nearest } from '../../core/domain/nearest.js';
import { VenueFault } from '../../ports/venue.js';
import type { CcxtLink } from './ccxt-link.js';
import { marketSchema, type CcxtMarket } from './parse-market.js';
import type { InstrumentType } from './venue-profile.js';

/** The venue's list of markets, by the product's symbols: `BTC/USDT` whatever the instrument is. */
export interface VenueMarkets {
  /** ccxt's name of a symbol that is listed. */
  ccxtSymbol(symbol: string): Promise<string>;
  /** Base units of one contract of a symbol whose name was asked for. */
  contractSize(symbol: string): number;
  /** The venue's own names of such a symbol. */
  idsOf(symbol: string): readonly string[];
  /** Asks for the list again. A symbol that was on an earlier list and is not on this one has `listed: false`. */
  refresh(symbols: readonly string[]): Promise<readonly ListedMarket[]>;
}

export interface ListedMarket {
  readonly symbol: string;
  readonly ccxtSymbol: string;
  readonly market: CcxtMarket;
  readonly listed: boolean;
}

export function createVenueMarkets(link: CcxtLink, venue: string, type: InstrumentType): VenueMarkets {
  /** As they were when they were last listed. */
  const seen = new Map<string, CcxtMarket>();
  let loaded = false;

  // The flag makes ccxt ask again also after a list that could not be had, which it would remember.
  const load = async (): Promise<void> => {
    await link.ask('the list of markets', async (exchange) => {
      const markets = await exchange.loadMarkets(true);
      if (Object.keys(markets).length === 0)
        throw new VenueFault('bad-reply', `${venue}: the list of markets is empty`);
    });
    loaded = true;
  };
  let loading: Promise<void> | undefined;
  const loadOnce = async (): Promise<void> => {
    if (loaded) return;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    await loading;
  };

  const marketOf = (symbol: string): CcxtMarket | undefined => {
    const raw = link.exchange.markets?.[ccxtNameOf(symbol, type)];
    if (raw === undefined) return undefined;
    const parsed = marketSchema.safeParse(raw);
    const market = parsed.data;
    if (market === undefined || market.type !== (type === 'spot' ? 'spot' : 'swap'))
      throw new VenueFault(
        'bad-reply',
        `${venue}: what it says of ${symbol} cannot be read (${parsed.error?.issues[0]?.path.join('.') ?? 'type'})`,
      );
    seen.set(symbol, market);
    return market;
  };

  const unknown = (symbol: string): VenueFault => {
    if (seen.has(symbol)) return new VenueFault('unknown-symbol', `${venue}: ${symbol} is no longer listed`);
    const near = nearest(symbol, productSymbols(Object.keys(link.exchange.markets ?? {}), type));
    return new VenueFault(
      'unknown-symbol',
      `${venue}: there is no ${type} ${JSON.stringify(symbol)}, the nearest is ${JSON.stringify(near)}`,
    );
  };

  return {
    async ccxtSymbol(symbol) {
      await loadOnce();
      if (marketOf(symbol) === undefined) throw unknown(symbol);
      return ccxtNameOf(symbol, type);
    },
    contractSize: (symbol) => (type === 'spot' ? 1 : (seen.get(symbol)?.contractSize ?? 1)),
    idsOf(symbol) {
      const market = seen.get(symbol);
      return [market?.id, market?.baseName].filter((id) => typeof id === 'string');
    },
    async refresh(symbols) {
      await load();
      return symbols.map((symbol) => {
        const now = marketOf(symbol);
        const market = now ?? seen.get(symbol);
        if (market === undefined) throw unknown(symbol);
        return { symbol, ccxtSymbol: ccxtNameOf(symbol, type), market, listed: now !== undefined };
      });
    },
  };
}

/** Perpetuals are settled in the currency they are quoted in: `BTC/USDT:USDT`. */
function ccxtNameOf(symbol: string, type: InstrumentType): string {
  return type === 'spot' ? symbol : `${symbol}:${symbol.split('/')[1] ?? ''}`;
}

function productSymbols(ccxtNames: readonly string[], type: InstrumentType): readonly string[] {
  return ccxtNames.flatMap((name) => {
    const [symbol = '', settle] = name.split(':');
    if (type === 'spot') return settle === undefined ? [symbol] : [];
    return settle !== undefined && settle === symbol.split('/')[1] ? [symbol] : [];
  });
}
