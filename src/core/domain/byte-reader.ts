import { gapToEight } from './byte-writer.js';
import { Problem } from './problem.js';

/** Reads what a ByteWriter wrote. Anything that does not fit is damage, named, and never a wild read. */
export interface ByteReader {
  double(): number;
  uint32(): number;
  text(): string;
  /** A copy. */
  bytes(): Uint8Array;
  doubles(): Float64Array;
  /** Throws when bytes are left over. */
  end(): void;
}

/** Without `ignoreBOM` a text that begins with U+FEFF would come back without it. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function createByteReader(bytes: Uint8Array, what: string): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (at + count > bytes.length) throw damaged(what, `ends after ${String(bytes.length)} bytes`);
    const start = at;
    at += count;
    return start;
  };
  return {
    double: () => view.getFloat64(take(8), true),
    uint32: () => view.getUint32(take(4), true),
    text() {
      const length = view.getUint32(take(4), true);
      const start = take(length);
      try {
        return decoder.decode(bytes.subarray(start, start + length));
      } catch (error) {
        throw damaged(what, `has no text at byte ${String(start)}`, error);
      }
    },
    bytes() {
      const length = view.getUint32(take(4), true);
      const start = take(length);
      return bytes.slice(start, start + length);
    },
    doubles() {
      const count = view.getUint32(take(4), true);
      const gap = gapToEight(at);
      const gapStart = take(gap);
      if (bytes.subarray(gapStart, at).some((byte) => byte !== 0))
        throw damaged(what, `has no list of doubles at byte ${String(gapStart)}`);
      // Taken before anything is allocated: a damaged count must not ask for gigabytes.
      const start = take(count * 8);
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = view.getFloat64(start + i * 8, true);
      return values;
    },
    end() {
      if (at !== bytes.length) throw damaged(what, `has ${String(bytes.length - at)} bytes too many`);
    },
  };
}

function damaged(what: string, how: string, cause?: unknown): Problem {
  return new Problem('damaged', `${what} ${how}`, {
    hint: 'start over with --fresh; the old state is moved aside',
    ...(cause === undefined ? {} : { cause }),
  });
}
