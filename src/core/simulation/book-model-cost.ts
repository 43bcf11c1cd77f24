import type { Account } from '../domain/account.js';
import { writeLedgerEntry } from '../domain/ledger.js';
import type { TimeMs } from '../domain/time.js';
import type { Venue } from './venue.js';

/** Charges what a question to a language model cost, at the decision: after the mark, so that the next one shows it. */
export function bookModelCost(venue: Venue, account: Account, costUsd: number, atMs: TimeMs): void {
  if (costUsd === 0) return;
  account.cashUsd -= costUsd;
  account.modelCostUsd += costUsd;
  writeLedgerEntry(venue.ledger, {
    contestant: venue.contestant,
    timeMs: atMs,
    symbol: -1,
    effect: 'model-cost',
    reason: 'model-cost',
    quantity: 0,
    referencePrice: 0,
    price: 0,
    feeUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    amountUsd: -costUsd,
    absorbedUsd: 0,
    quantityAfter: 0,
    cashAfterUsd: account.cashUsd,
    closedTradeNetUsd: 0,
    closesTrade: false,
  });
}
