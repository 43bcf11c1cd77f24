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

/** Field by field: it is asked for every contender at every bar. */
export function tradeTotalsSince(now: TradeTotals, baseline: TradeTotals): TradeTotals {
  return {
    fills: now.fills - baseline.fills,
    closedTrades: now.closedTrades - baseline.closedTrades,
    wins: now.wins - baseline.wins,
    grossProfitUsd: now.grossProfitUsd - baseline.grossProfitUsd,
    grossLossUsd: now.grossLossUsd - baseline.grossLossUsd,
    tradedNotionalUsd: now.tradedNotionalUsd - baseline.tradedNotionalUsd,
    feesUsd: now.feesUsd - baseline.feesUsd,
    spreadUsd: now.spreadUsd - baseline.spreadUsd,
    slippageUsd: now.slippageUsd - baseline.slippageUsd,
    fundingUsd: now.fundingUsd - baseline.fundingUsd,
    modelCostUsd: now.modelCostUsd - baseline.modelCostUsd,
  };
}
