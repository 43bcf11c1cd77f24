import { HOUR_MS, MINUTE_MS } from './time.js';

/** `40 s`, `12 min`, `5.3 h`. */
export function durationWords(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${String(Math.max(0, Math.round(ms / 1000)))} s`;
  return ms < 2 * HOUR_MS ? `${String(Math.round(ms / MINUTE_MS))} min` : `${(ms / HOUR_MS).toFixed(1)} h`;
}
