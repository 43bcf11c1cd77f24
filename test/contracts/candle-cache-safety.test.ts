/** Whatever happens to the cache, to its disk or to the files, a load gives the market of the files as they are. */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openCandleCache } from '../../src/adapters/market-data/candle-cache.js';
import { writeColumnsFile } from '../../src/adapters/market-data/columns-file.js';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { watchSource } from '../../src/adapters/market-data/source-watch.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { ROOT, ended } from '../support/cli.js';
import { type CachedMarket, cachedMarket, forge, isForged, readKept } from '../support/kept-markets.js';
import { csvOf, makeFolder } from '../support/market-folder.js';

const made: string[] = [];

function market(settledMs = 0): CachedMarket {
  const one = cachedMarket(settledMs);
  made.push(...one.folders);
  return one;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'candle-cache-'));
  made.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('a cache file that cannot be trusted counts as none, and is written anew', () => {
  it('with any bit flipped, cut off anywhere, longer, or with zeros in place of its end', () => {
    const { kept, load } = market();
    const whole = readFileSync(kept());
    const before = load();
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip'), at: fc.nat(whole.length * 8 - 1) }),
      fc.record({ kind: fc.constantFrom('cut', 'zeros'), at: fc.nat(whole.length - 1) }),
      fc.record({ kind: fc.constant('longer'), at: fc.integer({ min: 1, max: 64 }) }),
    );
    fc.assert(
      fc.property(damage, ({ kind, at }) => {
        const bytes = kind === 'longer' ? Buffer.concat([whole, Buffer.alloc(at)]) : Buffer.from(whole);
        if (kind === 'flip') bytes.writeUInt8((bytes[at >> 3] ?? 0) ^ (1 << (at & 7)), at >> 3);
        if (kind === 'zeros') bytes.fill(0, at);
        writeFileSync(kept(), kind === 'cut' ? bytes.subarray(0, at) : bytes);
        expect(load()).toEqual(before);
        expect(readFileSync(kept()).equals(whole), 'written anew').toBe(true);
      }),
      // Zeros from byte 8 on: a header without text and its right checksum.
      { numRuns: 300, examples: [[{ kind: 'zeros', at: 8 }]] },
    );
  });

  it('of another version, or of other files', () => {
    const { kept, load } = market();
    const { about } = readKept(kept());
    const whole = readFileSync(kept());
    for (const changed of [
      { ...about, format: about.format + 1 },
      { ...about, key: '' },
      { ...about, sources: [] },
      null,
    ]) {
      forge(kept(), changed);
      expect(isForged(load())).toBe(false);
      expect(readFileSync(kept()).equals(whole)).toBe(true);
    }
  });

  it('with fewer columns than it tells of', () => {
    const { kept, load } = market();
    const before = load();
    const { about, columns } = readKept(kept());
    writeColumnsFile(kept(), about, columns.slice(1));
    expect(load()).toEqual(before);
  });
});

describe('a source that changed is read again', () => {
  it.each([0, 60_000])(
    'though its size and its time of writing are the same (settled after %d ms)',
    (settledMs) => {
      const { file, load } = market(settledMs);
      const { atime, mtime } = statSync(file);
      const text = readFileSync(file, 'utf8');
      for (const replaced of [text.replace(',7\n', ',8\n'), text.replace(',7\n', ',9\n')]) {
        writeFileSync(file, replaced);
        utimesSync(file, atime, mtime);
        expect(load().table.candles[0]?.volume[0]).toBe(replaced.includes(',8\n') ? 8 : 9);
      }
      writeFileSync(`${file}.new`, text);
      utimesSync(`${file}.new`, atime, mtime);
      renameSync(`${file}.new`, file);
      expect(load().table.candles[0]?.volume[0], 'another file under the same name').toBe(7);
    },
  );

  it('and refused when it has become wrong', () => {
    const { file, load } = market();
    writeFileSync(file, 'timestamp,open\n');
    expect(load).toThrow('no column "high"');
    rmSync(file);
    expect(load).toThrow('no candle files');
  });

  it('is told by its content while its stamp is too fresh to tell', () => {
    const { file, kept, load } = market(60_000);
    expect(readKept(kept()).about.sources.map(({ stamp }) => stamp)).toEqual(['']);
    forge(kept());
    expect(isForged(load()), 'the content is the same').toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').replace(',7\n', ',8\n'));
    expect(isForged(load())).toBe(false);
  });

  it('does not count as changed when it is touched only; its new stamp is kept', () => {
    const { file, kept, load } = market();
    const [old] = readKept(kept()).about.sources;
    forge(kept());
    utimesSync(file, 1, 1);
    expect(isForged(load())).toBe(true);
    const [renewed] = readKept(kept()).about.sources;
    expect(renewed).not.toEqual(old);
    expect(renewed).toEqual({ ...old, stamp: renewed?.stamp });
  });

  it('while it is read leaves no stamp to trust', () => {
    const { file } = market();
    const watch = watchSource(file, 0);
    expect(watch.stamp()).not.toBe('');
    writeFileSync(file, readFileSync(file, 'utf8').replace(',7\n', ',8\n'));
    expect(watch.stamp()).toBe('');
  });
});

