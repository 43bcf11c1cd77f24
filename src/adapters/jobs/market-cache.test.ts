import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { openMarketCache } from './market-cache.js';
import { fingerprintOf } from './market-in-redis.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

const BYTES = Uint8Array.from({ length: 4000 }, (_, i) => i % 251);
const NAME = fingerprintOf(BYTES);

describe('markets on the disk of a worker', () => {
  it('come back as they were, in shared memory', () => {
    const cache = openMarketCache(join(folder.path, 'new', 'folder'));
    expect(cache.read(NAME)).toBeUndefined();
    cache.write(NAME, BYTES);
    const back = cache.read(NAME);
    expect(back?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(back === undefined ? '' : fingerprintOf(back)).toBe(NAME);
    expect(readdirSync(join(folder.path, 'new', 'folder'))).toEqual([`${NAME}.market`]);
  });

  it('are as good as not there when any byte is wrong or missing', () => {
    const cache = openMarketCache(folder.path);
    const path = join(folder.path, `${NAME}.market`);
    fc.assert(
      fc.property(
        fc.nat({ max: BYTES.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, flip, cut) => {
          cache.write(NAME, BYTES);
          const damaged = cut ? BYTES.slice(0, at) : BYTES.map((byte, i) => (i === at ? byte ^ flip : byte));
          writeFileSync(path, damaged);
          expect(cache.read(NAME)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
    cache.write(NAME, BYTES);
    expect(cache.read(NAME)).toBeDefined();
  });

  it('lie in no other folder, whatever a fingerprint says, and cost nobody a job where the disk fails', () => {
    const cache = openMarketCache(join(folder.path, 'cache'));
    cache.write('../outside', BYTES);
    expect(existsSync(join(folder.path, 'outside.market'))).toBe(false);
    writeFileSync(join(folder.path, 'file'), '');
    const broken = openMarketCache(join(folder.path, 'file'));
    broken.write(NAME, BYTES);
    expect(broken.read(NAME)).toBeUndefined();
    expect(readFileSync(join(folder.path, 'file'), 'utf8')).toBe('');
  });

  it('go, the longest unused first, when they are too many', () => {
    const cache = openMarketCache(folder.path, 2.5 * BYTES.length);
    const others = [1, 2].map((n) => BYTES.map((byte) => byte ^ n));
    cache.write(NAME, BYTES);
    const long = new Date(Date.now() - 60_000);
    utimesSync(join(folder.path, `${NAME}.market`), long, long);
    rmSync(join(folder.path, 'none'), { force: true });
    mkdirSync(join(folder.path, 'own'));
    for (const bytes of others) cache.write(fingerprintOf(bytes), bytes);
    expect(cache.read(NAME)).toBeUndefined();
    expect(others.every((bytes) => cache.read(fingerprintOf(bytes)) !== undefined)).toBe(true);
    expect(existsSync(join(folder.path, 'own'))).toBe(true);
  });
});
