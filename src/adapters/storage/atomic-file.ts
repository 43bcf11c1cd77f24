import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { Problem, assertInvariant } from '../../core/domain/problem.js';
import { faultPoint } from './fault-point.js';

/** Replaces a file in one step (temporary file, fsync, rename): a reader sees the old text or the new one. */
export function writeFileAtomically(path: string, text: string): void {
  try {
    // write-file-atomic writes with a single call. On a disk that is nearly full such a call writes a part and
    // reports no error, and the part would take the file's place. So the text is written here, as often as it
    // takes, and the package adds nothing to it but fsync, owner, rights and the rename.
    writeFileAtomic(path, '', {
      tmpfileCreated(temporary) {
        writeInPieces(temporary, text);
        faultPoint('before-rename');
      },
    });
  } catch (error) {
    throw fileProblem(path, error);
  }
  faultPoint('after-rename');
}

/**
 * Of a text Node makes bytes in a buffer of three times its length: one of megabytes, written after every round, would leave holes in
 * the process's memory that nothing fits into.
 */
function writeInPieces(path: string, text: string): void {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < text.length;) {
      let end = Math.min(at + PIECE_LENGTH, text.length);
      // The two halves of a character stay together.
      if (end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00) end++;
      writeFileSync(file, text.slice(at, end));
      at = end;
    }
  } finally {
    closeSync(file);
  }
}

const PIECE_LENGTH = 32_768;

/** What write-file-atomic calls its temporary files: the name, a dot, and a hash in decimal. */
const TEMPORARY = /\.(?:json|txt|csv|heartbeat)\.\d{4,}$/;

/** Removes temporary files that a killed writer left; only for who holds the folder's lock. */
export function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder))
    if (TEMPORARY.test(name)) rmSync(join(folder, name), { force: true });
}

/**
 * Appends one line and makes it durable before it returns. A line counts once its line break is there: what a
 * crash or a full disk left of an unfinished one is cut off, or the next line would be glued to it.
 */
export function appendDurably(path: string, line: string): void {
  assertInvariant(!line.includes('\n'), () => `a line for ${path} has a line break in it`);
  faultPoint('before-append');
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    try {
      const size = fstatSync(file).size;
      const end = endOfLastLine(file, size);
      if (end < size) ftruncateSync(file, end);
      try {
        writeFileSync(file, `${line}\n`);
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, end);
        throw error;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  faultPoint('after-append');
}

/** How much is read at once in search of a line break. */
const CHUNK_BYTES = 4096;

/** The place after the last line break; 0 when there is none. */
function endOfLastLine(file: number, size: number): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const read = readSync(file, chunk, 0, end - start, start);
    const at = chunk.subarray(0, read).lastIndexOf(0x0a);
    if (at >= 0) return start + at + 1;
  }
  return 0;
}

/** With the folders above it; a Problem where it cannot be. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw fileProblem(folder, error);
  }
}

/** Names the file and what a person can do about it. */
export function fileProblem(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const text = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new Problem('degraded', `${path}: the disk is full (${code})`, {
        hint: 'free some space and start again; nothing that was committed is lost',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Problem('degraded', `${path}: cannot be written (${code})`, {
        hint: 'check the rights of the folder, or name another one',
        cause: error,
      });
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOENT':
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return new Problem('input', `${path}: not a usable place (${code})`, {
        hint: 'check the path',
        cause: error,
      });
    default:
      return new Problem('degraded', `${path}: ${text}`, { cause: error });
  }
}
