import { z } from 'zod';
import type { CostModel } from '../../src/core/domain/costs.js';
import type { Intent } from '../../src/core/domain/intent.js';
import { createLedgerBuffer } from '../../src/core/domain/ledger.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { createMarketViews } from '../../src/core/indicators/market-views.js';
import type { Timeframe } from '../../src/core/domain/time.js';
import { openScorecard } from '../../src/core/metrics/scorecard.js';
import type { ProtectionRules } from '../../src/core/risk/account-protection.js';
import type { BreakerRules } from '../../src/core/risk/breakers.js';
import type { RiskLimits } from '../../src/core/risk/limits.js';
import { type Session, openSession } from '../../src/core/session/session.js';
import type { Observation, StrategyKind } from '../../src/core/strategies/strategy.js';

export const FREE: CostModel = {
  takerFeeBps: 0,
  makerFeeBps: 0,
  halfSpreadBps: 0,
  slippageBps: 0,
  impactBps: 0,
};

export const NO_LIMITS: RiskLimits = {
  maxSymbolExposureFraction: 1e6,
  maxGrossExposureFraction: 1e6,
  maxOrderValueUsd: 1e15,
  maxOpenNames: 1e6,
  minNotionalUsd: 0,
};

/** A strategy whose n-th decision is what the test says; nothing afterwards. */
export function scripted(decide: (decision: number, o: Observation) => readonly Intent[]): StrategyKind {
  return {
    manifest: {
      kind: 'scripted',
      version: 1,
      summary: 'decides what a test says',
      feeds: {},
      parameters: z.unknown(),
      costClass: 'rule',
    },
    label: () => 'scripted',
    features: () => [],
    warmupBars: () => 0,
    begin: () => 0,
    decide: (o, memory) => ({
      intents: decide(memory as number, o),
      memory: (memory as number) + 1,
      why: { code: 'scripted' },
    }),
  };
}

export function sessionFor(
  kind: StrategyKind,
  market: MarketTable,
  options: {
    cashUsd?: number;
    costs?: CostModel;
    limits?: RiskLimits;
    params?: unknown;
    seed?: number;
    timeframe?: Timeframe;
    breakers?: BreakerRules;
    protection?: ProtectionRules;
  } = {},
): Session {
  const session = openSession(
    {
      position: 0,
      kind,
      params: options.params ?? {},
      seed: options.seed ?? 0,
      symbols: market.symbols,
      timeframe: options.timeframe ?? market.timeframe,
      cashUsd: options.cashUsd ?? 10_000,
      costs: options.costs ?? FREE,
      limits: options.limits ?? NO_LIMITS,
      ...(options.breakers === undefined ? {} : { breakers: options.breakers }),
      ...(options.protection === undefined ? {} : { protection: options.protection }),
    },
    createMarketViews(market),
    createLedgerBuffer(),
  );
  session.cards = [openScorecard(session.plan.cashUsd)];
  return session;
}
