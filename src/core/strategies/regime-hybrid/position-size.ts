import type { Regime } from './regime.js';

/** What the slow layer says changes the size; the rule and the breakers' loss streak do so besides. */
export const SIZE_FACTORS = {
  riskMode: { AGGRESSIVE: 1.25, NORMAL: 1, DEFENSIVE: 0.5 },
  volatility: { HIGH: 0.75, NORMAL: 1, LOW: 1 },
} as const;

/** From half of the size when the regime is a mere guess to all of it when it is certain. */
const LEAST_BY_CONFIDENCE = 0.5;

/** Share of equity of an entry: position x rule x risk mode x volatility x confidence in the regime. */
export function positionWeight(position: number, ruleSize: number, regime: Regime): number {
  return (
    position *
    ruleSize *
    SIZE_FACTORS.riskMode[regime.riskMode] *
    SIZE_FACTORS.volatility[regime.volatility] *
    (LEAST_BY_CONFIDENCE + (1 - LEAST_BY_CONFIDENCE) * regime.confidence)
  );
}
