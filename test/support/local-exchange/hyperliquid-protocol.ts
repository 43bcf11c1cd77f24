import { HYPERLIQUID_PER_MINUTE, answerHyperliquid } from './hyperliquid-info.js';
import { openHyperliquidStream } from './hyperliquid-streams.js';
import { hyperliquidCoin, marketOfCoin } from './hyperliquid-words.js';
import { renameSymbols } from './rename-symbols.js';
import type { VenueProtocol } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

/** Perpetuals and spot, as https://hyperliquid.gitbook.io describes them. */
export const HYPERLIQUID: VenueProtocol = {
  answer: answerHyperliquid,
  limitOf: () => ({ name: 'all', perMinute: HYPERLIQUID_PER_MINUTE }),
  overLimit: () => null,
  tellsRetryAfter: false,
  weightHeaders: () => ({}),
  serverError: () => null,
  forAnotherSymbol: (request, world) => ({
    ...request,
    body: renameSymbols(request.body, (coin) => anotherCoin(world, coin)),
  }),
  openStream: openHyperliquidStream,
  messageForAnotherSymbol: (body, world) => renameSymbols(body, (coin) => anotherCoin(world, coin)),
};

/** Another coin of the same kind. */
function anotherCoin(world: VenueWorld, coin: string): string {
  const asked = marketOfCoin(world, coin);
  const other = world.markets.find((market) => market !== asked && market.type === asked?.type);
  return other === undefined ? coin : hyperliquidCoin(world, other);
}
