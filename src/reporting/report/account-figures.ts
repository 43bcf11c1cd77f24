/** Everything that a page tells of one account, computed once: the HTML, the JSON and the CSV show the same numbers. */
import { type LedgerEntry } from '../../core/domain/ledger.js';
import { firstIndexAtOrAfter } from '../../core/domain/market-table.js';
import { pricesBefore } from '../../core/domain/prices-before.js';
import { DAY_MS, timeframeMs } from '../../core/domain/time.js';
import { type BookedFill, bookedFill } from '../../core/metrics/booked-fill.js';
import {
  type PeriodReturn,
  type WeekdayReturn,
  dailyReturns,
  monthlyReturns,
  weekdayReturns,
} from '../../core/metrics/calendar-returns.js';
import { equalWeightIndex } from '../../core/metrics/equal-weight-index.js';
import { DIRECTIONS, FORCES, type Weather, marketWeather } from '../../core/metrics/market-weather.js';
import { mean } from '../../core/metrics/deviation.js';
import { type MetricReport, metricReport } from '../../core/metrics/metric-report.js';
import { type QuantileBand, quantileBand } from '../../core/metrics/quantile-band.js';
import { equityToReturns } from '../../core/metrics/returns.js';
import { rollingSharpe } from '../../core/metrics/rolling-sharpe.js';
import { type RoundTrip, roundTrips } from '../../core/metrics/round-trips.js';
import { addToSymbol, openSymbolResults, symbolWorthUsd } from '../../core/metrics/symbol-results.js';
import { type WeatherRow, weatherAttribution } from '../../core/metrics/weather-attribution.js';
import type { AccountRecord, Surroundings } from './account-record.js';

export interface AccountFigures {
  readonly record: AccountRecord;
  readonly samplesPerYear: number;
  readonly returns: Float64Array;
  readonly drawdownFraction: Float64Array;
  readonly rollingSharpe: Float64Array;
  /** The same start as the account's. */
  readonly marketUsd: Float64Array;
  readonly marketReturns: Float64Array;
  readonly championUsd: Float64Array | undefined;
  readonly championReturns: Float64Array | undefined;
  readonly placebos: QuantileBand | undefined;
  readonly daily: readonly PeriodReturn[];
  readonly monthly: readonly PeriodReturn[];
  readonly weekdays: readonly WeekdayReturn[];
  readonly turnover: { readonly timesMs: Float64Array; readonly fractionADay: Float64Array };
  readonly closed: readonly RoundTrip[];
  readonly open: readonly RoundTrip[];
  readonly symbols: readonly SymbolRow[];
  readonly directions: readonly WeatherRow[];
  readonly forces: readonly WeatherRow[];
  readonly costs: CostFigures;
  readonly metrics: MetricReport;
}

export interface SymbolRow {
  readonly symbol: string;
  readonly netUsd: number;
  /** Of the start capital. */
  readonly contributionPct: number;
  readonly trades: number;
  readonly wins: number;
  readonly feesUsd: number;
  readonly fundingUsd: number;
  readonly holds: boolean;
}

/** Paid is positive. */
export interface CostFigures {
  readonly grossUsd: number;
  readonly feesUsd: number;
  readonly spreadUsd: number;
  readonly slippageUsd: number;
  readonly fundingUsd: number;
  readonly modelCostUsd: number;
  readonly netUsd: number;
}

const ROLLING_DAYS = 30;
const PLACEBO_TAIL = 0.1;

export function accountFigures(record: AccountRecord, around: Surroundings): AccountFigures {
  const { market, championGrowth, placeboGrowths, samplesPerYear } = around;
  const { timesMs, equityUsd, startUsd } = record;
  const slots = slotsOf(record, market);
  const first = firstIndexAtOrAfter(market, record.startMs);
  const index = equalWeightIndex(market, first);
  const marketUsd = slots.map((slot) => startUsd * (index[slot - first] ?? NaN));
  const returns = returnsFrom(startUsd, equityUsd);
  const marketReturns = returnsFrom(startUsd, marketUsd);
  const championUsd = championGrowth?.map((growth) => startUsd * growth);
  const weather = weatherAt(slots, market);
  const series = { timesMs, equityUsd, startUsd };
  const daily = dailyReturns(series);
  const fills = record.entries.flatMap((entry) => bookedFill(entry, market.symbols) ?? []);
  const { closed, open } = roundTrips(fills);
  const attribution = (
    words: readonly string[],
    wordOf: (weather: Weather) => string | undefined,
  ): WeatherRow[] => weatherAttribution(returns, marketReturns, weather, words, wordOf, samplesPerYear);
  return {
    record,
    samplesPerYear,
    returns,
    drawdownFraction: drawdownOf(startUsd, equityUsd),
    rollingSharpe: rollingSharpe(returns, rollingWindow(samplesPerYear), samplesPerYear),
    marketUsd,
    marketReturns,
    championUsd,
    championReturns: championUsd === undefined ? undefined : returnsFrom(startUsd, championUsd),
    placebos:
      placeboGrowths.length === 0
        ? undefined
        : quantileBand(
            placeboGrowths.map((growths) => growths.map((growth) => startUsd * growth)),
            PLACEBO_TAIL,
            1 - PLACEBO_TAIL,
          ),
    daily,
    monthly: monthlyReturns(series),
    weekdays: weekdayReturns(daily),
    turnover: turnoverOf(fills, record),
    closed,
    open,
    symbols: symbolRows(record, closed, around),
    directions: attribution(DIRECTIONS, ({ direction }) => direction),
    forces: attribution(FORCES, ({ force }) => force),
    costs: costsOf(record.entries, (equityUsd.at(-1) ?? startUsd) - startUsd),
    metrics: metricReport({
      equityUsd: [startUsd, ...equityUsd],
      periodsPerYear: samplesPerYear,
      trades: closed.map(({ symbol, netUsd, entryMs, exitMs }) => ({
        symbol,
        netUsd,
        openedMs: entryMs,
        closedMs: exitMs ?? entryMs,
      })),
      exposureFraction: mean(record.exposureFraction),
      marketWorth: [startUsd, ...marketUsd],
    }),
  };
}

