import { mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { appendDurably, fileProblem, writeFileAtomically } from './atomic-file.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newFolder = (): string => mkdtempSync(join(folder.path, 'files-'));

describe('a file that is replaced', () => {
  it('holds the new text whole and leaves nothing beside it', () => {
    const path = newFolder();
    const file = join(path, 'board.txt');
    for (const text of ['one', '', 'größer \u{1F600}\n'.repeat(100_000), 'two']) {
      writeFileAtomically(file, text);
      expect(readFileSync(file, 'utf8') === text).toBe(true);
    }
    expect(readdirSync(path)).toEqual(['board.txt']);
  });

  it('holds every text to the letter, however long, wherever its characters of two halves lie', () => {
    const file = join(newFolder(), 'board.txt');
    const text = fc
      .tuple(fc.array(fc.constantFrom('a', 'é', '😀', '\n')), fc.integer({ min: 32_760, max: 98_310 }))
      .map(([letters, length]) => `${letters.join('')}${'😀b'.repeat(length)}`.slice(0, length));
    fc.assert(
      fc.property(text, (drawn) => {
        // What was cut in half by the draw is no character.
        const whole = /[\ud800-\udbff]$/.test(drawn) ? drawn.slice(0, -1) : drawn;
        writeFileAtomically(file, whole);
        expect(readFileSync(file, 'utf8') === whole).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is written through a link, which stays a link', () => {
    const path = newFolder();
    writeFileSync(join(path, 'real.txt'), 'old');
    symlinkSync('real.txt', join(path, 'link.txt'));
    writeFileAtomically(join(path, 'link.txt'), 'new');
    expect(readFileSync(join(path, 'real.txt'), 'utf8')).toBe('new');
  });

  it('is named when it cannot be written, and nothing is left beside it', () => {
    const path = newFolder();
    const file = join(path, 'board.txt');
    mkdirSync(file);
    for (const place of [file, join(path, 'no', 'folder', 'board.txt')])
      expect(() => {
        writeFileAtomically(place, 'x');
      }).toThrow(
        expect.objectContaining({ kind: 'input', message: expect.stringContaining(place) as string }),
      );
    expect(readdirSync(path)).toEqual(['board.txt']);
  });
});

describe('a file that grows by lines', () => {
  it('holds them in order', () => {
    const file = join(newFolder(), 'trades.csv');
    appendDurably(file, 'time,price');
    appendDurably(file, '1,2');
    expect(readFileSync(file, 'utf8')).toBe('time,price\n1,2\n');
  });

  it.each([
    ['a short one', '3,4'],
    ['one that is longer than a chunk', 'x'.repeat(10_000)],
    ['one that ends where a chunk does', 'x'.repeat(4096)],
  ])('loses a line that a crash left unfinished: %s', (_what, torn) => {
    const file = join(newFolder(), 'trades.csv');
    writeFileSync(file, `time,price\n1,2\n${torn}`);
    appendDurably(file, '3,45');
    expect(readFileSync(file, 'utf8')).toBe('time,price\n1,2\n3,45\n');
  });

  it('begins anew when its only line is unfinished', () => {
    const file = join(newFolder(), 'trades.csv');
    writeFileSync(file, 'x'.repeat(9000));
    appendDurably(file, 'time,price');
    expect(readFileSync(file, 'utf8')).toBe('time,price\n');
  });

  it('refuses a line break inside a line', () => {
    const file = join(newFolder(), 'trades.csv');
    expect(() => {
      appendDurably(file, '1,2\n3,4');
    }).toThrow('Broken invariant');
  });

  it('is named when it cannot be written', () => {
    const path = newFolder();
    expect(() => {
      appendDurably(path, '1,2');
    }).toThrow(expect.objectContaining({ kind: 'input', message: expect.stringContaining(path) as string }));
  });
});

describe('what the file system says', () => {
  it.each([
    ['ENOSPC', 'degraded'],
    ['EDQUOT', 'degraded'],
    ['EFBIG', 'degraded'],
    ['EACCES', 'degraded'],
    ['EPERM', 'degraded'],
    ['EROFS', 'degraded'],
    ['EIO', 'degraded'],
    ['EMFILE', 'degraded'],
    ['ENOENT', 'input'],
    ['ENOTDIR', 'input'],
    ['EISDIR', 'input'],
    ['EEXIST', 'input'],
    ['ENAMETOOLONG', 'input'],
    ['ELOOP', 'input'],
  ])('%s is told as %s, with the file and the cause', (code, kind) => {
    const failure = Object.assign(new Error(`${code}: what it said`), { code });
    const told = fileProblem('/state/board.txt', failure);
    expect(told).toMatchObject({ kind, cause: failure });
    expect(told.message).toContain('/state/board.txt');
  });
});
