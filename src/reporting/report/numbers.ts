import { formatForPeople } from '../../core/domain/time.js';
import { fixed, grouped } from '../text-table.js';

/** Words for numbers, with units; n/a for what cannot be measured. */
export function pct(value: number | undefined, decimals = 2): string {
  const text = fixed(value, decimals);
  return text === 'n/a' ? text : `${text} %`;
}

/** Of a fraction, signed. */
export function signedPct(fraction: number | undefined, decimals = 2): string {
  const text = fixed(fraction === undefined ? undefined : 100 * fraction, decimals);
  return text === 'n/a' ? text : `${Number(text) > 0 ? '+' : ''}${text} %`;
}

export function usd(value: number | undefined, decimals = 2): string {
  return value === undefined || !Number.isFinite(value) ? 'n/a' : grouped(value, decimals);
}

/** Six digits: prices are large and small. */
export function price(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'n/a' : String(Number(value.toPrecision(6)));
}

export function when(timeMs: number | undefined): string {
  return timeMs === undefined || !Number.isFinite(timeMs)
    ? 'n/a'
    : formatForPeople(timeMs).replace(' UTC', '');
}

/** 36 h, 4.2 d. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return 'n/a';
  const hours = ms / 3_600_000;
  return hours < 48 ? `${fixed(hours, hours < 10 ? 1 : 0)} h` : `${fixed(hours / 24, 1)} d`;
}

/** With its sign; cents of rounding are no loss. */
export function signedUsd(value: number | undefined): string {
  const text = usd(value);
  return value !== undefined && Number(value.toFixed(2)) > 0 ? `+${text}` : text;
}
