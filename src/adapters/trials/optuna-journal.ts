import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parsePythonJson } from './parse-json.js';
import type { StorageReading } from './optuna-study.js';
import { replayOptunaJournal } from './replay-optuna-journal.js';

/** How much is read at once. */
const CHUNK_BYTES = 1 << 20;
/** A longer line is none of Optuna's: its longest hold one trial. */
const MAX_LINE_BYTES = 8_000_000;

/**
 * Reads a JournalFile from its beginning to the length it has now. An unfinished last line is one that another process
 * is writing. A line in the middle that cannot be read ends the reading, as it does for Optuna: ids are counts of the
 * operations before, so everything after it might be told of the wrong trial.
 */
export function readOptunaJournal(path: string): StorageReading {
  const replay = replayOptunaJournal();
  const file = openSync(path, 'r');
  try {
    let number = 0;
    for (const line of linesOf(file, fstatSync(file).size)) {
      number++;
      const why = lineFault(line, (operation) => {
        replay.apply(operation);
      });
      if (why !== undefined)
        return {
          studies: replay.studies(),
          rubbish: [
            {
              where: `${path}: line ${String(number)}`,
              why: `${why}; what stands after it is not read, as by Optuna itself`,
            },
          ],
        };
    }
    return { studies: replay.studies(), rubbish: [] };
  } finally {
    closeSync(file);
  }
}

function lineFault(line: Buffer | 'too long', apply: (operation: unknown) => void): string | undefined {
  if (line === 'too long') return `longer than ${String(MAX_LINE_BYTES)} bytes`;
  const text = line.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    apply(parsePythonJson(text));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Finished lines within the first `size` bytes; `too long` ends them. */
function* linesOf(file: number, size: number): Generator<Buffer | 'too long'> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let unfinished = Buffer.alloc(0);
  for (let at = 0; at < size;) {
    const read = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, size - at), at);
    if (read === 0) return;
    at += read;
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0 && end < read;) {
      const part = chunk.subarray(start, end);
      yield unfinished.length === 0 ? part : Buffer.concat([unfinished, part]);
      unfinished = Buffer.alloc(0);
      start = end + 1;
      end = chunk.indexOf(LINE_BREAK, start);
    }
    unfinished = Buffer.concat([unfinished, chunk.subarray(start, read)]);
    if (unfinished.length > MAX_LINE_BYTES) {
      yield 'too long';
      return;
    }
  }
}

const LINE_BREAK = 0x0a;
