/**
 * A file of fills as the paper trader writes it (`trades.csv`), from any hand: every byte goes through a schema, and
 * whatever is wrong is said with line and column.
 */
import { z } from 'zod';
import { nearest } from '../core/domain/nearest.js';
import { Problem } from '../core/domain/problem.js';
import type { BookedFill } from '../core/metrics/booked-fill.js';

/** `pnlUsd` is what the file itself says of a trade that this fill closed. */
export interface TradeLine {
  readonly line: number;
  readonly fill: BookedFill;
  readonly pnlUsd: number | undefined;
}

export interface TradeFile {
  readonly lines: readonly TradeLine[];
  /** Rows that are no fills: not filled, or funding, whose amounts are not in the file. */
  readonly passedOver: number;
}

const COLUMNS = {
  timestamp: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  symbol: z.string().min(1).max(64),
  side: z.enum(['buy', 'sell', 'funding', 'model-cost']),
  qty: z.string().transform(number).pipe(z.number().min(0)),
  price: z.string().transform(number).pipe(z.number().min(0)),
  order_id: z.string().max(200),
  status: z.string().max(64),
  fee: z.string().transform(number).pipe(z.number()),
  pnl: z
    .string()
    .transform((text) => (text === '' ? undefined : number(text)))
    .pipe(z.number().optional()),
  champion: z.string().max(200),
  reason: z.string().max(200),
  reference_price: z.string().transform(number).pipe(z.number()),
  cash_after: z.string().transform(number).pipe(z.number()),
} as const;
type Column = keyof typeof COLUMNS;
const NEEDED = ['timestamp', 'symbol', 'side', 'qty', 'price', 'fee'] as const;

/** NaN, which no schema of a number lets pass, for what is none. */
function number(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

const MOST_BYTES = 256 * 1024 * 1024;

export function parseTrades(bytes: Uint8Array, path: string): TradeFile {
  if (bytes.length > MOST_BYTES)
    throw new Problem(
      'input',
      `${path}: ${String(bytes.length)} bytes, at most ${String(MOST_BYTES)} are read`,
    );
  let header: Column[] | undefined;
  const lines: TradeLine[] = [];
  let passedOver = 0;
  let lastMs = -Infinity;
  for (const { text, line } of linesOf(bytes, path)) {
    if (text === '') continue;
    const cells = cellsOf(text, path, line);
    if (header === undefined) {
      header = headerOf(cells, path, line);
      continue;
    }
    const row = rowOf(header, cells, path, line);
    if (row.timestamp < lastMs) wrong(path, line, 'timestamp', 'lies before the line above');
    lastMs = row.timestamp;
    const filled = row.status === undefined || row.status === '' || row.status.toUpperCase() === 'FILLED';
    if (!filled || row.side === 'funding' || row.side === 'model-cost') {
      passedOver++;
      continue;
    }
    if (row.qty === 0) wrong(path, line, 'qty', 'is 0');
    lines.push({ line, fill: fillOf(row), pnlUsd: row.pnl });
  }
  if (header === undefined)
    throw new Problem('input', `${path}: the file is empty`, {
      hint: `its first line names the columns, e.g. ${NEEDED.join(',')}`,
    });
  return { lines, passedOver };
}

type Row = { [K in (typeof NEEDED)[number]]: z.infer<(typeof COLUMNS)[K]> } & {
  [K in Column]?: z.infer<(typeof COLUMNS)[K]> | undefined;
};

function fillOf(row: Row): BookedFill {
  return {
    symbol: row.symbol,
    timeMs: row.timestamp,
    quantity: row.side === 'buy' ? row.qty : -row.qty,
    price: row.price,
    referencePrice: undefined,
    feeUsd: row.fee,
    spreadUsd: undefined,
    slippageUsd: undefined,
    fundingUsd: 0,
    absorbedUsd: 0,
    reason: row.reason ?? '',
  };
}

function headerOf(cells: readonly string[], path: string, line: number): Column[] {
  const names = cells.map((name) => name.trim().toLowerCase());
  for (const name of names)
    if (!(name in COLUMNS))
      throw new Problem('input', `${path}, line ${String(line)}: there is no column "${name.slice(0, 40)}"`, {
        hint: `did you mean "${nearest(name, Object.keys(COLUMNS))}"?`,
      });
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Problem('input', `${path}, line ${String(line)}: the column ${missing.join(', ')} is missing`);
  if (new Set(names).size !== names.length)
    throw new Problem('input', `${path}, line ${String(line)}: a column is named twice`);
  return names as Column[];
}

function rowOf(header: readonly Column[], cells: readonly string[], path: string, line: number): Row {
  if (cells.length !== header.length)
    throw new Problem(
      'input',
      `${path}, line ${String(line)}: ${String(cells.length)} columns, the header names ${String(header.length)}`,
    );
  const row: Record<string, unknown> = {};
  header.forEach((column, i) => {
    const parsed = COLUMNS[column].safeParse((cells[i] ?? '').trim());
    if (!parsed.success)
      wrong(
        path,
        line,
        column,
        `has "${(cells[i] ?? '').slice(0, 40)}": ${parsed.error.issues[0]?.message ?? ''}`,
      );
    else row[column] = parsed.data;
  });
  return row as Row;
}

function wrong(path: string, line: number, column: string, what: string): never {
  throw new Problem('input', `${path}, line ${String(line)}, column ${column}: ${what}`);
}

const LINE_END = 0x0a;

function* linesOf(bytes: Uint8Array, path: string): Generator<{ text: string; line: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end === -1 ? bytes.length : end;
    line++;
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(from, to));
    } catch (error) {
      throw new Problem('input', `${path}, line ${String(line)}: bytes that are no UTF-8`, { cause: error });
    }
    yield { text: text.replace(/\r$/, ''), line };
    from = to + 1;
  }
}

/** RFC 4180 within one line: a quoted cell may hold commas and doubled quotes. */
function cellsOf(text: string, path: string, line: number): string[] {
  if (!text.includes('"')) return text.split(',');
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const found = /^"((?:[^"]|"")*)"(?=,|$)/.exec(text.slice(at));
      if (found === null)
        throw new Problem(
          'input',
          `${path}, line ${String(line)}, column ${String(cells.length + 1)}: a quote is not closed`,
        );
      cells.push((found[1] ?? '').replaceAll('""', '"'));
      at += found[0].length;
    } else {
      const end = text.indexOf(',', at);
      cells.push(text.slice(at, end === -1 ? text.length : end));
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return cells;
    at++;
  }
}
