import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openGrowingCsv } from './growing-csv.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'growing-'));
  folders.push(folder);
  return join(folder, 'x', '1h.csv');
}

const HEADER = 'timestamp,close';
const rows = (from: number, to: number): number[][] =>
  Array.from({ length: to - from }, (_, k) => [1_700_000_000_000 + from + k, 1 / (from + k + 1)]);

describe('a CSV file that grows', () => {
  it('cut at any byte and gone on with is what it would have been', () => {
    const whole = newFile();
    openGrowingCsv(whole, HEADER).append(rows(0, 30));
    const text = readFileSync(whole, 'utf8');
    const path = newFile();
    openGrowingCsv(path, HEADER);
    fc.assert(
      fc.property(fc.nat(text.length), (bytes) => {
        writeFileSync(path, text.slice(0, bytes));
        const series = openGrowingCsv(path, HEADER);
        const lastMs = series.lastMs();
        series.append(rows(0, 30).filter(([timeMs = 0]) => lastMs === undefined || timeMs > lastMs));
        expect(readFileSync(path, 'utf8')).toBe(text);
      }),
    );
  });

  it('with rows put into its gaps is what it would have been with them from the start', () => {
    const all = rows(0, 40);
    const whole = newFile();
    openGrowingCsv(whole, HEADER).append(all);
    const text = readFileSync(whole, 'utf8');
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 38 })), (missing) => {
        const path = newFile();
        const series = openGrowingCsv(path, HEADER);
        series.append(all.filter((_, k) => !missing.includes(k)));
        const gaps = series.gaps(1);
        expect(gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(missing.length);
        series.insert(
          all.filter(([timeMs = NaN]) => gaps.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs)),
        );
        expect(readFileSync(path, 'utf8')).toBe(text);
        expect(readdirSync(dirname(path)), 'nothing beside it').toEqual(['1h.csv']);
      }),
      { numRuns: 40 },
    );
  });

  it('larger than what is read at once gets rows at their places too', () => {
    const all = rows(0, 60_000);
    const whole = newFile();
    openGrowingCsv(whole, HEADER).append(all);
    const path = newFile();
    const series = openGrowingCsv(path, HEADER);
    const isMissing = (k: number): boolean => k % 7_001 === 7_000 || (k > 30_000 && k < 31_000);
    series.append(all.filter((_, k) => !isMissing(k)));
    expect(series.gaps(1)).toHaveLength(9);
    series.insert(all.filter((_, k) => isMissing(k)));
    expect(readFileSync(path).equals(readFileSync(whole))).toBe(true);
  });

  it('is refused where it is something else', () => {
    for (const text of ['date,close\n1,2\n', `${HEADER}\nsoon,2\n`, `${HEADER}\n1700000000000\n`]) {
      const path = newFile();
      openGrowingCsv(path, HEADER);
      writeFileSync(path, text);
      expect(() => openGrowingCsv(path, HEADER)).toThrow('was not written by a download');
      expect(readFileSync(path, 'utf8'), 'it is left as it was').toBe(text);
    }
  });

  it.skipIf(process.platform === 'win32')('has whole lines alone after a write that found no room', () => {
    const path = newFile();
    const module = pathToFileURL(
      resolve(import.meta.dirname, '../../../dist/adapters/market-data/growing-csv.js'),
    );
    const program = `
      import { openGrowingCsv } from ${JSON.stringify(module.href)};
      const series = openGrowingCsv(process.argv[1], '${HEADER}');
      try {
        for (let k = 0; ; k += 100)
          series.append(Array.from({ length: 100 }, (_, i) => [1700000000000 + k + i, 1 / (k + i + 1)]));
      } catch (error) { console.log(error.kind + ': ' + error.message); }`;
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" --input-type=module -e "$1" "$2"`;
    const said = execFileSync('sh', ['-c', limited, process.execPath, program, path], { encoding: 'utf8' });
    expect(said).toContain('degraded: ');
    expect(said).toContain('the disk is full (EFBIG)');
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect((text.split('\n').length - 2) % 100, 'a whole number of appends').toBe(0);
    expect(text.length).toBeGreaterThan(1000);
  });
});
