/** Maintenance margin of a perpetual: the rate that holds up to a position notional. */
export interface MarginTier {
  readonly upToNotionalUsd: number;
  readonly maintenanceFraction: number;
}

/** What a venue says about one symbol. Quantities are in base units, money in USD. */
export interface Instrument {
  readonly symbol: string;
  readonly type: 'spot' | 'perpetual';
  /** Smallest step of a quantity; 0 means any quantity. */
  readonly lotSize: number;
  readonly minNotionalUsd: number;
  /** Smallest step of a price; absent where nobody says: then any price. */
  readonly tickSize?: number | undefined;
  /** 1 for spot. */
  readonly maxLeverage: number;
  /** Ascending by notional; empty for spot, and a perpetual without tiers has no maintenance margin. */
  readonly marginTiers: readonly MarginTier[];
}

export function spotInstrument(symbol: string, overrides: Partial<Instrument> = {}): Instrument {
  return {
    symbol,
    type: 'spot',
    lotSize: 0,
    minNotionalUsd: 0,
    maxLeverage: 1,
    marginTiers: [],
    ...overrides,
  };
}

/** The largest multiple of the lot that is not above `quantity` (>= 0). */
export function roundDownToLot(quantity: number, lotSize: number): number {
  if (lotSize <= 0) return quantity;
  // A quantity that is a whole number of lots up to rounding noise must not lose a lot.
  const lots = Math.floor(quantity / lotSize + 1e-9);
  return lots <= 0 ? 0 : lots * lotSize;
}