export function rollingWindow(samplesPerYear: number): number {
  return Math.max(2, Math.round((ROLLING_DAYS / 365) * samplesPerYear));
}

/** Slot of the market's axis that each sample closes with. */
function slotsOf({ timesMs }: AccountRecord, market: Surroundings['market']): Float64Array {
  const barMs = timeframeMs(market.timeframe);
  return timesMs.map((closeMs) => firstIndexAtOrAfter(market, closeMs - barMs));
}

/** What could be known when a sample began. */
function weatherAt(slots: Float64Array, market: Surroundings['market']): Weather[] {
  const weather = marketWeather(equalWeightIndex(market, 0), market.timeframe);
  const unknown = { direction: undefined, force: undefined };
  return Array.from(slots, (slot, i) => weather[i === 0 ? slot : (slots[i - 1] ?? NaN) + 1] ?? unknown);
}

function returnsFrom(startUsd: number, values: Float64Array): Float64Array {
  return equityToReturns([startUsd, ...values]);
}

function drawdownOf(startUsd: number, equityUsd: Float64Array): Float64Array {
  let peak = startUsd;
  return equityUsd.map((value) => {
    peak = Math.max(peak, value);
    return Math.max(-1, value / peak - 1);
  });
}

/** Traded notional of each UTC day over the equity before it. */
function turnoverOf(fills: readonly BookedFill[], record: AccountRecord): AccountFigures['turnover'] {
  const { timesMs, equityUsd, startUsd } = record;
  const traded = new Map<number, number>();
  for (const { timeMs, quantity, price } of fills) {
    const day = Math.floor(timeMs / DAY_MS);
    traded.set(day, (traded.get(day) ?? 0) + Math.abs(quantity) * price);
  }
  const days = new Map<number, number>();
  let before = startUsd;
  timesMs.forEach((closeMs, i) => {
    const day = Math.floor((closeMs - 1) / DAY_MS);
    if (!days.has(day)) days.set(day, before > 0 ? (traded.get(day) ?? 0) / before : NaN);
    before = equityUsd[i] ?? NaN;
  });
  return {
    timesMs: Float64Array.from(days.keys(), (day) => day * DAY_MS),
    fractionADay: Float64Array.from(days.values()),
  };
}

function symbolRows(
  { entries, startUsd, timesMs }: AccountRecord,
  closed: readonly RoundTrip[],
  { market }: Surroundings,
): SymbolRow[] {
  const results = openSymbolResults(market.symbols.length);
  const fees = new Map<string, { fees: number; funding: number }>();
  for (const entry of entries) {
    addToSymbol(results, entry);
    const symbol = market.symbols[entry.symbol];
    if (symbol === undefined) continue;
    const paid = fees.get(symbol) ?? { fees: 0, funding: 0 };
    paid.fees += entry.feeUsd;
    if (entry.effect === 'funding') paid.funding -= entry.amountUsd;
    fees.set(symbol, paid);
  }
  const worth = symbolWorthUsd(results, pricesBefore(market, timesMs.at(-1) ?? NaN));
  return [...fees]
    .map(([symbol, paid]) => {
      const s = market.symbols.indexOf(symbol);
      const own = closed.filter((trade) => trade.symbol === symbol);
      return {
        symbol,
        netUsd: worth[s] ?? NaN,
        contributionPct: (100 * (worth[s] ?? NaN)) / startUsd,
        trades: own.length,
        wins: own.filter(({ netUsd }) => netUsd > 0).length,
        feesUsd: paid.fees,
        fundingUsd: paid.funding,
        holds: results.quantity[s] !== 0,
      };
    })
    .sort((a, b) => b.netUsd - a.netUsd);
}

/** Net and costs are in the books; gross is what it would have been without any of them. */
function costsOf(entries: readonly LedgerEntry[], netUsd: number): CostFigures {
  const paid = { feesUsd: 0, spreadUsd: 0, slippageUsd: 0, fundingUsd: 0, modelCostUsd: 0 };
  for (const entry of entries) {
    paid.feesUsd += entry.feeUsd;
    paid.spreadUsd += entry.spreadUsd;
    paid.slippageUsd += entry.slippageUsd;
    if (entry.effect === 'funding') paid.fundingUsd -= entry.amountUsd;
    if (entry.effect === 'model-cost') paid.modelCostUsd -= entry.amountUsd;
  }
  const grossUsd =
    netUsd + paid.feesUsd + paid.spreadUsd + paid.slippageUsd + paid.fundingUsd + paid.modelCostUsd;
  return { grossUsd, ...paid, netUsd };
}
