import type { TradeTotals } from '../metrics/trade-totals.js';
import type { Session } from './session.js';

/** What its account's trades added up to. */
export function totalsOf(session: Session): TradeTotals {
  const a = session.account;
  return {
    fills: a.fills,
    closedTrades: a.closedTrades,
    wins: a.wins,
    grossProfitUsd: a.grossProfitUsd,
    grossLossUsd: a.grossLossUsd,
    tradedNotionalUsd: a.tradedNotionalUsd,
    feesUsd: a.feesUsd,
    spreadUsd: a.spreadUsd,
    slippageUsd: a.slippageUsd,
    fundingUsd: a.fundingUsd,
    modelCostUsd: a.modelCostUsd,
  };
}
