/**
 * The two workloads of `bench/`, through the real engine: the same sessions that the arena and the backtest
 * run, with the costs and rules of the limits (no spread, no lots, no minimum order).
 */
import type { CostModel } from '../core/domain/costs.js';
import { createLedgerBuffer } from '../core/domain/ledger.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { type MarketViews, createMarketViews } from '../core/indicators/market-views.js';
import { type Scorecard, openScorecard } from '../core/metrics/scorecard.js';
import type { RiskLimits } from '../core/risk/limits.js';
import { type DecisionRecord, decideSession } from '../core/session/decide.js';
import { curveBuffers, runSession } from '../core/kernel/run-session.js';
import { type Session, advanceSession, openSession } from '../core/session/session.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { StrategyKind } from '../core/strategies/strategy.js';

const NO_LIMITS: RiskLimits = {
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

/** W1: SMA(10/30), one unit, cash 1,000,000, fee 5 bps. Indicators are computed anew in every repetition. */
export function runW1(market: MarketTable, repetitions: number, now: () => number): W1Result {
  const kind = kindNamed('sma-cross');
  const params = kind.manifest.parameters.parse({ fast: 10, slow: 30, quantity: 1 });
  const seconds: number[] = [];
  const curve = curveBuffers(market.length);
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
      curve,
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
const W2_COSTS: CostModel = {
  takerFeeBps: 5,
  makerFeeBps: 0,
  halfSpreadBps: 0,
  slippageBps: 2,
  impactBps: 0,
};

export interface W2Result {
  readonly orderHash: number;
  readonly sumEquity: number;
  readonly fills: number;
  readonly seconds: number;
  /** Mean time of the steps around 720 over those around 72. */
  readonly stepLateOverEarly: number;
}

/** W2: M contestants on six symbols for 720 hours; every step fills, marks, decides and ranks all. */
export function runW2(market: MarketTable, contestants: number, now: () => number): W2Result {
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  const sessions = Array.from({ length: contestants }, (_, k) => w2Session(k, views, ledger));
  const first = market.length - W2_STEPS;
  const stepMs = new Float64Array(W2_STEPS);
  const keep: DecisionRecord[] = [];
  let order: Uint32Array = new Uint32Array(0);
  const start = now();
  for (let step = 0; step < W2_STEPS; step++) {
    const before = now();
    ledger.length = 0;
    keep.length = 0;
    for (const session of sessions) {
      advanceSession(session, first + step);
      decideSession(session, first + step, keep);
    }
    order = rankBySharpe(sessions);
    stepMs[step] = now() - before;
  }
  const seconds = (now() - start) / 1000;
  let orderHash = 0;
  for (const k of order) orderHash = (Math.imul(orderHash, 31) + k) >>> 0;
  return {
    orderHash,
    sumEquity: sessions.reduce((sum, session) => sum + session.equityUsd, 0),
    fills: sessions.reduce((sum, session) => sum + session.account.fills, 0),
    seconds,
    stepLateOverEarly: mean(stepMs.subarray(648, 720)) / mean(stepMs.subarray(72, 144)),
  };
}

/** Contestant k of the limit's grid (`bench/w2.c`, function init). */
function w2Session(k: number, views: MarketViews, ledger: ReturnType<typeof createLedgerBuffer>): Session {
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
  const session = openSession(
    {
      position: k,
      kind,
      params: kind.manifest.parameters.parse(raw),
      seed: 0,
      symbols: views.base.symbols,
      timeframe: views.base.timeframe,
      cashUsd: 1e4,
      costs: W2_COSTS,
      limits: NO_LIMITS,
    },
    views,
    ledger,
  );
  session.cards = [openScorecard(1e4)];
  return session;
}

/** The limit's ranking: Sharpe as float32, undefined as 0, ties by id. The first return of a run is not one of its samples. */
function rankBySharpe(sessions: readonly Session[]): Uint32Array {
  const keys = new Float32Array(sessions.length);
  sessions.forEach((session, k) => {
    keys[k] = sharpeOf(session.cards[0]);
  });
  const order = Uint32Array.from(sessions, (_, k) => k);
  return order.sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
}

const ANNUAL = Math.sqrt(8760);

function sharpeOf(card: Scorecard | undefined): number {
  if (card === undefined || card.samples < 2 || !(card.squaredDeviations > 0)) return 0;
  return (card.meanReturn / Math.sqrt(card.squaredDeviations / (card.samples - 1))) * ANNUAL;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function kindNamed(name: string): StrategyKind {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}
