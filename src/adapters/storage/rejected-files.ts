import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../core/domain/printable.js';

/** So much is kept of what was set aside, the newest: somebody who sends rubbish must not fill the disk with it. */
const MAX_KEPT = 500;
const MAX_KEPT_BYTES = 64 * 1_048_576;
/** Leaves room for `.why.txt` in the 255 bytes that file systems allow. */
const MAX_NAME_BYTES = 200;
const WHY = '.why.txt';

interface Kept {
  readonly name: string;
  readonly bytes: number;
}

export interface RejectedFiles {
  /** Moves a file here with a line that says why. False when it could not be moved. */
  take(source: string, file: string, why: string): boolean;
}

/** The folder of what was no request. Links are moved as links, and nothing here is ever written through one. */
export function openRejectedFiles(folder: string): RejectedFiles {
  let kept: Kept[] | undefined;
  return {
    take(source, file, why) {
      try {
        // A name that is no text cannot be found again by what the listing made of it.
        const stats = lstatSync(source, { throwIfNoEntry: false });
        if (stats === undefined) return !file.includes('\uFFFD');
        mkdirSync(folder, { recursive: true });
        if (!lstatSync(folder).isDirectory()) return false;
        kept ??= whatIsThere(folder);
        const name = keptName(file);
        // The last rejection of a name is kept.
        drop(folder, name);
        writeFileSync(join(folder, `${name}${WHY}`), `${printable(file)}: ${printable(why, 1_000)}\n`, {
          flag: 'wx',
        });
        renameSync(source, join(folder, name));
        kept = [...kept.filter((other) => other.name !== name), { name, bytes: stats.size }];
        kept = withinBounds(folder, kept);
        return true;
      } catch {
        // Another file system mounted there, rights taken away, a full disk: the file stays, and the work goes on.
        return false;
      }
    },
  };
}

function withinBounds(folder: string, kept: readonly Kept[]): Kept[] {
  let bytes = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  let first = 0;
  // The newest stays even when it is too large alone: somebody may want to know what it was.
  while (first < kept.length - 1 && (kept.length - first > MAX_KEPT || bytes > MAX_KEPT_BYTES)) {
    const oldest = kept[first++];
    if (oldest === undefined) break;
    bytes -= oldest.bytes;
    drop(folder, oldest.name);
  }
  return kept.slice(first);
}

/** The oldest first, by when their reason was written. */
function whatIsThere(folder: string): Kept[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(WHY))
    .map((name) => ({
      name: name.slice(0, -WHY.length),
      at: lstatSync(join(folder, name)).mtimeMs,
    }))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => ({
      name,
      bytes: lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
    }));
}

function drop(folder: string, name: string): void {
  rmSync(join(folder, `${name}${WHY}`), { recursive: true, force: true });
  rmSync(join(folder, name), { recursive: true, force: true });
}

/** Short enough for its reason beside it, and never the name of another one's reason. */
function keptName(file: string): string {
  if (Buffer.byteLength(file) <= MAX_NAME_BYTES && !file.endsWith(WHY)) return file;
  return `${file.slice(0, 40)}-${createHash('sha256').update(file).digest('hex').slice(0, 16)}`;
}
