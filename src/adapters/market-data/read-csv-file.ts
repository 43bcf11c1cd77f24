import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Problem } from '../../core/domain/problem.js';
import { type CsvColumns, createCsvParser } from './csv-columns.js';

const CHUNK_BYTES = 1 << 20;

/** Reads a `.csv` in chunks, a `.csv.gz` at once. */
export function readCsvFile(file: string, wanted: readonly string[]): CsvColumns {
  const parser = createCsvParser(file, wanted);
  if (file.endsWith('.gz')) parser.push(unzipped(file));
  else
    pushFile(file, (chunk) => {
      parser.push(chunk);
    });
  return parser.finish();
}

function unzipped(file: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(file));
  } catch (error) {
    throw new Problem(
      'input',
      `${file}: cannot be unzipped (${error instanceof Error ? error.message : String(error)})`,
      {
        hint: 'the file is cut off or no gzip file: fetch it again',
        cause: error,
      },
    );
  }
}

function pushFile(file: string, push: (chunk: Uint8Array) => void): void {
  const handle = openSync(file, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null);
      if (read === 0) return;
      push(buffer.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
}
