import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { Problem } from '../../core/domain/problem.js';
import { openSweepFolder } from './sweep-folder.js';

const made: (() => void)[] = [];

afterEach(() => {
  for (const remove of made.splice(0)) remove();
});

function folder(): string {
  const { path, remove } = temporaryFolder();
  made.push(remove);
  return join(path, 'sweep');
}

function rows(path: string): string {
  return readFileSync(join(path, 'results.csv'), 'utf8');
}

function begun(path: string): void {
  const store = openSweepFolder(path);
  store.append('a\n');
  store.append('b\n');
  store.commit({ next: 2 });
  store.close();
}

function kindOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.kind;
    throw error;
  }
  return 'nothing';
}

describe('the folder of a sweep', () => {
  it('begins empty and gives back the newest checkpoint', () => {
    const path = folder();
    const store = openSweepFolder(path);
    expect(store.found).toBeUndefined();
    store.close();
    begun(path);
    const again = openSweepFolder(path);
    expect(again.found).toEqual({ next: 2 });
    again.append('c\n');
    again.commit({ next: 3 });
    again.close();
    expect(rows(path)).toBe('a\nb\nc\n');
  });

  it('does not go on where a row was changed, and does in a folder of a version that kept no hash', () => {
    const path = folder();
    begun(path);
    writeFileSync(join(path, 'results.csv'), 'a\nB\n');
    expect(kindOf(() => openSweepFolder(path))).toBe('damaged');
    writeFileSync(join(path, 'results.csv'), 'a\nb\n');
    writeFileSync(join(path, 'progress.json'), '{"rowsBytes":4,"checkpoint":{"next":2}}');
    const store = openSweepFolder(path);
    store.append('c\n');
    store.commit({ next: 3 });
    store.close();
    expect(rows(path)).toBe('a\nb\nc\n');
    expect(
      kindOf(() => {
        openSweepFolder(path).close();
      }),
    ).toBe('nothing');
  });

  it('cuts off rows that no checkpoint counts: half a line of a killed writer too', () => {
    const path = folder();
    begun(path);
    appendFileSync(join(path, 'results.csv'), 'c\nhal');
    const store = openSweepFolder(path);
    store.append('C\n');
    store.commit({ next: 3 });
    store.close();
    expect(rows(path)).toBe('a\nb\nC\n');
  });

  it('writes nothing before the commit', () => {
    const path = folder();
    const store = openSweepFolder(path);
    store.append('a\n');
    expect(rows(path)).toBe('');
    store.close();
    expect(existsSync(join(path, 'progress.json'))).toBe(false);
  });

  it('is for one process at a time', () => {
    const path = folder();
    const store = openSweepFolder(path);
    expect(kindOf(() => openSweepFolder(path))).toBe('locked');
    store.close();
    openSweepFolder(path).close();
  });

  it('refuses rows that somebody else wrote, and leaves them alone', () => {
    const path = folder();
    begun(path);
    rmSync(join(path, 'progress.json'));
    expect(kindOf(() => openSweepFolder(path))).toBe('foreign');
    expect(rows(path)).toBe('a\nb\n');
  });

  it('refuses rows that are fewer than were written, and progress that cannot be read', () => {
    const path = folder();
    begun(path);
    truncateSync(join(path, 'results.csv'), 1);
    expect(kindOf(() => openSweepFolder(path))).toBe('damaged');
    writeFileSync(join(path, 'progress.json'), '{"rowsBytes":');
    expect(kindOf(() => openSweepFolder(path))).toBe('damaged');
  });

  it('names a place where nothing can be written', () => {
    const path = folder();
    begun(path);
    expect(kindOf(() => openSweepFolder(join(path, 'results.csv')))).toBe('input');
  });
});
