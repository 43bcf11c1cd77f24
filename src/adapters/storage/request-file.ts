import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export const MAX_REQUEST_BYTES = 1_048_576;
const MAX_DEPTH = 32;

/** What a request file holds, or why it is none. */
export type RequestFile =
  { readonly body: unknown; readonly bytes: number } | { readonly why: string } | 'gone';

/** Skips a byte order mark, which some editors put in front. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads a file that anybody may have put there: never follows a link, never waits, never reads without bound. */
export function readRequestFile(path: string): RequestFile {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
        return 'gone';
      case 'ELOOP':
      case 'ENXIO':
        return { why: 'is not a plain file' };
      case 'EACCES':
      case 'EPERM':
        return { why: 'may not be read' };
      case undefined:
      default:
        // The disk or the process is in trouble, not the request: it must not be thrown away for that.
        throw error;
    }
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return { why: 'is not a plain file' };
    if (stats.size > MAX_REQUEST_BYTES) return tooLarge(stats.size);
    const parsed = parseRequest(readBounded(file));
    return 'why' in parsed ? parsed : { ...parsed, bytes: stats.size };
  } finally {
    closeSync(file);
  }
}

/** Not the whole file but what may be read of it: somebody may be appending to it all the time. */
function readBounded(file: number): Uint8Array {
  let bytes = Buffer.alloc(0);
  while (bytes.length <= MAX_REQUEST_BYTES) {
    const part = Buffer.allocUnsafe(65_536);
    const length = readSync(file, part, 0, part.length, null);
    if (length === 0) break;
    bytes = Buffer.concat([bytes, part.subarray(0, length)]);
  }
  return bytes;
}

/** The JSON of a request within the bounds of size and depth, or why it is none. */
export function parseRequest(bytes: Uint8Array): { readonly body: unknown } | { readonly why: string } {
  if (bytes.length > MAX_REQUEST_BYTES) return tooLarge(bytes.length);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    // The decoder says no more than that.
    return { why: 'is not JSON: it is not UTF-8 text' };
  }
  if (depthOf(text) > MAX_DEPTH) return { why: `is nested deeper than ${String(MAX_DEPTH)} levels` };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch (error) {
    return { why: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function tooLarge(bytes: number): { readonly why: string } {
  return { why: `has ${String(bytes)} bytes, at most ${String(MAX_REQUEST_BYTES)} are read` };
}

/** Deepest nesting, brackets inside strings left out; read before parsing, so that depth costs no stack. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 0x5c) i++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x5b || character === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (character === 0x5d || character === 0x7d) depth--;
  }
  return deepest;
}
