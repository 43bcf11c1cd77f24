/** Whether a folder can be written so that it lasts, how long that takes, and how much room there is. */
import { closeSync, fsyncSync, lstatSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DoctorFinding } from '../../reporting/doctor-text.js';

const WRITES = 5;
const WRITE_BYTES = 4096;
/** Every round ends with one. */
const SLOW_MS = 50;
const LITTLE_BYTES = 1e9;
const TOO_LITTLE_BYTES = 100e6;

export function checkFolder(name: string, folder: string): DoctorFinding {
  const check = `disk: ${name}`;
  const place = nearestFolder(folder);
  const where = place === folder ? folder : `${folder} (not there yet; tried in ${place})`;
  try {
    const { bavail, bsize } = statfsSync(place);
    const freeBytes = bavail * bsize;
    const ms = durableWriteMs(place);
    const text = `${(freeBytes / 1e9).toFixed(1)} GB free, a durable write takes ${ms.toFixed(1)} ms, ${where}`;
    if (freeBytes < TOO_LITTLE_BYTES) return { check, verdict: 'fail', text, advice: 'free some space' };
    if (freeBytes < LITTLE_BYTES) return { check, verdict: 'warn', text, advice: 'free some space' };
    return ms > SLOW_MS
      ? { check, verdict: 'warn', text, advice: 'a local disk is faster than one over the network' }
      : { check, verdict: 'ok', text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return {
      check,
      verdict: 'fail',
      text: `${where}: cannot be written (${code})`,
      advice:
        code === 'ENOSPC' || code === 'EDQUOT'
          ? 'free some space'
          : code === 'ENOENT' || code === 'ELOOP'
            ? `${place} is a link to nowhere: make the folder that it names, or remove it`
            : 'check the rights of the folder, or name another one in arena.config.json',
    };
  }
}

function nearestFolder(folder: string): string {
  let place = folder;
  while (!isThere(place) && dirname(place) !== place) place = dirname(place);
  return place;
}

/** A link is there whether or not what it names is: nobody makes a folder behind one. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Something above it is closed or leads nowhere: the look at that says so.
    return false;
  }
}

/** The middle of some writes, each with its own fsync. */
function durableWriteMs(folder: string): number {
  const path = join(folder, `.doctor-${String(process.pid)}`);
  const bytes = Buffer.alloc(WRITE_BYTES, 1);
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      const times = Array.from({ length: WRITES }, () => {
        const beganAt = performance.now();
        writeSync(file, bytes);
        fsyncSync(file);
        return performance.now() - beganAt;
      });
      return times.sort((a, b) => a - b)[WRITES >> 1] ?? NaN;
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(path, { force: true });
  }
}
