import type { LedgerEntry } from '../domain/ledger.js';

/** What moved money in one symbol, as trades are made of. What a source does not tell is undefined. */
export interface BookedFill {
  readonly symbol: string;
  readonly timeMs: number;
  /** Signed: bought is positive; 0 for funding. */
  readonly quantity: number;
  readonly price: number;
  /** Before spread and slippage. */
  readonly referencePrice: number | undefined;
  readonly feeUsd: number;
  readonly spreadUsd: number | undefined;
  readonly slippageUsd: number | undefined;
  /** Paid is positive; only of funding. */
  readonly fundingUsd: number;
  /** Loss beyond the margin, borne by the venue. */
  readonly absorbedUsd: number;
  readonly reason: string;
}

/** An entry of the ledger; undefined for a model cost, which belongs to no symbol. */
export function bookedFill(entry: LedgerEntry, symbols: readonly string[]): BookedFill | undefined {
  const symbol = symbols[entry.symbol];
  if (symbol === undefined) return undefined;
  return {
    symbol,
    timeMs: entry.timeMs,
    quantity: entry.quantity,
    price: entry.price,
    referencePrice: entry.referencePrice,
    feeUsd: entry.feeUsd,
    spreadUsd: entry.spreadUsd,
    slippageUsd: entry.slippageUsd,
    fundingUsd: entry.effect === 'funding' ? -entry.amountUsd : 0,
    absorbedUsd: entry.absorbedUsd,
    reason: entry.reason,
  };
}