describe('a disk that fails is no failure of the load', () => {
  it('neither for a folder that cannot be made nor for one that is a file', () => {
    const { file, load } = market();
    const expected = load();
    for (const folder of ['/proc/no/such', join(file, 'inside'), file]) {
      const cache = openCandleCache({ folder });
      expect(loadRecordedMarket({ folder: join(file, '../..'), timeframe: '1h', cache })).toEqual(expected);
    }
  });

  it.skipIf(process.platform === 'win32')('nor for one that is full: nothing is left behind', () => {
    const cacheFolder = newFolder();
    const folder = makeFolder({
      'BTC/1h.csv': csvOf(
        Array.from({ length: 2000 }, (_, i) => i),
        HOUR_MS,
      ),
    });
    made.push(folder);
    // Writes beyond 16 blocks of 512 bytes fail, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" --input-type=module -e "$1"`;
    const stdout = execFileSync(
      'sh',
      ['-c', limited, process.execPath, loadingProgram(folder, cacheFolder, 1)],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('2000\n');
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

/** Loads a market through the built program's cache, which it empties before each load. */
function loadingProgram(folder: string, cacheFolder: string, loads: number): string {
  const module = (name: string): string =>
    JSON.stringify(pathToFileURL(join(ROOT, `dist/adapters/market-data/${name}.js`)).href);
  return `
    import { readdirSync, rmSync } from 'node:fs';
    import { loadRecordedMarket } from ${module('recorded-market')};
    import { openCandleCache } from ${module('candle-cache')};
    const cacheFolder = ${JSON.stringify(cacheFolder)};
    const cache = openCandleCache({ folder: cacheFolder });
    for (let k = 0; k < ${String(loads)}; k++) {
      for (const name of readdirSync(cacheFolder))
        if (name.endsWith('.candles')) rmSync(cacheFolder + '/' + name, { force: true });
      for (let again = 0; again < 2; again++) {
        const { table } = loadRecordedMarket({ folder: ${JSON.stringify(folder)}, timeframe: '1h', cache });
        if (table.candles[0].close.some((close, slot) => close !== 100 + slot)) throw new Error('wrong data');
        if (${String(loads)} - 1 === k && again === 1) console.log(table.length);
      }
    }`;
}

describe('several programs at once', () => {
  it('write and remove the same market and never read anything but it', async () => {
    const cacheFolder = newFolder();
    const folder = makeFolder({
      'BTC/1h.csv': csvOf(
        Array.from({ length: 5000 }, (_, i) => i),
        HOUR_MS,
      ),
    });
    made.push(folder);
    const program = loadingProgram(folder, cacheFolder, 25);
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    expect((await Promise.all(children.map(ended))).map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(readdirSync(cacheFolder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    loadRecordedMarket({ folder, timeframe: '1h', cache: openCandleCache({ folder: cacheFolder }) });
  });
});

describe('the size of the cache folder', () => {
  it('stays within its limit: the oldest markets go, and what abandoned writers left; nothing of others', () => {
    const cacheFolder = newFolder();
    const strangers = ['notes.txt', 'x.tmp', 'fresh.candles.1.tmp'];
    for (const name of [...strangers, 'dead.candles.1.tmp']) writeFileSync(join(cacheFolder, name), 'x');
    utimesSync(join(cacheFolder, 'dead.candles.1.tmp'), 1, 1);
    const kept: string[] = [];
    for (const symbol of ['A', 'B', 'C', 'D']) {
      const folder = makeFolder({ [`${symbol}_1h.csv`]: csvOf([0, 1, 2], HOUR_MS) });
      made.push(folder);
      const before = readdirSync(cacheFolder);
      loadRecordedMarket({
        folder,
        timeframe: '1h',
        cache: openCandleCache({ folder: cacheFolder, maxBytes: 2000 }),
      });
      const path = readdirSync(cacheFolder).find((name) => !before.includes(name)) ?? 'none';
      utimesSync(join(cacheFolder, path), kept.length + 10, kept.length + 10);
      kept.push(path);
    }
    const left = readdirSync(cacheFolder).filter((name) => name.endsWith('.candles'));
    const size = (name: string): number => statSync(join(cacheFolder, name)).size;
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(4);
    expect(left.reduce((sum, name) => sum + size(name), 0)).toBeLessThanOrEqual(2000);
    expect([...left].sort(), 'the newest').toEqual(kept.slice(-left.length).sort());
    expect(strangers.every((name) => existsSync(join(cacheFolder, name)))).toBe(true);
    expect(existsSync(join(cacheFolder, 'dead.candles.1.tmp'))).toBe(false);
  });
});
