/**
 * What happens to open positions when the champion changes. The rule: keep everything, entry prices, protection
 * and high-water marks included. What the new champion does not trade keeps its protection and leaves by rule; a
 * position that nothing would ever close is closed at the hand-over's bar.
 */
import type { CostFractions } from '../simulation/venue.js';

export interface HandoverStep {
  readonly symbol: string;
  readonly action: 'keep' | 'orphan' | 'close';
  /** Signed base units. */
  readonly quantity: number;
  readonly notionalUsd: number;
  /** Estimated at the last mark; 0 for what is kept. */
  readonly costUsd: number;
  readonly why: string;
}

export interface HandoverPlan {
  readonly steps: readonly HandoverStep[];
  readonly costUsd: number;
  readonly equityBeforeUsd: number;
}

/** A position as the plan needs it: from the account itself, or from the file that shows it. */
export interface HeldPosition {
  readonly symbol: string;
  /** Signed base units; 0 is flat. */
  readonly quantity: number;
  readonly markPrice: number;
  /** NaN where there is none. */
  readonly stopPrice: number;
}

/** What is held, in the order in which it will be told. */
export interface HeldPositions {
  readonly positions: readonly HeldPosition[];
  readonly equityUsd: number;
}

export interface HandoverTarget {
  readonly symbols: readonly string[];
  readonly takesShorts: boolean;
}

/** How long an orphan may stay before it is closed, when nothing closed it earlier. */
export const ORPHAN_HOURS = 168;

/** What would happen to each position that is held, and what it would cost. */
export function planHandover(from: HeldPositions, to: HandoverTarget, costs: CostFractions): HandoverPlan {
  const exitCost = costs.takerFee + costs.halfSpread + costs.slippage;
  const steps = from.positions.flatMap((position): HandoverStep[] => {
    if (position.quantity === 0) return [];
    const { symbol } = position;
    const notionalUsd = Math.abs(position.quantity * position.markPrice);
    const step = (action: HandoverStep['action'], why: string): HandoverStep => ({
      symbol,
      action,
      quantity: position.quantity,
      notionalUsd,
      costUsd: action === 'close' ? notionalUsd * exitCost : 0,
      why,
    });
    const guarded = !Number.isNaN(position.stopPrice);
    if (to.symbols.includes(symbol)) {
      if (position.quantity < 0 && !to.takesShorts && !guarded)
        return [step('close', 'a short without a stop, and the new champion takes no shorts')];
      return [step('keep', 'the new champion trades it and decides at its next bar')];
    }
    return guarded
      ? [
          step(
            'orphan',
            `not traded any more: keeps its stop at ${String(position.stopPrice)}, leaves within ${String(ORPHAN_HOURS)} h`,
          ),
        ]
      : [step('close', 'not traded any more, and without a stop')];
  });
  return {
    steps,
    costUsd: steps.reduce((sum, step) => sum + step.costUsd, 0),
    equityBeforeUsd: from.equityUsd,
  };
}
