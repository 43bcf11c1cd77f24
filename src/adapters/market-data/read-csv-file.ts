/**
 * Files into push parsers, in two ways: `readCsvFile` returns when it is done, `streamCsvFile` waits for the
 * disk. Either holds chunks of a fixed size, whatever the file's size. `onRaw` is shown the file's bytes as
 * they lie on disk, in order.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Problem } from '../../core/domain/problem.js';
import type { CsvParser } from './csv-parser.js';
import { gunzipInThread } from './gunzip-in-thread.js';
import { gunzipAtOnce, unzippedBytes } from './gzip-file.js';

export type OnBytes = (bytes: Uint8Array) => void;

const CHUNK_BYTES = 1 << 20;

export function readCsvFile<Parsed>(file: string, parser: CsvParser<Parsed>, onRaw?: OnBytes): Parsed {
  try {
    if (file.endsWith('.gz')) readGzip(file, parser, onRaw);
    else readPlain(file, parser, onRaw);
  } catch (error) {
    throw readingProblem(file, error);
  }
  return parser.finish();
}

function readPlain(file: string, parser: CsvParser<unknown>, onRaw: OnBytes | undefined): void {
  const handle = openSync(file, 'r');
  try {
    parser.expectBytes(fstatSync(handle).size);
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const chunk = buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, null));
      if (chunk.length === 0) return;
      onRaw?.(chunk);
      parser.push(chunk);
    }
  } finally {
    closeSync(handle);
  }
}

function readGzip(file: string, parser: CsvParser<unknown>, onRaw: OnBytes | undefined): void {
  const expected = unzippedBytes(file);
  parser.expectBytes(expected);
  const small = gunzipAtOnce(file, expected);
  if (small === undefined) {
    const onText: OnBytes = (bytes) => {
      parser.push(bytes);
    };
    gunzipInThread(file, { chunkBytes: CHUNK_BYTES, onText, onRaw });
    return;
  }
  onRaw?.(small.raw);
  parser.push(small.text);
}

export async function streamCsvFile<Parsed>(
  file: string,
  parser: CsvParser<Parsed>,
  onRaw?: OnBytes,
): Promise<Parsed> {
  try {
    if (file.endsWith('.gz')) await streamGzip(file, parser, onRaw);
    else await streamPlain(file, parser, onRaw);
  } catch (error) {
    throw readingProblem(file, error);
  }
  return parser.finish();
}

async function streamPlain(
  file: string,
  parser: CsvParser<unknown>,
  onRaw: OnBytes | undefined,
): Promise<void> {
  const handle = await open(file, 'r');
  try {
    parser.expectBytes((await handle.stat()).size);
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      onRaw?.(buffer.subarray(0, bytesRead));
      parser.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

async function streamGzip(
  file: string,
  parser: CsvParser<unknown>,
  onRaw: OnBytes | undefined,
): Promise<void> {
  parser.expectBytes(unzippedBytes(file));
  await pipeline(
    createReadStream(file, { highWaterMark: CHUNK_BYTES }),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        onRaw?.(chunk);
        yield chunk;
      }
    },
    createGunzip({ chunkSize: CHUNK_BYTES }),
    async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) parser.push(chunk);
    },
  );
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
