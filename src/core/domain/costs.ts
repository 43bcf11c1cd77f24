/**
 * What a venue takes for a trade. Defaults are a large crypto venue's lowest tier. The same model prices the
 * arena and the paper trader.
 */
export interface CostModel {
  readonly takerFeeBps: number;
  readonly makerFeeBps: number;
  readonly halfSpreadBps: number;
  readonly slippageBps: number;
  /** Slippage in bps of an order as large as its whole bar; grows with the square root of the share. */
  readonly impactBps: number;
}

export const DEFAULT_COSTS: CostModel = {
  takerFeeBps: 5,
  makerFeeBps: 2,
  halfSpreadBps: 2,
  slippageBps: 0,
  impactBps: 10,
};

/** Beyond this an order would move a price by more than the square-root law can say anything about. */
export const MAX_SLIPPAGE_FRACTION = 0.1;
