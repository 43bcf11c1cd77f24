import type { CostModel } from '../domain/costs.js';
import type { Seed } from '../domain/rng.js';
import type { Timeframe } from '../domain/time.js';
import type { BreakerRules } from '../risk/breakers.js';
import type { ProtectionRules } from '../risk/account-protection.js';
import type { RiskLimits } from '../risk/limits.js';
import type { StrategyKind } from '../strategies/strategy.js';

/** Everything that a session is made from; it never changes while the session lives. */
export interface SessionPlan {
  /** Place in the roster, written into the ledger. */
  readonly position: number;
  readonly kind: StrategyKind;
  readonly params: unknown;
  readonly seed: Seed;
  readonly symbols: readonly string[];
  /** Held but not traded: inherited positions that keep their protection. The strategy does not see them. */
  readonly orphans?: readonly string[];
  /** Bars it decides on; the market's own or longer ones. Fills, stops and marks use the market's own. */
  readonly timeframe: Timeframe;
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  /** Loss limits that refuse entries; without them the strategy is measured alone. */
  readonly breakers?: BreakerRules;
  /** Protections of the account beside the strategy's own. */
  readonly protection?: ProtectionRules;
}
