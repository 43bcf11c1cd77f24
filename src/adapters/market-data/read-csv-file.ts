/**
 * Files into push parsers, in two ways. `pushFile` returns when it is done and unzips a `.gz` in memory;
 * `streamFile` waits for the disk and holds one chunk at a time, whatever the file's size.
 */
import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { Problem } from '../../core/domain/problem.js';
import type { CsvParser } from './csv-parser.js';

const CHUNK_BYTES = 1 << 20;

export function readCsvFile<Parsed>(file: string, parser: CsvParser<Parsed>): Parsed {
  try {
    if (file.endsWith('.gz')) parser.push(gunzipSync(readFileSync(file)));
    else pushFile(file, parser);
  } catch (error) {
    throw readingProblem(file, error);
  }
  return parser.finish();
}

function pushFile(file: string, parser: CsvParser<unknown>): void {
  const handle = openSync(file, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null);
      if (read === 0) return;
      parser.push(buffer.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
}

export async function streamCsvFile<Parsed>(file: string, parser: CsvParser<Parsed>): Promise<Parsed> {
  const pushAll = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) parser.push(chunk);
  };
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    if (file.endsWith('.gz')) await pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), pushAll);
    else await pipeline(source, pushAll);
  } catch (error) {
    throw readingProblem(file, error);
  }
  return parser.finish();
}

const NOT_GZIP = /incorrect header check/;

/** Failures of disk and gzip in words; what the parser found wrong stays as it is. */
function readingProblem(file: string, error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error) || !('code' in error)) return error;
  if (NOT_GZIP.test(error.message))
    return new Problem('input', `${file}: is not gzip, expected a gzip file by its name`, {
      hint: 'name it .csv if it is plain text',
      cause: error,
    });
  if (typeof error.code === 'string' && error.code.startsWith('Z_'))
    return new Problem(
      'input',
      `${file}: cannot be unzipped (${error.message}), expected a whole gzip file`,
      { hint: 'the file is cut off or damaged: fetch it again', cause: error },
    );
  return new Problem('input', `${file}: cannot be read (${error.message})`, {
    hint: 'check that the file is there and may be read',
    cause: error,
  });
}
