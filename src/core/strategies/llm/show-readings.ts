import type { MarketView } from '../strategy.js';
import { fixed, priceText } from './show-figures.js';

/** What prompts have always said where nobody knows. */
const NOT_AVAILABLE = 'not available';

export function openInterestText(market: MarketView, symbol: number): string {
  const usd = market.reading(symbol, 'openInterestUsd');
  if (Number.isNaN(usd)) return NOT_AVAILABLE;
  return `${fixed(usd, 0)} USD (${ageText(market.readingAgeMs(symbol, 'openInterestUsd'))})`;
}

/** Lines for what the market has beside its bars; none where it has nothing, so that such a prompt stays as it was. */
export function readingLines(market: MarketView, symbol: number): readonly string[] {
  const [bid, ask] = [market.reading(symbol, 'bid'), market.reading(symbol, 'ask')];
  const longs = market.reading(symbol, 'longLiquidationsUsd');
  const shorts = market.reading(symbol, 'shortLiquidationsUsd');
  const lines: string[] = [];
  if (!Number.isNaN(bid + ask)) {
    const ageMs = Math.max(market.readingAgeMs(symbol, 'bid'), market.readingAgeMs(symbol, 'ask'));
    lines.push(`Best prices: bid ${priceText(bid)}, ask ${priceText(ask)} (${ageText(ageMs)})`);
  }
  if (!Number.isNaN(longs + shorts))
    lines.push(
      `Closed by force during the newest bar: longs ${fixed(longs, 0)} USD, shorts ${fixed(shorts, 0)} USD`,
    );
  return lines;
}

function ageText(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000);
  return seconds < 120 ? `${String(seconds)} s old` : `${String(Math.round(seconds / 60))} min old`;
}
