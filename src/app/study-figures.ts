/** From what trials, random traders and benchmarks did to what a study takes. */
import type { LedgerEntry } from '../core/domain/ledger.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { HOUR_MS } from '../core/domain/time.js';
import { totalsOf } from '../core/session/totals-of.js';
import { bookedFill } from '../core/metrics/booked-fill.js';
import { type RoundTrip, roundTrips } from '../core/metrics/round-trips.js';
import { samplesPerYear } from '../core/metrics/samples-per-year.js';
import type { StudyBenchmark, StudySymbol, StudyTrial } from '../core/metrics/study-trial.js';
import { type Metrics, summarise } from '../core/metrics/summarise.js';
import { symbolCaptures } from '../core/metrics/symbol-captures.js';
import { tradeTotalsSince, zeroTradeTotals } from '../core/metrics/trade-totals.js';
import type { Session } from '../core/session/session.js';
import type { PlayedTrial } from './play-trials.js';

/** What names a trial. */
export interface TrialName {
  readonly configuration: string;
  readonly model: string;
  readonly temperature: number | null;
  readonly trial: number;
  readonly window: string | undefined;
}

export function studyTrial(
  played: PlayedTrial,
  name: TrialName,
  market: MarketTable,
  first: number,
): StudyTrial {
  const { session, entries } = played;
  const { account } = session;
  const metrics = metricsOf(session);
  const { closed } = roundTrips(entries.flatMap((entry) => bookedFill(entry, market.symbols) ?? []));
  const nets = closed.map(({ netUsd }) => netUsd);
  return {
    ...name,
    returnFraction: session.equityUsd / account.depositsUsd - 1,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    annualVolatilityFraction: fraction(metrics.annualVolatilityPct),
    maxDrawdownFraction: fraction(metrics.maxDrawdownPct),
    fills: account.fills,
    closedTrades: closed.length,
    wins: nets.filter((net) => net > 0).length,
    feesUsd: account.feesUsd,
    modelCostUsd: account.modelCostUsd,
    fundingUsd: account.fundingUsd,
    equityUsd: session.equityUsd,
    failedShare:
      session.dueDecisions === 0 ? 0 : (session.dueDecisions - session.madeDecisions) / session.dueDecisions,
    bestTradeUsd: nets.length === 0 ? undefined : Math.max(...nets),
    worstTradeUsd: nets.length === 0 ? undefined : Math.min(...nets),
    tradeNetsUsd: nets,
    notionalsUsd: closed.map(({ quantity, entryPrice }) => Math.abs(quantity) * entryPrice),
    holdHours: closed.map(({ entryMs, exitMs }) => ((exitMs ?? entryMs) - entryMs) / HOUR_MS),
    leverages: played.leverages,
    longShare:
      closed.length === 0 ? undefined : closed.filter(({ side }) => side === 'long').length / closed.length,
    perSymbol: session.plan.symbols.map((symbol, own) =>
      symbolOf(symbol, own, closed, played, market, first),
    ),
  };
}

function symbolOf(
  symbol: string,
  own: number,
  closed: readonly RoundTrip[],
  played: PlayedTrial,
  market: MarketTable,
  first: number,
): StudySymbol {
  const trades = closed.filter((trip) => trip.symbol === symbol).map(({ netUsd }) => netUsd);
  const captures = capturesOf(own, played, market, first);
  return {
    symbol,
    trades: trades.length,
    netUsd: trades.reduce((sum, net) => sum + net, 0),
    wins: trades.filter((net) => net > 0).length,
    bestUsd: trades.length === 0 ? undefined : Math.max(...trades),
    worstUsd: trades.length === 0 ? undefined : Math.min(...trades),
    upCapture: captures.weightedUp,
    downCapture: captures.weightedDown,
    timingUpCapture: captures.timingUp,
    timingDownCapture: captures.timingDown,
  };
}

/** What one symbol brought in each bar is the change of its cash flows and of what is held of it, at the close. */
function capturesOf(
  own: number,
  { session, entries, equityUsd, quantities }: PlayedTrial,
  market: MarketTable,
  first: number,
): ReturnType<typeof symbolCaptures> {
  const marketIndex = session.venue.marketIndex[own] ?? -1;
  const close = market.candles[marketIndex]?.close;
  const bars = barsFrom(market, first);
  const flows = flowsByBar(entries, marketIndex, bars, market);
  const returns: number[] = [];
  const contributions: number[] = [];
  const directions: number[] = [];
  let worth = 0;
  let cash = 0;
  bars.forEach((t, i) => {
    cash += flows[i] ?? 0;
    const price = close?.[t] ?? NaN;
    const held = quantities[i]?.[own] ?? 0;
    const now = cash + (held === 0 ? 0 : held * price);
    const before = close?.[bars[i - 1] ?? -1] ?? NaN;
    const equity = equityUsd[i - 1] ?? session.account.depositsUsd;
    if (Number.isFinite(price) && Number.isFinite(before) && equity > 0) {
      returns.push(price / before - 1);
      contributions.push((now - worth) / equity);
      directions.push(Math.sign(held === 0 ? (quantities[i - 1]?.[own] ?? 0) : held));
    }
    if (Number.isFinite(now)) worth = now;
  });
  return symbolCaptures(returns, contributions, directions);
}

function barsFrom({ candles, length }: MarketTable, first: number): number[] {
  const bars: number[] = [];
  for (let t = first; t < length; t++)
    if (candles.some(({ close }) => !Number.isNaN(close[t] ?? NaN))) bars.push(t);
  return bars;
}

function flowsByBar(
  entries: readonly LedgerEntry[],
  marketIndex: number,
  bars: readonly number[],
  { openTimesMs }: MarketTable,
): number[] {
  const flows = bars.map(() => 0);
  let i = 0;
  for (const entry of entries) {
    if (entry.symbol !== marketIndex) continue;
    while (i + 1 < bars.length && (openTimesMs[bars[i + 1] ?? -1] ?? NaN) <= entry.timeMs) i++;
    flows[i] =
      (flows[i] ?? 0) +
      (entry.effect === 'funding'
        ? entry.amountUsd
        : entry.absorbedUsd - entry.quantity * entry.price - entry.feeUsd);
  }
  return flows;
}

export function studyBenchmark(name: string, session: Session, window: string | undefined): StudyBenchmark {
  const metrics = metricsOf(session);
  return {
    name,
    window,
    returnFraction: session.equityUsd / session.account.depositsUsd - 1,
    equityUsd: session.equityUsd,
    sharpe: metrics.sharpe,
    maxDrawdownFraction: fraction(metrics.maxDrawdownPct),
    annualVolatilityFraction: fraction(metrics.annualVolatilityPct),
  };
}

function metricsOf(session: Session): Metrics {
  const [card] = session.cards;
  if (card === undefined) throw new Error('the session has no scorecard');
  const { market } = session.venue;
  return summarise(
    card,
    tradeTotalsSince(totalsOf(session), zeroTradeTotals()),
    samplesPerYear(market.timeframe, market.calendar),
  );
}

function fraction(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}
