/** Symbols of one folder that begin or end far from the others: each by itself is whole, and no gap shows it. */
import { DAY_MS, type TimeMs, type Timeframe, formatMinuteUtc } from '../domain/time.js';

export interface CandleSpan {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly firstMs: TimeMs;
  readonly lastMs: TimeMs;
}

/** Files that were fetched one after the other are hours apart; with a long weekend between them, four days. */
const MUCH_MS = 4 * DAY_MS;

/** In words, measured by the one that begins first and the one that ends last. */
export function unevenSpans(spans: readonly CandleSpan[]): string[] {
  return spans.flatMap((span) => {
    const { symbol, timeframe, firstMs, lastMs } = span;
    const alike = spans.filter((other) => other.timeframe === timeframe);
    const earliest = alike.reduce((one, other) => (other.firstMs < one.firstMs ? other : one));
    const latest = alike.reduce((one, other) => (other.lastMs > one.lastMs ? other : one));
    const name = `${symbol} ${timeframe}`;
    return [
      ...(firstMs - earliest.firstMs > MUCH_MS
        ? [
            `${name}: begins ${formatMinuteUtc(firstMs)}, ${days(firstMs - earliest.firstMs)} after ${earliest.symbol}`,
          ]
        : []),
      ...(latest.lastMs - lastMs > MUCH_MS
        ? [
            `${name}: ends ${formatMinuteUtc(lastMs)}, ${days(latest.lastMs - lastMs)} before ${latest.symbol}`,
          ]
        : []),
    ];
  });
}

function days(ms: number): string {
  return `${(ms / DAY_MS).toFixed(1)} days`;
}
