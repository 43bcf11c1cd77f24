/**
 * Markets that a worker has fetched, on its disk under their fingerprint. A file whose bytes have another fingerprint
 * is as good as none: what is wrong with it does not matter. No disk error ends a job.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from './market-in-redis.js';
import { sharedBytes } from './thread-jobs.js';

const MAX_BYTES = 2 * 1024 ** 3;
const ENDING = '.market';
const FINGERPRINT = /^[0-9a-f]{64}$/;

export interface MarketCache {
  /** In shared memory; undefined where it is not there whole. */
  read(fingerprint: string): Uint8Array | undefined;
  write(fingerprint: string, bytes: Uint8Array): void;
}

/** Without a folder nothing is kept. */
export function openMarketCache(folder: string | undefined, maxBytes = MAX_BYTES): MarketCache {
  if (folder === undefined) return { read: () => undefined, write: () => undefined };
  // The fingerprint comes through Redis: it must not lead to another folder.
  const pathOf = (fingerprint: string): string | undefined =>
    FINGERPRINT.test(fingerprint) ? join(folder, fingerprint + ENDING) : undefined;
  return {
    read(fingerprint) {
      const path = pathOf(fingerprint);
      return path === undefined
        ? undefined
        : unlessDiskFails(() => {
            const bytes = readWhole(path);
            if (fingerprintOf(bytes) !== fingerprint) return undefined;
            // The oldest go first: this one is in use.
            const now = new Date();
            utimesSync(path, now, now);
            return bytes;
          });
    },
    write(fingerprint, bytes) {
      const path = pathOf(fingerprint);
      if (path !== undefined)
        unlessDiskFails(() => {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          writeWhole(path, bytes);
          limit(folder, maxBytes, path);
        });
    },
  };
}

function readWhole(path: string): Uint8Array {
  const handle = openSync(path, 'r');
  try {
    const bytes = sharedBytes(fstatSync(handle).size);
    for (let done = 0; done < bytes.length;) {
      const read = readSync(handle, bytes, done, bytes.length - done, done);
      if (read === 0) break;
      done += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What a killed writer left counts like the others: it is old some day. */
function limit(folder: string, maxBytes: number, keep: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.includes(ENDING))
    .flatMap((name) => {
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path, bytes: stats.size, usedMs: stats.mtimeMs }];
    })
    .sort((a, b) => a.usedMs - b.usedMs);
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files) {
    if (total <= maxBytes) return;
    if (path === keep) continue;
    rmSync(path, { force: true });
    total -= bytes;
  }
}

function unlessDiskFails<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
