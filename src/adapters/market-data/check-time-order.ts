import { Problem } from '../../core/domain/problem.js';
import { MINUTE_MS, formatMinuteUtc } from '../../core/domain/time.js';
import type { CsvColumns } from './csv-parser.js';

/** Refuses a time that stands there twice or goes backwards. */
export function checkTimeOrder(csv: CsvColumns, file: string): void {
  const times = csv.columns[0] ?? new Float64Array(0);
  for (let row = 1; row < csv.length; row++) {
    const time = times[row] ?? NaN;
    const before = times[row - 1] ?? NaN;
    if (time > before) continue;
    const place = `${file}: line ${String(csv.lineOf(row))}: column "${csv.names[0] ?? ''}"`;
    const above = `line ${String(csv.lineOf(row - 1))}`;
    if (time === before)
      throw new Problem(
        'input',
        `${place}: ${exactTime(time)} stands there twice, first in ${above}, expected each time once`,
        { hint: 'keep one of the two lines' },
      );
    throw new Problem(
      'input',
      `${place}: ${exactTime(time)} comes after ${exactTime(before)} of ${above}, expected oldest first`,
      { hint: 'sort the file by time: this line is not after the one before' },
    );
  }
}

/** `2024-01-31T05:00Z`, and finer only where the time is. */
export function exactTime(timeMs: number): string {
  return timeMs % MINUTE_MS === 0 ? formatMinuteUtc(timeMs) : new Date(timeMs).toISOString();
}
