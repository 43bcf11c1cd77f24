import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, it } from 'vitest';

const SHARED = resolve(import.meta.dirname, '../../../shared');

/** Where material lies that is not part of the project: golden numbers and real candles. */
export function sharedPath(path: string): string {
  return resolve(SHARED, path);
}

/** True when it is there; otherwise says in one line that tests are skipped. */
export function hasShared(path: string): boolean {
  const there = existsSync(sharedPath(path));
  if (!there) console.warn(`skipped: ../shared/${path} is not here`);
  return there;
}

export function readSharedJson(path: string): unknown {
  const bytes = readFileSync(sharedPath(path));
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** A group of tests on a golden file; skipped with a line that says so where the file is not there. */
export function describeShared(path: string, name: string, body: (golden: unknown) => void): void {
  if (hasShared(path))
    describe(name, () => {
      body(readSharedJson(path));
    });
  else it.skip(`${name} (../shared/${path} is not here)`, () => undefined);
}

/** A group of tests on several files or folders; skipped with a line that says which are not there. */
export function describeAllShared(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.filter((path) => !hasShared(path));
  if (missing.length === 0) describe(name, body);
  else
    it.skip(`${name} (not here: ${missing.map((path) => `../shared/${path}`).join(', ')})`, () => undefined);
}
