import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { Problem } from '../../core/domain/problem.js';
import { faultPoint } from './fault-point.js';

/** Replaces a file in one step (temporary file, fsync, rename): a reader sees the old text or the new one. */
export function writeFileAtomically(path: string, text: string): void {
  faultPoint('before-rename');
  try {
    writeFileAtomic(path, text);
  } catch (error) {
    throw fileProblem(path, error);
  }
  faultPoint('after-rename');
}

/** Appends one line and makes it durable before it returns. */
export function appendDurably(path: string, line: string): void {
  faultPoint('before-append');
  try {
    const file = openSync(path, 'a');
    try {
      const bytes = Buffer.from(`${line}\n`, 'utf8');
      let at = 0;
      while (at < bytes.length) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  faultPoint('after-append');
}

/** Names the file and what a person can do about it. */
export function fileProblem(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const text = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Problem('degraded', `${path}: the disk is full`, {
        hint: 'free some space and start again; nothing that was committed is lost',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Problem('degraded', `${path}: cannot be written (${code})`, {
        hint: 'check the rights of the folder, or name another one with --state',
        cause: error,
      });
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOENT':
      return new Problem('input', `${path}: not a usable place (${code})`, {
        hint: 'check the path',
        cause: error,
      });
    default:
      return new Problem('degraded', `${path}: ${text}`, { cause: error });
  }
}
