import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TEMPORARY_ENDING } from './columns-file.js';

export const KEPT_ENDING = '.candles';
/** What a writer that died has left is removed after so long. */
const ABANDONED_MS = 3_600_000;

/**
 * With the folders above it, for this user alone. Step by step, as Node's own recursive mkdir never returns where
 * a folder is there and says that it is not, such as /proc.
 */
export function makeCacheFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeCacheFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}

/** Removes the oldest files until the folder is within its limit; never `keep`, nor what others put there. */
export function limitCacheFolder(folder: string, maxBytes: number, keep: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, bytes: stats.size, writtenMs: stats.mtimeMs }];
  });
  for (const { path, writtenMs } of files)
    if (
      path.includes(`${KEPT_ENDING}.`) &&
      path.endsWith(TEMPORARY_ENDING) &&
      writtenMs < Date.now() - ABANDONED_MS
    )
      rmSync(path, { force: true });

  const kept = files
    .filter(({ path }) => path.endsWith(KEPT_ENDING))
    .sort((a, b) => a.writtenMs - b.writtenMs);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of kept) {
    if (total <= maxBytes) return;
    if (path === keep) continue;
    rmSync(path, { force: true });
    total -= bytes;
  }
}
