import { Problem } from '../../core/domain/problem.js';
import { joinBytes } from './csv-bytes.js';
import { refuseForeignFormat } from './csv-foreign-format.js';

const NEWLINE = 10;
/** A line longer than this is no candle. */
const MAX_LINE_BYTES = 65_536;
/** Enough to know a foreign format by. */
const MAGIC_BYTES = 4;

export interface WholeLines {
  /** The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void;
  /** The last line may lack its newline. */
  finish(): void;
}

/**
 * Chunks of any size in, whole lines out: `onLines` gets bytes whose last one is a newline, and returns how
 * many lines it has seen in all. Only the line that a chunk boundary cuts is put together in memory of its own.
 */
export function createWholeLines(file: string, onLines: (bytes: Uint8Array) => number): WholeLines {
  let carried: Uint8Array = new Uint8Array(0);
  let isFormatKnown = false;
  let lineCount = 0;
  return {
    push(chunk) {
      const firstLine = isFormatKnown ? chunk.indexOf(NEWLINE) + 1 : 0;
      const joined = carried.length === 0 ? 0 : firstLine || chunk.length;
      if (joined > 0) pass(joinBytes(carried, chunk.subarray(0, joined)));
      if (joined < chunk.length) pass(chunk.subarray(joined));
    },
    finish() {
      if (carried.length > 0) onLines(joinBytes(carried, Uint8Array.of(NEWLINE)));
    },
  };

  function pass(bytes: Uint8Array): void {
    if (!isFormatKnown && bytes.length >= MAGIC_BYTES) {
      refuseForeignFormat(bytes, file);
      isFormatKnown = true;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) lineCount = onLines(bytes.subarray(0, end));
    carried = bytes.slice(end);
    if (carried.length > MAX_LINE_BYTES)
      throw new Problem(
        'input',
        `${file}: line ${String(lineCount + 1)}: has no end, expected lines of CSV`,
        {
          hint: 'candles are read from text, .csv or .csv.gz',
        },
      );
  }
}
