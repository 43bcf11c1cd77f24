import { Problem } from '../../core/domain/problem.js';

/** The columns of a candle file, in the order in which they are kept. */
export const CANDLE_COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
export const FUNDING_COLUMNS = ['time', 'rate'] as const;

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  time: ['timestamp', 'time', 'date', 'datetime', 'open_time', 'opentime', 'open time', 't'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v', 'base_volume', 'volume_base'],
  rate: ['funding_rate', 'fundingrate', 'rate', 'funding'],
};

export interface CsvHeader {
  /** Byte of the separator. */
  readonly separator: number;
  /** For each field of a line the index of the wanted column, -1 for a field that is not read. */
  readonly fields: readonly number[];
  /** The header's own words, for messages. */
  readonly names: readonly string[];
}

const SEPARATORS = [',', ';', '\t'] as const;

/** Finds the wanted columns in a header line, in any order and case. */
export function readHeader(line: string, wanted: readonly string[], file: string): CsvHeader {
  const text = line.replace(/^\uFEFF/, '').trim();
  const separator = SEPARATORS.reduce((best, s) =>
    text.split(s).length > text.split(best).length ? s : best,
  );
  const names = text.split(separator).map((name) => name.trim().replace(/^"|"$/g, ''));
  const fields = names.map((name) =>
    wanted.findIndex((column) => ALIASES[column]?.includes(name.toLowerCase())),
  );
  for (const [index, column] of wanted.entries()) {
    const count = fields.filter((field) => field === index).length;
    if (count === 1) continue;
    const isNumbers = names.every((name) => name !== '' && !Number.isNaN(Number(name)));
    throw new Problem(
      'input',
      `${file}: line 1: ${count === 0 ? `no column "${column}"` : `column "${column}" stands there ${String(count)} times`}` +
        ` (found: ${names.join(', ').slice(0, 120)})`,
      {
        hint: isNumbers
          ? 'the first line must be a header: timestamp,open,high,low,close,volume'
          : `name it one of: ${ALIASES[column]?.join(', ') ?? column}`,
      },
    );
  }
  return { separator: separator.charCodeAt(0), fields, names };
}
