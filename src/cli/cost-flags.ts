import type { CostModel } from '../core/domain/costs.js';
import { notNegative } from './parse-number.js';

/** Costs on the command line, as commander gives them. */
export interface CostFlags {
  readonly feeBps?: string;
  readonly halfSpreadBps?: string;
  readonly slippageBps?: string;
}

export function costsFor(flags: CostFlags, base: CostModel): CostModel {
  const { feeBps, halfSpreadBps, slippageBps } = flags;
  return {
    ...base,
    ...(feeBps === undefined ? {} : { takerFeeBps: notNegative(feeBps, '--fee-bps') }),
    ...(halfSpreadBps === undefined
      ? {}
      : { halfSpreadBps: notNegative(halfSpreadBps, '--half-spread-bps') }),
    ...(slippageBps === undefined
      ? {}
      : { slippageBps: notNegative(slippageBps, '--slippage-bps'), impactBps: 0 }),
  };
}
