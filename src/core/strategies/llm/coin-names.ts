/** How a contestant's symbols are called in prompts, and which symbol a reply means. */
export interface CoinNames {
  /** As the model sees them, by symbol index. */
  readonly shown: readonly string[];
  /** What a symbol may be called: as it is shown, and its base name. */
  aliases(symbol: number): readonly string[];
  /** Case and separators do not matter; a base name counts where it is one symbol's only. */
  find(coin: string): FoundCoin;
}

export type FoundCoin =
  { readonly kind: 'found'; readonly symbol: number } | { readonly kind: 'unknown' | 'ambiguous' };

/** Masked symbols are called ASSET-1, ASSET-2, ... in the contestant's own order, against prices known by heart. */
export function coinNames(symbols: readonly string[], mask: boolean): CoinNames {
  const shown = mask ? symbols.map((_, i) => `ASSET-${String(i + 1)}`) : symbols;
  const whole = shown.map(fold);
  const bases = shown.map((name) => (mask ? name : baseName(name)));
  return {
    shown,
    aliases: (symbol) => [...new Set([shown[symbol] ?? '', bases[symbol] ?? ''])],
    find(coin) {
      const said = fold(coin);
      const exact = only(indicesOf(whole, said));
      return exact.kind === 'unknown' ? only(indicesOf(bases, coin.toUpperCase())) : exact;
    },
  };
}

function indicesOf(names: readonly string[], name: string): number[] {
  return names.flatMap((each, i) => (each === name ? [i] : []));
}

function only(found: readonly number[]): FoundCoin {
  const [symbol, second] = found;
  if (symbol === undefined) return { kind: 'unknown' };
  return second === undefined ? { kind: 'found', symbol } : { kind: 'ambiguous' };
}

/** BTC-USDT, BTC/USDT and btcusdt are one name. */
function fold(name: string): string {
  return name.toUpperCase().replace(/[-/:_]/g, '');
}

/** BTC of BTC-USDT and BTC/USDT:USDT; of names without a separator what stands before the dollar. */
function baseName(symbol: string): string {
  const name = symbol.toUpperCase();
  const [first = name] = name.split(/[-/:_]/);
  return first === name ? name.replace(/(?<=^.{2,})(?:USDT|USDC|USD)$/, '') : first;
}
