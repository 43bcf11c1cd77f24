import type { MarginTier } from '../../core/domain/instrument.js';
import { VenueFault, type VenueInstrument } from '../../ports/venue.js';
import { parseMarginTiers } from './parse-figures.js';
import { parseMarket } from './parse-market.js';
import type { ListedMarket } from './venue-markets.js';
import type { VenueParts } from './venue-parts.js';

/** No position is as large; the last tier has no end. */
const NO_END_USD = 1e15;

/** Asks for the venue's list of markets again, and for margin tiers where it tells them to everybody. */
export function createInstrumentAsker(
  parts: VenueParts,
): (symbols: readonly string[]) => Promise<readonly VenueInstrument[]> {
  const { name, type, profile, link, markets, log } = parts;
  let tellsTiers = type === 'perpetual';

  const without = (why: string): undefined => {
    tellsTiers = false;
    log(`${name} ${why}: the usual margin tiers of this program hold for its perpetuals.`);
  };

  const askTiers = async ({
    symbol,
    ccxtSymbol,
    market,
  }: ListedMarket): Promise<readonly MarginTier[] | undefined> => {
    if (!tellsTiers) return undefined;
    const maxLeverage = market.limits.leverage?.max ?? undefined;
    switch (profile.margin) {
      case 'key':
        without('tells its margin tiers only with a key');
        return undefined;
      case 'half-of-initial':
        if (maxLeverage === undefined) return undefined;
        return [{ upToNotionalUsd: NO_END_USD, maintenanceFraction: 1 / (2 * maxLeverage) }];
      case 'asked': {
        if (link.exchange.has['fetchLeverageTiers'] !== true) {
          without('does not tell its margin tiers');
          return undefined;
        }
        const what = `margin tiers of ${symbol}`;
        try {
          return await link.ask(what, async (exchange) =>
            parseMarginTiers(`${name}: ${what}`, await exchange.fetchMarketLeverageTiers(ccxtSymbol)),
          );
        } catch (error) {
          if (!(error instanceof VenueFault) || error.kind !== 'refused') throw error;
          without('does not tell its margin tiers without a key');
          return undefined;
        }
      }
    }
  };

  return async (symbols) => {
    const found: VenueInstrument[] = [];
    for (const one of await markets.refresh(symbols)) {
      const tiers = one.listed ? await askTiers(one) : undefined;
      const parsed = parseMarket(one.symbol, type, one.market, link.exchange.precisionMode, tiers);
      found.push(one.listed ? parsed : { ...parsed, status: 'delisted' });
    }
    return found;
  };
}
