/**
 * The two workloads of `bench/`, through the real engine: the same sessions that the arena and the backtest
 * run, with the costs and rules of the limits (no spread, no lots, no minimum order).
 */
import type { CostModel } from '../core/domain/costs.js';
import type { MarketTable } from '../core/domain/market-table.js';
import type { MarketViews } from '../core/indicators/market-views.js';
import type { RiskLimits } from '../core/risk/limits.js';
import { type RunMemory, runSession } from '../core/kernel/run-session.js';
import type { SessionPlan } from '../core/session/session-plan.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { StrategyKind } from '../core/strategies/strategy.js';

export const NO_LIMITS: RiskLimits = {
  maxSymbolExposureFraction: 1e9,
  maxGrossExposureFraction: 1e9,
  maxOrderValueUsd: 1e18,
  maxOpenNames: 1e9,
  minNotionalUsd: 0,
};

export interface W1Result {
  readonly equity: number;
  readonly fills: number;
  readonly seconds: readonly number[];
}

/**
 * W1: SMA(10/30), one unit, cash 1,000,000, fee 5 bps. Indicators and signals are computed anew in every repetition; what
 * is prepared of the market alone is handed on, as in a sweep.
 */
export function runW1(
  market: MarketTable,
  repetitions: number,
  now: () => number,
  memory: RunMemory,
): W1Result {
  const kind = kindNamed('sma-cross');
  const params = kind.manifest.parameters.parse({ fast: 10, slow: 30, quantity: 1 });
  const seconds: number[] = [];
  let equity = NaN;
  let fills = 0;
  for (let k = 0; k < repetitions; k++) {
    const start = now();
    const run = runSession(
      {
        position: 0,
        kind,
        params,
        seed: 0,
        symbols: market.symbols,
        timeframe: market.timeframe,
        cashUsd: 1e6,
        costs: { takerFeeBps: 5, makerFeeBps: 0, halfSpreadBps: 0, slippageBps: 0, impactBps: 0 },
        limits: NO_LIMITS,
      },
      market,
      0,
      memory,
    );
    seconds.push((now() - start) / 1000);
    equity = run.session.equityUsd;
    fills = run.session.account.fills;
  }
  return { equity, fills, seconds };
}

const PERIODS = [5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 150, 200];
const RSI_PERIODS = [5, 7, 9, 11, 14, 18, 21, 28];
const STOPS = [0.02, 0.03, 0.05, 0.08];
export const W2_STEPS = 720;
export const W2_CASH_USD = 1e4;
export const W2_COSTS: CostModel = {
  takerFeeBps: 5,
  makerFeeBps: 0,
  halfSpreadBps: 0,
  slippageBps: 2,
  impactBps: 0,
};

/** Contestant k of the limit's grid (`bench/w2.c`, function init). */
export function w2Plan(k: number, { base }: Pick<MarketViews, 'base'>): SessionPlan {
  const j = Math.floor(k / 3);
  const family = k % 3;
  let kind: StrategyKind;
  let raw: Record<string, number>;
  if (family < 2) {
    let q = j % 66;
    let a = 0;
    while (q >= PERIODS.length - 1 - a) {
      q -= PERIODS.length - 1 - a;
      a++;
    }
    kind = kindNamed(family === 0 ? 'sma-cross' : 'ema-cross');
    raw = {
      fast: PERIODS[a] ?? 0,
      slow: PERIODS[a + 1 + q] ?? 0,
      stop: STOPS[Math.floor(j / 66) % 4] ?? 0,
      exposure: 1 - 1e-4 * Math.floor(j / 264),
    };
  } else {
    kind = kindNamed('rsi-bands');
    raw = {
      period: RSI_PERIODS[j % 8] ?? 0,
      low: 20 + 5 * (Math.floor(j / 8) % 4),
      high: 60 + 5 * (Math.floor(j / 32) % 5),
      stop: STOPS[Math.floor(j / 160) % 4] ?? 0,
      exposure: 1 - 1e-4 * Math.floor(j / 640),
    };
  }
  return {
    position: k,
    kind,
    params: kind.manifest.parameters.parse(raw),
    seed: 0,
    symbols: base.symbols,
    timeframe: base.timeframe,
    cashUsd: W2_CASH_USD,
    costs: W2_COSTS,
    limits: NO_LIMITS,
  };
}

function kindNamed(name: string): StrategyKind {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}
