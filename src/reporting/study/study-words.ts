/** Words and numbers of a study, as every file of it writes them. */
import { printable } from '../../core/domain/printable.js';
import { fixed, grouped } from '../text-table.js';

/** Names come from configurations of the user's own. */
export function shown(name: string): string {
  return printable(name, 80);
}

export function shownLong(text: string): string {
  return printable(text, 2_000);
}

export function counted(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}

export function percent(fraction: number | undefined, decimals = 2): string {
  return fixed(fraction === undefined ? undefined : 100 * fraction, decimals);
}

/** Of a fraction, in percent with its sign. */
export function points(fraction: number | undefined): string {
  const text = percent(fraction);
  return Number(text) > 0 ? `+${text}` : text;
}

export function rangeOf(range: { readonly low: number; readonly high: number } | undefined): string {
  return range === undefined ? 'n/a' : `${points(range.low)} to ${points(range.high)}`;
}

/** Three digits; what is smaller is said to be. */
export function pText(p: number | undefined): string {
  return p !== undefined && p < 0.0005 ? '<.001' : fixed(p, 3).replace(/^0\./, '.');
}

export function percentText(fraction: number | undefined): string {
  return fraction === undefined ? 'n/a' : `${percent(fraction, 1)} %`;
}

export function shareText(
  range: { readonly share: number; readonly low: number; readonly high: number } | undefined,
): string {
  return range === undefined
    ? 'n/a'
    : `${percent(range.share, 1)} % (${percent(range.low, 1)} to ${percent(range.high, 1)})`;
}
