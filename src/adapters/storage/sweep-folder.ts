import { type Hash, createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';
import type { SweepStore } from '../../ports/sweep-store.js';
import { fileProblem, removeAbandoned, writeFileAtomically } from './atomic-file.js';
import { lockFolder } from './folder-lock.js';

/** One line per run, in their order. */
export const ROWS_FILE = 'results.csv';
const PROGRESS_FILE = 'progress.json';

const progressSchema = z.strictObject({
  rowsBytes: z.int().min(0),
  /** Of so many bytes of the rows, SHA-256; earlier versions wrote none. */
  rowsHash: z.string().optional(),
  checkpoint: z.unknown(),
});

/** The folder of one sweep, for this process alone. */
export function openSweepFolder(folder: string): SweepStore {
  const rowsPath = join(folder, ROWS_FILE);
  const progressPath = join(folder, PROGRESS_FILE);
  const attempt = <T>(path: string, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw error instanceof Problem ? error : fileProblem(path, error);
    }
  };
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  const lock = lockFolder(folder);
  let rows: number | undefined;
  try {
    removeAbandoned(folder);
    const before = readProgress(progressPath);
    refuseForeign(folder, rowsPath, before);
    // Opened for writing where it is, then cut: what came after the checkpoint is done again.
    const file = attempt(rowsPath, () => openSync(rowsPath, existsSync(rowsPath) ? 'r+' : 'w+'));
    rows = file;
    let bytes = before?.rowsBytes ?? 0;
    attempt(rowsPath, () => {
      ftruncateSync(file, bytes);
    });
    const hash = attempt(rowsPath, () => hashOf(file));
    refuseDamaged(rowsPath, before?.rowsHash, hash);
    const waiting: Buffer[] = [];
    return {
      found: before?.checkpoint,
      append(text) {
        waiting.push(Buffer.from(text));
      },
      commit(checkpoint) {
        attempt(rowsPath, () => {
          for (const part of waiting.splice(0)) {
            writeAll(file, part, bytes);
            hash.update(part);
            bytes += part.length;
          }
          fsyncSync(file);
        });
        const rowsHash = hash.copy().digest('hex');
        writeFileAtomically(progressPath, `${JSON.stringify({ rowsBytes: bytes, rowsHash, checkpoint })}\n`);
      },
      close() {
        closeSync(file);
        lock.release();
      },
    };
  } catch (error) {
    if (rows !== undefined) closeSync(rows);
    lock.release();
    throw error;
  }
}

function readProgress(path: string): z.infer<typeof progressSchema> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return progressSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Problem('damaged', `${path}: cannot be read as the progress of a sweep`, {
      hint: 'move the folder away and start the sweep again',
      cause: error,
    });
  }
}

/** Rows that no checkpoint counts are somebody else's, or what somebody removed the checkpoint of. */
function refuseForeign(
  folder: string,
  rowsPath: string,
  before: z.infer<typeof progressSchema> | undefined,
): void {
  const size = existsSync(rowsPath) ? statSync(rowsPath).size : undefined;
  if (before === undefined && (size ?? 0) > 0)
    throw new Problem('foreign', `${rowsPath} is there already, and nothing says that a sweep wrote it`, {
      hint: `give --out another folder than ${folder}, or move the file away`,
    });
  if (before !== undefined && (size ?? 0) < before.rowsBytes)
    throw new Problem(
      'damaged',
      `${rowsPath} has ${String(size ?? 0)} bytes, ${String(before.rowsBytes)} were written`,
      { hint: 'move the folder away and start the sweep again' },
    );
}

const PORTION = 1 << 20;

/** Of a file from its beginning, which the next rows are added to. */
function hashOf(file: number): Hash {
  const hash = createHash('sha256');
  const portion = Buffer.alloc(PORTION);
  for (let at = 0; ;) {
    const read = readSync(file, portion, 0, PORTION, at);
    if (read === 0) return hash;
    hash.update(portion.subarray(0, read));
    at += read;
  }
}

function refuseDamaged(rowsPath: string, told: string | undefined, hash: Hash): void {
  if (told === undefined || hash.copy().digest('hex') === told) return;
  throw new Problem('damaged', `${rowsPath}: not the rows that the sweep wrote; somebody has changed them`, {
    hint: 'move the folder away and start the sweep again',
  });
}

/** A disk that is nearly full takes a part and reports no error. */
function writeAll(file: number, part: Buffer, position: number): void {
  let done = 0;
  while (done < part.length) done += writeSync(file, part, done, part.length - done, position + done);
}
