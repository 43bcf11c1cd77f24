/** What is missing between the rows of a CSV file that grows, and rows put at their places. The file is read in chunks of a fixed size. */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { TimeMs } from '../../core/domain/time.js';
import type { ArchivedGap } from '../../ports/market-archive.js';
import { createWholeLines } from './whole-lines.js';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const [ZERO, NINE] = [0x30, 0x39];

export function gapsOfCsv(path: string, stepMs: number): readonly ArchivedGap[] {
  const gaps: ArchivedGap[] = [];
  let before = NaN;
  eachLine(path, (bytes, start) => {
    const timeMs = timeOf(bytes, start);
    if (timeMs - before > stepMs) gaps.push({ fromMs: before + stepMs, toMs: timeMs });
    if (!Number.isNaN(timeMs)) before = timeMs;
  });
  return gaps;
}

/** Lines in the order of their times, written beside the file and then in its place: whoever reads sees the old text or the new one. */
export function insertIntoCsv(path: string, lines: ReadonlyMap<TimeMs, string>): void {
  const due = [...lines].sort(([a], [b]) => a - b);
  const besidePath = `${path}.new`;
  const beside = openSync(besidePath, 'w');
  try {
    let next = 0;
    let written = 0;
    eachLine(
      path,
      (bytes, start) => {
        const timeMs = timeOf(bytes, start);
        const first = next;
        while (next < due.length && (due[next]?.[0] ?? NaN) < timeMs) next++;
        if (next === first) return;
        writeFileSync(beside, bytes.subarray(written, start));
        writeFileSync(
          beside,
          due
            .slice(first, next)
            .map(([, line]) => line)
            .join(''),
        );
        written = start;
      },
      (bytes) => {
        writeFileSync(beside, bytes.subarray(written));
        written = 0;
      },
    );
    fsyncSync(beside);
    closeSync(beside);
    renameSync(besidePath, path);
  } catch (error) {
    rmSync(besidePath, { force: true });
    throw error;
  }
}

/** `onLine` gets the place where each line begins, `onEnd` each stretch of lines once they have been seen. */
function eachLine(
  path: string,
  onLine: (bytes: Uint8Array, start: number) => void,
  onEnd: (bytes: Uint8Array) => void = () => undefined,
): void {
  let seen = 0;
  const lines = createWholeLines(path, (bytes) => {
    for (let start = 0; start < bytes.length; start = bytes.indexOf(NEWLINE, start) + 1) {
      onLine(bytes, start);
      seen++;
    }
    onEnd(bytes);
    return seen;
  });
  const file = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const chunk = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, null));
      if (chunk.length === 0) return;
      lines.push(chunk);
    }
  } finally {
    closeSync(file);
  }
}

/** The whole number before the first comma; NaN of the header. */
function timeOf(bytes: Uint8Array, start: number): TimeMs {
  let timeMs = 0;
  for (let at = start; ; at++) {
    const byte = bytes[at] ?? NaN;
    if (byte === COMMA && at > start) return timeMs;
    if (!(byte >= ZERO && byte <= NINE)) return NaN;
    timeMs = 10 * timeMs + byte - ZERO;
  }
}
