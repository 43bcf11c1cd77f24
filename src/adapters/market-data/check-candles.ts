import { Problem } from '../../core/domain/problem.js';
import type { ParsedCandles } from './parsed-candles.js';

/** High and low may miss open or close by this fraction, as rounding in a file does; more is wrong data. */
const ROUNDING_FRACTION = 1e-6;

const SWAPPED = 'are two columns swapped? Otherwise correct or delete the line';

/**
 * Refuses what cannot be candles. `names` are the header's words for time, open, high, low, close, volume.
 * High and low that miss only by rounding are moved to include open and close.
 */
export function checkCandles(candles: ParsedCandles, names: readonly string[], file: string): void {
  const { open, high, low, close, volume } = candles;
  for (let i = 0; i < open.length; i++) {
    const o = open[i] ?? NaN;
    const h = high[i] ?? NaN;
    const l = low[i] ?? NaN;
    const c = close[i] ?? NaN;
    if (l > 0 && l <= o && l <= c && h >= o && h >= c && (volume[i] ?? NaN) >= 0) continue;
    refuseBar([o, h, l, c, volume[i] ?? NaN], names, `${file}: line ${String(candles.lineOf(i))}`);
    high[i] = Math.max(o, h, c);
    low[i] = Math.min(o, l, c);
  }
}

/** Throws unless the bar's only fault is rounding. */
function refuseBar(
  [open, high, low, close, volume]: readonly [number, number, number, number, number],
  [, openName, highName, lowName, closeName, volumeName]: readonly string[],
  place: string,
): void {
  const column = (name: string | undefined): string => `${place}: column "${name ?? ''}"`;
  for (const [name, price] of [
    [openName, open],
    [highName, high],
    [lowName, low],
    [closeName, close],
  ] as const)
    if (!(price > 0))
      throw new Problem('input', `${column(name)} is ${String(price)}, expected a price above 0`, {
        hint: 'delete the line: a gap is better than a wrong price',
      });
  if (!(volume >= 0))
    throw new Problem('input', `${column(volumeName)} is ${String(volume)}, expected a volume of 0 or more`, {
      hint: 'correct or delete the line',
    });
  for (const [name, price] of [
    ['low', low],
    ['open', open],
    ['close', close],
  ] as const)
    if (high < price * (1 - ROUNDING_FRACTION))
      throw new Problem(
        'input',
        `${column(highName)}: high ${String(high)} is below ${name} ${String(price)}, expected the highest price of the bar`,
        { hint: SWAPPED },
      );
  for (const [name, price] of [
    ['open', open],
    ['close', close],
  ] as const)
    if (low > price * (1 + ROUNDING_FRACTION))
      throw new Problem(
        'input',
        `${column(lowName)}: low ${String(low)} is above ${name} ${String(price)}, expected the lowest price of the bar`,
        { hint: SWAPPED },
      );
}
