import type { Calendar } from '../domain/market-table.js';
import { HOUR_MS, type Timeframe, timeframeMs } from '../domain/time.js';

/** Samples in a year: hours of a continuous market, or sessions of an exchange (252 days). */
export function samplesPerYear(timeframe: Timeframe, calendar: Calendar): number {
  const hours = Math.max(1, timeframeMs(timeframe) / HOUR_MS);
  return calendar === 'continuous' ? 8760 / hours : timeframe === '1d' ? 252 : (252 * 6.5) / hours;
}
