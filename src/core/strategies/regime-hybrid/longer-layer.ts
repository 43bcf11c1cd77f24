import type { Bar } from '../../domain/market-table.js';
import { type TimeMs, type Timeframe, timeframeMs } from '../../domain/time.js';
import { findIndicator } from '../../indicators/catalog.js';
import type { MarketView } from '../strategy.js';
import { type LayerReading, READING_FEATURES, layerOf } from './market-reading.js';

/** The longer bars beside the own ones, by the own length in milliseconds; a day has none. */
const LONGER: ReadonlyMap<number, Timeframe> = new Map(
  (
    [
      ['1m', '5m'],
      ['3m', '15m'],
      ['5m', '15m'],
      ['15m', '1h'],
      ['30m', '4h'],
      ['1h', '4h'],
      ['4h', '1d'],
    ] as const
  ).map(([own, longer]) => [timeframeMs(own), longer]),
);

/** So many longer bars are read: a Wilder average of 14 forgets its beginning to less than a thousandth. */
const LOOKBACK = 120;
/** With fewer the layer is not known: an average of 50, and a Wilder average four periods old. */
const ENOUGH = 60;

export function longerTimeframe(ownMs: number): Timeframe | undefined {
  return LONGER.get(ownMs);
}

/**
 * The layer of longer bars, put together from the own ones that have closed: the session gives one timeframe, and a
 * longer bar that is still open would tell half a story. A longer bar that lacks one of its own bars is left out. On a
 * market of sessions it is so many consecutive bars, whatever closes between them.
 */
export function readLonger(market: MarketView, symbol: number, nowMs: TimeMs): LayerReading | undefined {
  const longer = longerTimeframe(market.timeframeMs);
  if (longer === undefined) return undefined;
  const perBar = timeframeMs(longer) / market.timeframeMs;
  const skip = (nowMs % timeframeMs(longer)) / market.timeframeMs;
  const streams = STREAMS.map(({ indicator, params, output }) => {
    const definition = findIndicator(indicator);
    const at = output === undefined ? 0 : definition.outputs.indexOf(output);
    return { stream: definition.create(params ?? {}), out: new Float64Array(definition.outputs.length), at };
  });
  const bar: Bar = { openTimeMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  let bars = 0;
  for (let back = LOOKBACK - 1; back >= 0; back--) {
    if (!readBar(market, symbol, skip + back * perBar, perBar, bar)) continue;
    for (const { stream, out } of streams) stream.next(bar, out);
    bars++;
  }
  if (bars < ENOUGH) return undefined;
  const value = (i: number): number => {
    const stream = streams[i];
    return stream?.out[stream.at] ?? NaN;
  };
  return layerOf({
    close: bar.close,
    ma20: value(0),
    ma50: value(1),
    rsi: value(2),
    histogram: value(3),
    bandPosition: value(4),
    atr: value(5),
    volumeRatio: value(6),
    return10: value(7),
  });
}

/** The same indicators as of the own bars, but for the return of 24 of them. */
const STREAMS = READING_FEATURES.slice(0, 8);

/** The longer bar whose newest own bar closed `ago` bars ago; false where an own bar is missing. */
function readBar(market: MarketView, symbol: number, ago: number, perBar: number, bar: Bar): boolean {
  bar.open = market.open(symbol, ago + perBar - 1);
  bar.close = market.close(symbol, ago);
  bar.high = -Infinity;
  bar.low = Infinity;
  bar.volume = 0;
  for (let i = 0; i < perBar; i++) {
    const close = market.close(symbol, ago + i);
    if (Number.isNaN(close)) return false;
    bar.high = Math.max(bar.high, market.high(symbol, ago + i));
    bar.low = Math.min(bar.low, market.low(symbol, ago + i));
    bar.volume += market.volume(symbol, ago + i);
  }
  return true;
}
