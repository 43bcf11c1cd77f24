import type { Account } from '../domain/account.js';
import type { Instrument } from '../domain/instrument.js';
import type { Refusal } from '../domain/intent.js';
import type { ModelAnswer } from '../domain/model-call.js';
import {
  READING_KINDS,
  type ReadingKind,
  type ReadingSeries,
  isSummed,
  newestArrived,
  sumArrived,
} from '../domain/market-readings.js';
import type { Candles, FundingSeries, MarketTable } from '../domain/market-table.js';
import { uniformAt } from '../domain/rng.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import type { FeatureColumn } from '../indicators/feature-columns.js';
import type { RiskLimits } from '../risk/limits.js';
import type { ProtectiveExit } from '../simulation/protective-exits.js';
import type {
  FeatureView,
  MarketView,
  Observation,
  PortfolioView,
  PositionView,
} from '../strategies/strategy.js';
import type { SessionPlan } from './session-plan.js';

/**
 * The strategy's window on the world: one object per session, pointed at a bar before each decision. Bars
 * after it cannot be named: `ago` counts backwards and is checked. Classes, because this is the hottest path
 * and V8 reads fields of one hidden class without looking them up.
 */
export class SessionObservation implements Observation {
  readonly params: unknown;
  readonly symbols: readonly string[];
  readonly market: PointInTimeMarket;
  readonly features: PointInTimeFeatures;
  readonly portfolio: SessionPortfolio;
  readonly limits: RiskLimits;
  nowMs: TimeMs = NaN;
  exits: readonly ProtectiveExit[] = [];
  refusals: readonly Refusal[] = [];
  /** By slot, of the questions asked at this bar. */
  answers: ReadonlyMap<string, ModelAnswer> = NO_ANSWERS;
  private readonly seed: number;
  private draws = 0;

  constructor(
    plan: Pick<SessionPlan, 'params' | 'symbols' | 'seed' | 'limits'>,
    market: MarketTable,
    marketIndex: readonly number[],
    account: Account,
    columns: readonly FeatureColumn[],
    featuresPerSymbol: number,
  ) {
    this.params = plan.params;
    this.symbols = plan.symbols;
    this.seed = plan.seed;
    this.limits = plan.limits;
    this.market = new PointInTimeMarket(market, marketIndex);
    this.features = new PointInTimeFeatures(columns, featuresPerSymbol);
    this.portfolio = new SessionPortfolio(account);
  }

  /** Moves the window to bar `t`, whose close is at `nowMs`. */
  pointAt(t: number, nowMs: TimeMs, equityUsd: number): void {
    this.nowMs = nowMs;
    this.market.t = t;
    this.features.t = t;
    this.portfolio.equityUsd = equityUsd;
    this.draws = 0;
  }

  /** Bars up to the newest one, present or missing. */
  barsSeen(): number {
    return this.market.t + 1;
  }

  answer(slot: string): ModelAnswer | undefined {
    return this.answers.get(slot);
  }

  random(): number {
    return uniformAt(this.seed, this.nowMs, this.draws++);
  }
}

export const NO_ANSWERS: ReadonlyMap<string, ModelAnswer> = new Map();

function notPast(ago: number): string {
  return `bars are named by how long ago they closed; ${String(ago)} is not in the past`;
}

class PointInTimeMarket implements MarketView {
  t = -1;
  readonly timeframeMs: number;
  private readonly columns: readonly (Candles | undefined)[];
  private readonly instruments: readonly (Instrument | undefined)[];
  private readonly funding: readonly (FundingSeries | undefined)[];
  private readonly table: MarketTable;
  private readonly marketIndex: readonly number[];

  constructor(market: MarketTable, marketIndex: readonly number[]) {
    this.timeframeMs = timeframeMs(market.timeframe);
    this.funding = marketIndex.map((index) => market.funding[index]);
    this.table = market;
    this.marketIndex = marketIndex;
    this.instruments = marketIndex.map((index) => market.instruments[index]);
    this.columns = marketIndex.map((index) => market.candles[index]);
  }

