const BASES = ['BTC', 'ETH', 'SOL'] as const;
/** What most symbols of an exchange are quoted in, where it is not the usual. */
const QUOTES: Readonly<Record<string, string>> = { hyperliquid: 'USDC', coinbase: 'USD', kraken: 'USD' };
const USUAL_QUOTE = 'USDT';

/** What is traded at an exchange when nobody says which. */
export function usualSymbols(exchange: string): readonly string[] {
  const quote = (Object.hasOwn(QUOTES, exchange) ? QUOTES[exchange] : undefined) ?? USUAL_QUOTE;
  return BASES.map((base) => `${base}/${quote}`);
}
