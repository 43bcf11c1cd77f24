import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new folder with these files, by their paths in it. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>>, name = 'market-'): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export const CSV_START_MS = Date.UTC(2024, 0, 1);

/** CSV of bars in these slots after the start; the close tells the slot: 100 + slot. */
export function csvOf(slots: readonly number[], stepMs: number): string {
  const lines = slots.map((slot) => {
    const close = 100 + slot;
    return `${String(CSV_START_MS + slot * stepMs)},${String(close)},${String(close + 1)},${String(close - 1)},${String(close)},7`;
  });
  return ['timestamp,open,high,low,close,volume', ...lines, ''].join('\n');
}
