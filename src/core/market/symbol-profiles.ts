/**
 * The fictional symbols: trees, quoted in GEN, so that nobody takes a generated price for a real one. They
 * differ in price, size and temper as a real venue's list does; the first two are the large calm ones.
 */
import { createRandomStream } from './random-stream.js';

export interface SymbolProfile {
  /** Open of the first bar. */
  readonly startPrice: number;
  readonly dailyNotional: number;
  /** Standard deviation of log returns over a year, in the long run. */
  readonly annualVolatility: number;
  /** Share of the variance that the market as a whole explains. */
  readonly marketShare: number;
}

const KNOWN: Readonly<Record<string, SymbolProfile>> = {
  'ALDER-GEN': { startPrice: 60_000, dailyNotional: 1.6e9, annualVolatility: 0.52, marketShare: 0.76 },
  'BIRCH-GEN': { startPrice: 2_500, dailyNotional: 9e8, annualVolatility: 0.64, marketShare: 0.76 },
  'CEDAR-GEN': { startPrice: 140, dailyNotional: 4e8, annualVolatility: 0.9, marketShare: 0.66 },
  'DOGWOOD-GEN': { startPrice: 0.085, dailyNotional: 2.2e8, annualVolatility: 0.95, marketShare: 0.66 },
  'ELM-GEN': { startPrice: 420, dailyNotional: 1.6e8, annualVolatility: 0.6, marketShare: 0.66 },
  'FIR-GEN': { startPrice: 0.62, dailyNotional: 3e8, annualVolatility: 0.88, marketShare: 0.58 },
  'GINKGO-GEN': { startPrice: 14.2, dailyNotional: 7e7, annualVolatility: 0.92, marketShare: 0.68 },
  'HAZEL-GEN': { startPrice: 78, dailyNotional: 5e7, annualVolatility: 0.84, marketShare: 0.62 },
  'IVY-GEN': { startPrice: 6.4, dailyNotional: 3e7, annualVolatility: 1, marketShare: 0.56 },
  'JUNIPER-GEN': { startPrice: 310, dailyNotional: 4e7, annualVolatility: 0.9, marketShare: 0.54 },
  'KAPOK-GEN': { startPrice: 0.031, dailyNotional: 1.2e7, annualVolatility: 1.15, marketShare: 0.5 },
  'LARCH-GEN': { startPrice: 1.9, dailyNotional: 1.8e7, annualVolatility: 1.05, marketShare: 0.54 },
};

export const KNOWN_SYMBOLS: readonly string[] = Object.keys(KNOWN);

/** Any other name gets a temper of its own, drawn from the name alone. */
export function symbolProfile(symbol: string): SymbolProfile {
  const known = Object.hasOwn(KNOWN, symbol) ? KNOWN[symbol] : undefined;
  if (known !== undefined) return known;
  const random = createRandomStream(0, `profile of ${symbol}`);
  // Whole numbers and divisions only: the same on every machine.
  const magnitude = Math.floor(random.uniform() * 5);
  return {
    startPrice:
      (Math.round((1 + 9 * random.uniform()) * 100) / 100) * ([0.01, 0.1, 1, 10, 100][magnitude] ?? 1),
    dailyNotional: 1e7 * Math.ceil(random.uniform() * 20),
    annualVolatility: 0.75 + 0.4 * random.uniform(),
    marketShare: 0.5 + 0.2 * random.uniform(),
  };
}

/** Lots in one base unit, a power of ten: the smallest lot is worth less than one GEN at the start price. */
export function lotsPerUnit(profile: SymbolProfile): number {
  let lots = 1;
  while (profile.startPrice >= lots) lots *= 10;
  return lots;
}
