import { Problem } from '../../core/domain/problem.js';
import { MINUTE_MS, TIMEFRAMES, type Timeframe, timeframeMs } from '../../core/domain/time.js';
import { exactTime } from './check-time-order.js';
import type { ParsedCandles } from './parsed-candles.js';

/**
 * Refuses bars that are not of the timeframe that their file's name claims. A file of 4h bars under the name
 * 1h would otherwise pass as full of gaps.
 */
export function checkSpacing(candles: ParsedCandles, file: string, timeframe: Timeframe): void {
  const times = candles.openTimesMs;
  const barMs = timeframeMs(timeframe);
  const firstMs = times[0] ?? NaN;
  let smallest = Infinity;
  let offGrid = -1;
  for (let i = 1; i < times.length; i++) {
    const time = times[i] ?? NaN;
    smallest = Math.min(smallest, time - (times[i - 1] ?? NaN));
    if (offGrid < 0 && (time - firstMs) % barMs !== 0) offGrid = i;
  }
  if (offGrid < 0 && (smallest === barMs || times.length < 3)) return;

  const usual = usualSpacing(times);
  if (usual !== undefined && usual !== barMs)
    throw new Problem(
      'input',
      `${file}: line ${String(candles.lineOf(1))}: its bars are ${spacingWords(usual, 'apart')}, expected ${timeframe} as the file's name says`,
      { hint: 'name the file after its real bar length' },
    );
  if (offGrid < 0) return;
  throw new Problem(
    'input',
    `${file}: line ${String(candles.lineOf(offGrid))}: ${exactTime(times[offGrid] ?? NaN)} is ` +
      `${spacingWords((times[offGrid] ?? NaN) - (times[offGrid - 1] ?? NaN), 'after the line before')}, off the ${timeframe} grid of the lines above (mixed spacing), expected a multiple of ${timeframe}`,
    {
      hint:
        timeframe === '1d'
          ? 'write daily bars with their date alone, such as 2024-01-31'
          : 'one file holds bars of one length, opening at the same minute',
    },
  );
}

/** The spacing of more than half of all bars; undefined when there is none. */
function usualSpacing(times: Float64Array): number | undefined {
  const counts = new Map<number, number>();
  for (let i = 1; i < times.length; i++) {
    const spacing = (times[i] ?? NaN) - (times[i - 1] ?? NaN);
    const count = (counts.get(spacing) ?? 0) + 1;
    if (count > (times.length - 1) / 2) return spacing;
    counts.set(spacing, count);
  }
  return undefined;
}

/** `240 minutes apart (4h)`: with the timeframe's name where it has one. */
function spacingWords(spacingMs: number, relation: string): string {
  const minutes = `${String(spacingMs / MINUTE_MS)} minutes ${relation}`;
  const timeframe = TIMEFRAMES.find((candidate) => timeframeMs(candidate) === spacingMs);
  return timeframe === undefined ? minutes : `${minutes} (${timeframe})`;
}
