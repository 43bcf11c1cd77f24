import type { MarketTable } from '../../core/domain/market-table.js';
import { firstIndexAtOrAfter } from '../../core/domain/market-table.js';
import { timeframeMs } from '../../core/domain/time.js';
import type { RoundTrip } from '../../core/metrics/round-trips.js';
import { type ChartCandle, candleChart } from '../charts/candle-chart.js';
import { TRADE_COLUMNS } from './account-sections.js';
import { htmlTable } from './html-table.js';
import { price, usd, when } from './numbers.js';
import { type Section, figure, heading } from './page.js';

const SHOWN = 5;
/** More candles than this are drawn as longer ones. */
const MOST_CANDLES = 130;
/** Of the trade's own length, before and after it; at least so many bars. */
const ROOM_FRACTION = 0.35;
const FEWEST_ROOM_BARS = 12;

/** The best and the worst closed trades, each on its candles. */
export function tradesSection(closed: readonly RoundTrip[], market: MarketTable): Section {
  const ordered = closed.toSorted((a, b) => b.netUsd - a.netUsd);
  const best = ordered.slice(0, SHOWN).filter(({ netUsd }) => netUsd > 0);
  const worst = ordered
    .slice(-SHOWN)
    .reverse()
    .filter(({ netUsd }) => netUsd < 0);
  const part = (title: string, trades: readonly RoundTrip[]): string =>
    heading(title) +
    htmlTable(TRADE_COLUMNS, trades) +
    trades.map((trade, i) => figure(chartOf(trade, market), captionOf(trade, i + 1))).join('');
  return {
    id: 'trades',
    title: 'Best and worst trades',
    body: part('Best', best) + part('Worst', worst),
  };
}

function captionOf(trade: RoundTrip, place: number): string {
  const { symbol, side, entryMs, exitMs, netUsd, entryReason, exitReason } = trade;
  return `${String(place)}. ${side} ${symbol}, ${when(entryMs)} to ${when(exitMs)}: ${usd(netUsd)} USD net; in: ${entryReason}, out: ${exitReason ?? 'n/a'}.`;
}

function chartOf(trade: RoundTrip, market: MarketTable): string {
  const { symbol, side, entryMs, entryPrice } = trade;
  const exitMs = trade.exitMs ?? entryMs;
  const exitPrice = trade.exitPrice ?? entryPrice;
  const barMs = timeframeMs(market.timeframe);
  const room = Math.max(FEWEST_ROOM_BARS, Math.round((ROOM_FRACTION * (exitMs - entryMs)) / barMs));
  const from = Math.max(0, firstIndexAtOrAfter(market, entryMs) - room);
  const to = Math.min(market.length, firstIndexAtOrAfter(market, exitMs) + room + 1);
  const bars = Math.ceil((to - from) / MOST_CANDLES);
  const [bought, sold] = side === 'long' ? (['up', 'down'] as const) : (['down', 'up'] as const);
  return candleChart(
    `${side} ${symbol} ${when(entryMs)}`,
    candlesOf(market, symbol, from, to, bars),
    barMs * bars,
    [
      { timeMs: entryMs, price: entryPrice, label: `in ${price(entryPrice)}`, direction: bought },
      { timeMs: exitMs, price: exitPrice, label: `out ${price(exitPrice)}`, direction: sold },
    ],
    `time (UTC), candles of ${bars === 1 ? '' : `${String(bars)} x `}${market.timeframe}`,
  );
}

/** Candles of one symbol, `bars` of the market's to one. */
function candlesOf(
  market: MarketTable,
  symbol: string,
  from: number,
  to: number,
  bars: number,
): ChartCandle[] {
  const columns = market.candles[market.symbols.indexOf(symbol)];
  const candles: ChartCandle[] = [];
  if (columns === undefined) return candles;
  for (let start = from; start < to; start += bars) {
    const end = Math.min(to, start + bars);
    const known = Array.from({ length: end - start }, (_, i) => start + i).filter(
      (t) => !Number.isNaN(columns.close[t] ?? NaN),
    );
    const first = known[0];
    const last = known.at(-1);
    if (first === undefined || last === undefined) continue;
    candles.push({
      openMs: market.openTimesMs[start] ?? NaN,
      open: columns.open[first] ?? NaN,
      high: Math.max(...known.map((t) => columns.high[t] ?? NaN)),
      low: Math.min(...known.map((t) => columns.low[t] ?? NaN)),
      close: columns.close[last] ?? NaN,
    });
  }
  return candles;
}
