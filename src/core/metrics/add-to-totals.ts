import { type LedgerEntry } from '../domain/ledger.js';
import type { TradeTotals } from './trade-totals.js';

/**
 * Adds a ledger record to its contestant's totals: the additions that the account made when it was written,
 * in the same order, so the same bits.
 */
export function addToTotals(totals: TradeTotals, entry: LedgerEntry): void {
  if (entry.effect === 'funding') {
    totals.fundingUsd -= entry.amountUsd;
    return;
  }
  if (entry.effect === 'model-cost') {
    totals.modelCostUsd -= entry.amountUsd;
    return;
  }
  totals.fills++;
  totals.tradedNotionalUsd += Math.abs(entry.quantity) * entry.price;
  totals.feesUsd += entry.feeUsd;
  totals.spreadUsd += entry.spreadUsd;
  totals.slippageUsd += entry.slippageUsd;
  if (!entry.closesTrade) return;
  totals.closedTrades++;
  if (entry.closedTradeNetUsd > 0) {
    totals.wins++;
    totals.grossProfitUsd += entry.closedTradeNetUsd;
  } else totals.grossLossUsd -= entry.closedTradeNetUsd;
}
