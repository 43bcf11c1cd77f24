import { Problem } from '../../core/domain/problem.js';
import { type Timeframe, formatMinuteUtc, timeframeMs } from '../../core/domain/time.js';
import type { CsvColumns } from './csv-columns.js';

/** High and low may miss open or close by rounding; more is wrong data. */
const ROUNDING = 1e-6;
/** Before this there were no such candles: a smaller number is another unit. */
const EARLIEST_MS = Date.UTC(1970, 0, 2);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** Refuses what cannot be candles; clamps high and low that miss by rounding only. */
export function checkCandles(csv: CsvColumns, file: string, timeframe: Timeframe): void {
  const [time, open, high, low, close, volume] = csv.columns;
  if (!time || !open || !high || !low || !close || !volume) throw new Error('candles have six columns');
  const barMs = timeframeMs(timeframe);
  for (let i = 0; i < csv.length; i++) {
    const bad = (what: string, hint: string): Problem =>
      new Problem('input', `${file}: line ${String(csv.lineOf(i))}: ${what}`, { hint });
    const t = time[i] ?? NaN;
    if (!(t >= EARLIEST_MS && t < LATEST_MS))
      throw bad(
        `column "time" gives ${String(t)} ms, which is no date of a market`,
        'give epoch seconds, milliseconds or microseconds',
      );
    if (i > 0) checkOrder(t, time[i - 1] ?? NaN, time[0] ?? NaN, barMs, timeframe, bad);
    const o = open[i] ?? NaN;
    const h = high[i] ?? NaN;
    const l = low[i] ?? NaN;
    const c = close[i] ?? NaN;
    const v = volume[i] ?? NaN;
    for (const [name, price] of [
      ['open', o],
      ['high', h],
      ['low', l],
      ['close', c],
    ] as const)
      if (!(price > 0))
        throw bad(
          `column "${name}" is ${String(price)}, expected a price above 0`,
          'delete the line: a gap is better than a wrong price',
        );
    if (!(v >= 0))
      throw bad(`column "volume" is ${String(v)}, expected 0 or more`, 'delete the line or correct it');
    const top = Math.max(o, c);
    const bottom = Math.min(o, c);
    if (h < l * (1 - ROUNDING))
      throw bad(`high ${String(h)} is below low ${String(l)}`, 'are the columns swapped?');
    if (h < top * (1 - ROUNDING))
      throw bad(`high ${String(h)} is below open or close ${String(top)}`, 'are the columns swapped?');
    if (l > bottom * (1 + ROUNDING))
      throw bad(`low ${String(l)} is above open or close ${String(bottom)}`, 'are the columns swapped?');
    if (h < top) high[i] = top;
    if (l > bottom) low[i] = bottom;
  }
  checkSpacing(time, csv, file, timeframe);
}

function checkOrder(
  t: number,
  before: number,
  first: number,
  barMs: number,
  timeframe: Timeframe,
  bad: (what: string, hint: string) => Problem,
): void {
  if (t === before) throw bad(`${formatMinuteUtc(t)} stands there twice`, 'keep one line for each time');
  if (t < before)
    throw bad(
      `${formatMinuteUtc(t)} comes after ${formatMinuteUtc(before)}`,
      'sort the file by time, oldest first',
    );
  if ((t - first) % barMs !== 0)
    throw bad(
      `${formatMinuteUtc(t)} is not on the ${timeframe} grid of the first line (mixed spacing)`,
      'one file holds bars of one length',
    );
}

/** A file of 4h bars under the name 1h would pass as full of gaps. */
function checkSpacing(time: Float64Array, csv: CsvColumns, file: string, timeframe: Timeframe): void {
  if (csv.length < 3) return;
  let smallest = Infinity;
  for (let i = 1; i < csv.length; i++) smallest = Math.min(smallest, (time[i] ?? NaN) - (time[i - 1] ?? NaN));
  if (smallest <= timeframeMs(timeframe)) return;
  throw new Problem(
    'input',
    `${file}: its bars are at least ${String(smallest / 60_000)} minutes apart, but it is read as ${timeframe}`,
    { hint: 'name the file after its real bar length, or choose another --timeframe' },
  );
}
