import type { CcxtLink } from './ccxt-link.js';
import type { VenueMarkets } from './venue-markets.js';
import type { InstrumentType, VenueProfile } from './venue-profile.js';

/** What every question to a venue needs. */
export interface VenueParts {
  /** E.g. `binance`: every fault begins with it. */
  readonly name: string;
  readonly type: InstrumentType;
  readonly profile: VenueProfile;
  readonly link: CcxtLink;
  readonly markets: VenueMarkets;
  readonly nowMs: () => number;
  readonly log: (text: string) => void;
}
