import { Problem } from '../../core/domain/problem.js';

/** The columns of a candle file, in the order in which they are kept. */
export const CANDLE_COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
export const FUNDING_COLUMNS = ['time', 'rate'] as const;
export type CsvColumnName = (typeof CANDLE_COLUMNS)[number] | (typeof FUNDING_COLUMNS)[number];

/** Where a file has several of a column's names, the one that stands first here is read. */
const ALIASES: Readonly<Record<CsvColumnName, readonly string[]>> = {
  time: ['timestamp', 'time', 'open_time', 'opentime', 'open time', 'datetime', 'date', 't'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'base_volume', 'volume_base', 'vol', 'v'],
  rate: ['funding_rate', 'fundingrate', 'rate', 'funding'],
};

export interface CsvHeader {
  /** Byte of the separator. */
  readonly separator: number;
  /** For each field of a line the index of the wanted column, -1 for a field that is not read. */
  readonly fields: readonly number[];
  /** The header's own word for each wanted column, for messages. */
  readonly names: readonly string[];
}

const SEPARATORS = [',', ';', '\t'] as const;

/** Finds the wanted columns in a header line, in any order and case. */
export function readHeader(
  text: string,
  wanted: readonly CsvColumnName[],
  file: string,
  line: number,
): CsvHeader {
  const separator = SEPARATORS.reduce((best, candidate) =>
    splitHeader(text, candidate).length > splitHeader(text, best).length ? candidate : best,
  );
  const words = splitHeader(text, separator);
  const fields = words.map(() => -1);
  const names = wanted.map((column, index) => {
    const field = fieldOf(column, words, file, line);
    fields[field] = index;
    return words[field] ?? column;
  });
  return { separator: separator.charCodeAt(0), fields, names };
}

function fieldOf(column: CsvColumnName, words: readonly string[], file: string, line: number): number {
  const aliases = ALIASES[column];
  const lower = words.map((word) => word.toLowerCase());
  const alias = aliases.find((name) => lower.includes(name));
  const found = `found: ${words.join(', ').slice(0, 120)}`;
  if (alias === undefined)
    throw new Problem(
      'input',
      `${file}: line ${String(line)}: no column "${column}" in the header (${found})`,
      {
        hint: words.every((word) => word !== '' && !Number.isNaN(Number(word)))
          ? 'the first line must be a header: timestamp,open,high,low,close,volume'
          : `name the column one of: ${aliases.join(', ')}`,
      },
    );
  const field = lower.indexOf(alias);
  const count = lower.filter((word) => word === alias).length;
  if (count > 1)
    throw new Problem(
      'input',
      `${file}: line ${String(line)}: column "${words[field] ?? alias}" stands there ${String(count)} times, expected once (${found})`,
      { hint: 'delete or rename one of these columns' },
    );
  return field;
}

/** Splits at separators outside quotes. */
function splitHeader(text: string, separator: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      words.push(word.trim());
      word = '';
    } else word += character;
  }
  return [...words, word.trim()];
}
