import { type LedgerEntry } from '../domain/ledger.js';

/**
 * What each symbol brought an account: cash that its fills moved, and what is held at its last mark. Sums of all symbols
 * and of model costs are the account's equity less its deposits, whichever way trades are matched.
 */
export interface SymbolResults {
  /** By market index: money received less money paid, fees and funding included. */
  readonly flowUsd: Float64Array;
  /** Signed, base units. */
  readonly quantity: Float64Array;
}

export function openSymbolResults(symbols: number): SymbolResults {
  return { flowUsd: new Float64Array(symbols), quantity: new Float64Array(symbols) };
}

export function addToSymbol(results: SymbolResults, entry: LedgerEntry): void {
  const s = entry.symbol;
  if (s < 0 || s >= results.flowUsd.length) return;
  const traded = -entry.quantity * entry.price - entry.feeUsd + entry.absorbedUsd;
  const funding = entry.effect === 'funding' ? entry.amountUsd : 0;
  results.flowUsd[s] = (results.flowUsd[s] ?? 0) + traded + funding;
  results.quantity[s] = entry.quantityAfter;
}

/** Result of each symbol up to now, with what is held valued at these prices (NaN where nothing is held and known). */
export function symbolWorthUsd(results: SymbolResults, prices: ArrayLike<number>): Float64Array {
  return results.flowUsd.map((flow, s) => {
    const held = results.quantity[s] ?? 0;
    return held === 0 ? flow : flow + held * (prices[s] ?? NaN);
  });
}
