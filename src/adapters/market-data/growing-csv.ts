import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import type { ArchivedSeries } from '../../ports/market-archive.js';
import { gapsOfCsv, insertIntoCsv } from './csv-gaps.js';

/** More than the longest line that is written here. */
const TAIL_BYTES = 4096;
const NEWLINE = 0x0a;

/**
 * A CSV file that only grows. A line counts once its line break is there: what a killed writer left of an unfinished one is
 * cut off before anything is added.
 */
export function openGrowingCsv(path: string, header: string): ArchivedSeries {
  let last: readonly number[] | undefined;
  inFile(path, (file) => {
    const end = endOfLastLine(file, path);
    if (end < fstatSync(file).size) ftruncateSync(file, end);
    if (end > 0) last = lastRow(file, end, header, path);
  });
  return {
    lastMs: () => last?.[0],
    newest: () => last,
    append(rows) {
      const newest = rows.at(-1);
      if (newest === undefined) return;
      inFile(path, (file) => {
        const { size } = fstatSync(file);
        const lines = rows.map(lineOf);
        if (size === 0) lines.unshift(`${header}\n`);
        try {
          writeFileSync(file, lines.join(''));
          fsyncSync(file);
        } catch (error) {
          cutBack(file, size);
          throw error;
        }
      });
      last = newest;
    },
    gaps: (stepMs) => worded(path, () => (last === undefined ? [] : gapsOfCsv(path, stepMs))),
    insert(rows) {
      if (rows.length === 0) return;
      worded(path, () => {
        insertIntoCsv(path, new Map(rows.map((row) => [row[0] ?? NaN, lineOf(row)])));
      });
    },
  };
}

function lineOf(row: readonly number[]): string {
  return `${row.map(String).join(',')}\n`;
}

/** What the disk refuses is said in words. */
function worded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Problem ? error : writingProblem(path, error);
  }
}

/** Back to the last whole line. Where even that fails the next opening does it: why the writing failed is what counts. */
function cutBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    return;
  }
}

function inFile(path: string, work: (file: number) => void): void {
  worded(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    try {
      work(file);
    } finally {
      closeSync(file);
    }
  });
}

/** The place after the last line break. */
function endOfLastLine(file: number, path: string): number {
  const { size } = fstatSync(file);
  const tail = readAt(file, Math.max(0, size - TAIL_BYTES), size);
  const at = tail.lastIndexOf(NEWLINE);
  if (at >= 0) return size - tail.length + at + 1;
  if (size <= TAIL_BYTES) return 0;
  throw foreign(path, 'it ends with a line that has no end');
}

function lastRow(file: number, end: number, header: string, path: string): readonly number[] | undefined {
  const head = readAt(file, 0, Math.min(end, header.length + 1)).toString('latin1');
  if (head !== `${header}\n`) throw foreign(path, `its first line is not "${header}"`);
  const lines = readAt(file, Math.max(0, end - TAIL_BYTES), end)
    .toString('latin1')
    .trimEnd()
    .split('\n');
  const last = lines.at(-1) ?? '';
  if (last === header) return undefined;
  const fields = last.split(',').map((text) => (text === '' ? NaN : Number(text)));
  const [timeMs = NaN] = fields;
  if (
    fields.length !== header.split(',').length ||
    fields.some(Number.isNaN) ||
    !Number.isSafeInteger(timeMs)
  )
    throw foreign(path, `its last line is "${last.slice(0, 80)}"`);
  return fields;
}

function readAt(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  const read = readSync(file, bytes, 0, bytes.length, from);
  return bytes.subarray(0, read);
}

function foreign(path: string, why: string): Problem {
  return new Problem('foreign', `${path}: was not written by a download, or was changed since: ${why}`, {
    hint: 'move the file away and it is downloaded anew, or name another folder with --out',
  });
}

function writingProblem(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  const text = error instanceof Error ? error.message : String(error);
  return new Problem('degraded', `${path}: ${isFull ? `the disk is full (${code})` : text}`, {
    hint: isFull
      ? 'free some space and run the same command again: every whole line is safe, and the download goes on after it'
      : 'check the path and the rights of the folder, or name another one with --out',
    cause: error,
  });
}
