/**
 * Whether a file still is the one that was read. Its stamp tells at once; where the stamp differs, or was taken
 * too soon after a write to be sure, the hash of its content tells.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;

/** What is kept of a file that was read. */
export interface SourceMark {
  /** Device, inode, size, and the ns of the last write and of the last change of any kind; empty: not to be trusted. */
  readonly stamp: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface SourceWatch {
  /** To be shown all bytes of the file, in order, while it is read. */
  see(bytes: Uint8Array): void;
  /** The file's stamp; empty while it is not to be trusted. */
  stamp(): string;
  /** After the last byte. */
  mark(): SourceMark;
  /** How the file as it is now can be told from `mark` to be the same. Reads it where the stamp does not tell. */
  compare(mark: SourceMark): 'same-stamp' | 'same-content' | 'other';
}

/**
 * Takes the file's stamp now; throws what the disk says. Clocks of file systems are coarse: a file that changed within the last
 * `settledMs` could change once more under the same stamp.
 */
export function watchSource(file: string, settledMs: number): SourceWatch {
  const before = stampOf(file);
  const isSettled = before.changedMs <= Date.now() - settledMs;
  const hash = createHash('sha256');
  let bytes = 0;
  // A file that changes while it is read bears another stamp afterwards.
  const stamp = (): string => (isSettled && stampOf(file).text === before.text ? before.text : '');
  return {
    see(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    stamp,
    mark: () => ({ stamp: stamp(), bytes, sha256: hash.digest('hex') }),
    compare(mark) {
      if (mark.stamp === before.text) return 'same-stamp';
      return mark.bytes === before.bytes && sha256OfFile(file) === mark.sha256 ? 'same-content' : 'other';
    },
  };
}

function stampOf(file: string): { text: string; bytes: number; changedMs: number } {
  const stats = statSync(file, { bigint: true });
  if (!stats.isFile()) throw Object.assign(new Error(`${file} is not a plain file`), { code: 'ENOTSUP' });
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    text: [dev, ino, size, mtimeNs, ctimeNs].join(' '),
    bytes: Number(size),
    changedMs: Number(ctimeNs / 1_000_000n),
  };
}

function sha256OfFile(file: string): string {
  const hash = createHash('sha256');
  const handle = openSync(file, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null);
      if (read === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
}
