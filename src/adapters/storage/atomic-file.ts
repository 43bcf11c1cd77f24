import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { faultPoint } from './fault-point.js';

/**
 * Replaces a file in one step: temporary file, fsync, rename, fsync of the folder. Own code and not a library
 * because tests must be able to kill the process between any two of these.
 */
export function writeFileAtomically(path: string, text: string): void {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    faultPoint('before-rename');
    renameSync(temporary, path);
    faultPoint('after-rename');
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileProblem(path, error);
  }
}

/** Appends one line and makes it durable before it returns. */
export function appendDurably(path: string, line: string): void {
  faultPoint('before-append');
  try {
    const file = openSync(path, 'a');
    try {
      writeAll(file, `${line}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  faultPoint('after-append');
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Names the file and what a person can do about it. */
export function fileProblem(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
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
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOENT':
      return new Problem('input', `${path}: not a usable place (${code})`, {
        hint: 'check the path',
        cause: error,
      });
    default:
      return new Problem('degraded', `${path}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
  }
}
