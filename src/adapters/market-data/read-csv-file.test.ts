import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../core/domain/problem.js';
import { createCandleCsvParser, parseCandleCsv } from './csv-columns.js';
import type { ParsedCandles } from './parsed-candles.js';
import { readCsvFile, streamCsvFile } from './read-csv-file.js';

const folder = mkdtempSync(join(tmpdir(), 'read-csv-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const START_MS = Date.UTC(2020, 0, 1);
/** More text than is unzipped at once. */
const ROWS = 400_000;

/** Minute bars of prices that repeat; the lines in `replaced` are others. */
function text(rows: number, replaced: Readonly<Record<number, string>> = {}): string {
  const lines = ['timestamp,open,high,low,close,volume'];
  for (let i = 0; i < rows; i++)
    lines.push(
      `${String(START_MS + i * 60_000)},10.25,12.5,9.125,${String(10 + (i % 100) / 100)},${String(i)}`,
    );
  for (const [line, content] of Object.entries(replaced)) lines[Number(line) - 1] = content;
  return `${lines.join('\n')}\n`;
}

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Of all columns bit for bit; comparing half a million numbers one by one takes seconds. */
function digestOf({ openTimesMs, open, high, low, close, volume }: ParsedCandles): string {
  const hash = createHash('sha256');
  for (const column of [openTimesMs, open, high, low, close, volume]) hash.update(column);
  return `${String(open.length)} ${hash.digest('hex')}`;
}

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('expected a problem');
}

describe('a gzip file too large to be unzipped at once', () => {
  const whole = Buffer.from(text(ROWS));

  it.each([
    ['of one member', gzipSync(whole, { level: 1 })],
    [
      'of members whose last one is short',
      Buffer.concat([gzipSync(whole.subarray(0, -1000), { level: 1 }), gzipSync(whole.subarray(-1000))]),
    ],
  ])('%s holds the candles of its text', async (name, zipped) => {
    expect(whole.length).toBeGreaterThan(16 << 20);
    const file = fileWith(`${name}.csv.gz`, zipped);
    const raw: Buffer[] = [];
    const read = readCsvFile(file, createCandleCsvParser(file), (bytes) => raw.push(Buffer.from(bytes)));
    const expected = digestOf(parseCandleCsv(whole, file));
    expect(digestOf(read)).toBe(expected);
    expect(digestOf(await streamCsvFile(file, createCandleCsvParser(file)))).toBe(expected);
    expect(Buffer.concat(raw).equals(zipped), 'the bytes on disk are shown, all of them, in order').toBe(
      true,
    );
  });

  it('that is cut off is refused as such', () => {
    const file = fileWith('cut.csv.gz', gzipSync(whole, { level: 0 }).subarray(0, -100_000));
    const { message } = problemOf(() => readCsvFile(file, createCandleCsvParser(file)));
    expect(message).toContain('cut.csv.gz: cannot be unzipped (unexpected end of file)');
  });

  it('with a wrong line is refused with that line, also far inside', () => {
    const line = ROWS - 5;
    const file = fileWith('wrong.csv.gz', gzipSync(text(ROWS, { [line]: '1,2,3' }), { level: 1 }));
    const { message } = problemOf(() => readCsvFile(file, createCandleCsvParser(file)));
    expect(message).toContain(`wrong.csv.gz: line ${String(line)}: `);
  });
});

describe('lines of a plain file', () => {
  it('are counted with the blank ones, in every chunk', () => {
    const rows = 60_000;
    const blanks = { 100: '', 101: ' ', 30_000: '', 45_000: '\r' };
    const wrong = rows - 10;
    const file = fileWith('blanks.csv', text(rows, { ...blanks, [wrong]: 'x' }));
    expect(problemOf(() => readCsvFile(file, createCandleCsvParser(file))).message).toContain(
      `blanks.csv: line ${String(wrong)}: `,
    );
    const good = fileWith('good.csv', text(rows, blanks));
    const candles = readCsvFile(good, createCandleCsvParser(good));
    expect(candles.openTimesMs.length).toBe(rows - 4);
    candles.openTimesMs.forEach((timeMs, bar) => {
      if (candles.lineOf(bar) !== (timeMs - START_MS) / 60_000 + 2)
        throw new Error(`bar ${String(bar)} has line ${String(candles.lineOf(bar))}`);
    });
  });
});
