/** What an account's trades added up to since some start. Costs are positive when paid. */
export interface TradeTotals {
  fills: number;
  closedTrades: number;
  wins: number;
  grossProfitUsd: number;
  /** Zero or more. */
  grossLossUsd: number;
  tradedNotionalUsd: number;
  feesUsd: number;
  spreadUsd: number;
  slippageUsd: number;
  fundingUsd: number;
  modelCostUsd: number;
}

/** Order in which totals are saved as doubles. */
export const TRADE_TOTAL_FIELDS = [
  'fills',
  'closedTrades',
  'wins',
  'grossProfitUsd',
  'grossLossUsd',
  'tradedNotionalUsd',
  'feesUsd',
  'spreadUsd',
  'slippageUsd',
  'fundingUsd',
  'modelCostUsd',
] as const satisfies readonly (keyof TradeTotals)[];

export function zeroTradeTotals(): TradeTotals {
  return {
    fills: 0,
    closedTrades: 0,
    wins: 0,
    grossProfitUsd: 0,
    grossLossUsd: 0,
    tradedNotionalUsd: 0,
    feesUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    fundingUsd: 0,
    modelCostUsd: 0,
  };
}

export function tradeTotalsSince(now: TradeTotals, baseline: TradeTotals): TradeTotals {
  const since = zeroTradeTotals();
  for (const field of TRADE_TOTAL_FIELDS) since[field] = now[field] - baseline[field];
  return since;
}
