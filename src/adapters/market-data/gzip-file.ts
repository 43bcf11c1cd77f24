/** How much text a gzip file holds, and small ones unzipped at once. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Up to here a file is unzipped at once, which is faster than in chunks. */
const AT_ONCE_BYTES = 16 << 20;
/** CSV of prices shrinks to a third or a fifth; a file that claims less or more than this is not believed. */
const MIN_RATIO = 2;
const MAX_RATIO = 20;

/** From the file's last four bytes: right for one member below 4 GiB, a guess for all others. */
export function unzippedBytes(file: string): number {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = new DataView(new ArrayBuffer(4));
    readSync(handle, last, 0, 4, Math.max(0, size - 4));
    return Math.max(size * MIN_RATIO, Math.min(last.getUint32(0, true), size * MAX_RATIO));
  } finally {
    closeSync(handle);
  }
}

/** The file and its text; undefined where the text is too long to be held at once. */
export function gunzipAtOnce(
  file: string,
  expectedBytes: number,
): { readonly raw: Uint8Array; readonly text: Uint8Array } | undefined {
  if (expectedBytes > AT_ONCE_BYTES) return undefined;
  const raw = readFileSync(file);
  try {
    return { raw, text: gunzipSync(raw, { maxOutputLength: AT_ONCE_BYTES }) };
  } catch (error) {
    // There is more in it than its last bytes say.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}