  instrument(symbol: number): Instrument {
    const instrument = this.instruments[symbol];
    if (instrument === undefined) throw new Error(`no symbol with index ${String(symbol)}`);
    return instrument;
  }

  hasBar(symbol: number): boolean {
    const close = this.candles(symbol).close[this.t] ?? NaN;
    return close === close;
  }

  open(symbol: number, ago = 0): number {
    return this.candles(symbol).open[this.at(ago)] ?? NaN;
  }

  high(symbol: number, ago = 0): number {
    return this.candles(symbol).high[this.at(ago)] ?? NaN;
  }

  low(symbol: number, ago = 0): number {
    return this.candles(symbol).low[this.at(ago)] ?? NaN;
  }

  close(symbol: number, ago = 0): number {
    return this.candles(symbol).close[this.at(ago)] ?? NaN;
  }

  volume(symbol: number, ago = 0): number {
    return this.candles(symbol).volume[this.at(ago)] ?? NaN;
  }

  fundingRate(symbol: number): number {
    const series = this.funding[symbol];
    if (series === undefined) return NaN;
    return series.rates[lastBefore(series.timesMs, this.closeMs(0))] ?? NaN;
  }

  reading(symbol: number, kind: ReadingKind, ago = 0): number {
    const series = this.readings(symbol, kind);
    const closeMs = this.closeMs(ago);
    if (series === undefined) return NaN;
    if (!isSummed(kind)) return series.values[newestArrived(series, closeMs)] ?? NaN;
    return sumArrived(series, this.table.readings?.barMs ?? NaN, closeMs - this.timeframeMs, closeMs);
  }

  readingAgeMs(symbol: number, kind: ReadingKind, ago = 0): number {
    const series = this.readings(symbol, kind);
    const closeMs = this.closeMs(ago);
    if (series === undefined) return NaN;
    // A sum is of its bar or not there.
    if (isSummed(kind)) return Number.isNaN(this.reading(symbol, kind, ago)) ? NaN : 0;
    return closeMs - (series.timesMs[newestArrived(series, closeMs)] ?? NaN);
  }

  /** Asked for each time: the first of a kind may come when the session is open already. */
  private readings(symbol: number, kind: ReadingKind): ReadingSeries | undefined {
    if (!READING_KINDS.includes(kind))
      throw new Error(`there is no reading ${JSON.stringify(kind)}: ${READING_KINDS.join(', ')}`);
    return this.table.readings?.bySymbol[this.marketIndex[symbol] ?? -1]?.[kind];
  }

  private closeMs(ago: number): TimeMs {
    return (this.table.openTimesMs[this.at(ago)] ?? NaN) + this.timeframeMs;
  }

  private at(ago: number): number {
    if (!(ago >= 0)) throw new Error(notPast(ago));
    return this.t - ago;
  }

  private candles(symbol: number): Candles {
    const candles = this.columns[symbol];
    if (candles === undefined) throw new Error(`no symbol with index ${String(symbol)}`);
    return candles;
  }
}

/** Index of the last of these ascending times before `timeMs`; -1 when there is none. */
function lastBefore(timesMs: Float64Array, timeMs: TimeMs): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

class PointInTimeFeatures implements FeatureView {
  t = -1;
  private readonly columns: readonly FeatureColumn[];
  private readonly perSymbol: number;

  constructor(columns: readonly FeatureColumn[], perSymbol: number) {
    this.columns = columns;
    this.perSymbol = perSymbol;
  }

  value(symbol: number, feature: number, ago = 0): number {
    if (!(ago >= 0)) throw new Error(notPast(ago));
    const column = this.columns[symbol * this.perSymbol + feature];
    return column === undefined ? NaN : (column.values[this.t - ago] ?? NaN);
  }
}

class SessionPortfolio implements PortfolioView {
  equityUsd = 0;
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  get cashUsd(): number {
    return this.account.cashUsd;
  }

  quantity(symbol: number): number {
    return this.account.positions[symbol]?.quantity ?? 0;
  }

  /** A view, not a copy: it is valid during the call only, like the whole observation. */
  position(symbol: number): PositionView | undefined {
    const position = this.account.positions[symbol];
    return position === undefined || position.quantity === 0 ? undefined : position;
  }
}
