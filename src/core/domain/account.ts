import { type Position, flatPosition, positionWorthUsd } from './position.js';
import { assertInvariant } from './problem.js';

/** Money of one session, with every dollar's whereabouts, and what its trades added up to. */
export interface Account {
  cashUsd: number;
  depositsUsd: number;
  /** Gross result of exits at reference prices. */
  realisedUsd: number;
  feesUsd: number;
  spreadUsd: number;
  slippageUsd: number;
  /** Paid is positive. */
  fundingUsd: number;
  modelCostUsd: number;
  fills: number;
  closedTrades: number;
  wins: number;
  grossProfitUsd: number;
  grossLossUsd: number;
  tradedNotionalUsd: number;
  openNames: number;
  /** Losing trades in a row, whatever closed them. */
  lossStreak: number;
  readonly positions: readonly Position[];
}

/** Order in which accounts are saved as doubles. */
export const ACCOUNT_FIELDS = [
  'cashUsd',
  'depositsUsd',
  'realisedUsd',
  'feesUsd',
  'spreadUsd',
  'slippageUsd',
  'fundingUsd',
  'modelCostUsd',
  'fills',
  'closedTrades',
  'wins',
  'grossProfitUsd',
  'grossLossUsd',
  'tradedNotionalUsd',
  'openNames',
  'lossStreak',
] as const satisfies readonly (keyof Account)[];

export function openAccount(cashUsd: number, symbols: number): Account {
  return {
    cashUsd,
    depositsUsd: cashUsd,
    realisedUsd: 0,
    feesUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    fundingUsd: 0,
    modelCostUsd: 0,
    fills: 0,
    closedTrades: 0,
    wins: 0,
    grossProfitUsd: 0,
    grossLossUsd: 0,
    tradedNotionalUsd: 0,
    openNames: 0,
    lossStreak: 0,
    positions: Array.from({ length: symbols }, flatPosition),
  };
}

/** Cash plus what every position is worth at its last mark. */
export function equityUsd(account: Account): number {
  let equity = account.cashUsd;
  for (const position of account.positions) if (position.quantity !== 0) equity += positionWorthUsd(position);
  return equity;
}

/** Largest tolerated difference between the two ways to compute equity, relative to the money involved. */
export const CONSERVATION_TOLERANCE = 1e-9;

/**
 * The same equity from where the money came from and went:
 * deposits + realised - fees - spread - slippage - funding - model costs + unrealised (at reference prices).
 */
export function equityFromFlows(account: Account): number {
  let unrealised = 0;
  for (const position of account.positions)
    if (position.quantity !== 0)
      unrealised += position.quantity * (position.markPrice - position.entryReferencePrice);
  return (
    account.depositsUsd +
    account.realisedUsd -
    account.feesUsd -
    account.spreadUsd -
    account.slippageUsd -
    account.fundingUsd -
    account.modelCostUsd +
    unrealised
  );
}

/** Money is neither made nor lost by booking it. Throws when the books do not add up. */
export function assertConserved(account: Account, who: string): void {
  const held = equityUsd(account);
  const flowed = equityFromFlows(account);
  const scale = Math.max(account.depositsUsd, Math.abs(held), Math.sqrt(account.tradedNotionalUsd));
  assertInvariant(
    Math.abs(held - flowed) <= CONSERVATION_TOLERANCE * scale,
    () => `the books of ${who} do not add up: holds ${String(held)} USD, flows say ${String(flowed)} USD`,
  );
}
