/** Symbols of one folder that end long before the others: each by itself is whole, and no gap shows it. */
import { DAY_MS, type TimeMs, type Timeframe, formatMinuteUtc } from '../domain/time.js';

export interface CandleSpan {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly lastMs: TimeMs;
}

/** Files that were fetched one after the other are hours apart; with a long weekend between them, four days. */
const MUCH_MS = 4 * DAY_MS;

/** In words, measured by the one that ends last. That symbols begin at different times is how exchanges list them. */
export function earlyEnds(spans: readonly CandleSpan[]): string[] {
  return spans.flatMap(({ symbol, timeframe, lastMs }) => {
    const alike = spans.filter((other) => other.timeframe === timeframe);
    const latest = alike.reduce((one, other) => (other.lastMs > one.lastMs ? other : one));
    const earlyMs = latest.lastMs - lastMs;
    if (earlyMs <= MUCH_MS) return [];
    const days = (earlyMs / DAY_MS).toFixed(1);
    return [`${symbol} ${timeframe}: ends ${formatMinuteUtc(lastMs)}, ${days} days before ${latest.symbol}`];
  });
}
