import type { Instrument, MarginTier } from './instrument.js';

/**
 * What a perpetual has when nobody says: a generic venue's maintenance tiers in round figures, of the size that large venues
 * publish for their main contracts, and of no venue in particular.
 */
const DEFAULT_MARGIN_TIERS: readonly MarginTier[] = [
  { upToNotionalUsd: 50_000, maintenanceFraction: 0.005 },
  { upToNotionalUsd: 250_000, maintenanceFraction: 0.01 },
  { upToNotionalUsd: 1_000_000, maintenanceFraction: 0.025 },
  { upToNotionalUsd: 10_000_000, maintenanceFraction: 0.05 },
  { upToNotionalUsd: 1e15, maintenanceFraction: 0.125 },
];
const DEFAULT_MAX_LEVERAGE = 20;

export function defaultMargin(): Pick<Instrument, 'maxLeverage' | 'marginTiers'> {
  return { maxLeverage: DEFAULT_MAX_LEVERAGE, marginTiers: DEFAULT_MARGIN_TIERS };
}
