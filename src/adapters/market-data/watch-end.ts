/** Whether the last line of a CSV may have been cut. A file without a line break at its end is legal, and looks the same. */
import { joinBytes } from './csv-bytes.js';

/** Some sixty bars. */
const TAIL_BYTES = 4096;
/** With fewer, that their last numbers are of one width may be chance. */
const FEWEST_LINES = 10;

export interface EndWatch {
  /** The chunk may be reused by the caller afterwards. */
  see(chunk: Uint8Array): void;
  mayBeTorn(): boolean;
}

export function watchEnd(): EndWatch {
  let tail: Uint8Array = new Uint8Array(0);
  return {
    see(chunk) {
      const more = chunk.slice(-TAIL_BYTES);
      tail = more.length === TAIL_BYTES ? more : joinBytes(tail, more).slice(-TAIL_BYTES);
    },
    mayBeTorn: () => mayBeTorn(new TextDecoder().decode(tail)),
  };
}

/** A cut in any other field is a row that cannot be read; the last number might have gone on. */
function mayBeTorn(text: string): boolean {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  if (last.trim() === '' || /["\r]$/.test(last)) return false;
  // The first one is the header, or a part of a line.
  const [width = 0, ...others] = lines.slice(1).map(decimalsOf);
  const hasOneWidth = width > 0 && others.length >= FEWEST_LINES && others.every((one) => one === width);
  return !hasOneWidth || decimalsOf(last) !== width;
}

function decimalsOf(line: string): number {
  return /\.(\d+)\s*$/.exec(line)?.[1]?.length ?? 0;
}
