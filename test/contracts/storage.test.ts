import { mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '../../src/adapters/storage/arena-schema.js';
import { appendDurably, writeFileAtomically } from '../../src/adapters/storage/atomic-file.js';
import { fileRequest, openInbox } from '../../src/adapters/storage/folder-inbox.js';
import { isLocked, lockFolder } from '../../src/adapters/storage/folder-lock.js';
import { openArenaStore } from '../../src/adapters/storage/sqlite-arena-store.js';
import { createByteReader } from '../../src/core/domain/byte-reader.js';
import { createByteWriter } from '../../src/core/domain/byte-writer.js';
import { Problem } from '../../src/core/domain/problem.js';
import { temporaryFolder } from '../support/cli.js';
import { arenaStoreContract, hashOf, madeRound } from './arena-store-contract.js';

const folder = temporaryFolder();
afterAll(folder.remove);
let made = 0;
function newFolder(): string {
  const path = join(folder.path, String(made++));
  mkdirSync(path);
  return path;
}

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

arenaStoreContract('the SQLite store', () => {
  const path = newFolder();
  return { store: openArenaStore(path), reopen: () => openArenaStore(path) };
});

describe('the SQLite store', () => {
  it('takes an old schema to the newest one and keeps what is in it', () => {
    const path = newFolder();
    const db = new Database(join(path, 'journal.sqlite'));
    migrate(db, 'old', MIGRATIONS.slice(0, 1));
    db.prepare('INSERT INTO meta VALUES (?, ?)').run('settings', 'old ones');
    db.close();
    const store = openArenaStore(path);
    expect(store.meta('settings')).toBe('old ones');
    store.close();
    const after = new Database(join(path, 'journal.sqlite'), { readonly: true });
    expect(after.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    expect(after.prepare('SELECT count(*) FROM verdicts').pluck().get()).toBe(0);
    after.close();
  });

  it('refuses a newer schema and names both versions', () => {
    const path = newFolder();
    openArenaStore(path).close();
    const db = new Database(join(path, 'journal.sqlite'));
    db.pragma('user_version = 99');
    db.close();
    const problem = problemOf(() => openArenaStore(path));
    expect([problem.kind, problem.message]).toEqual(['foreign', expect.stringContaining('schema 99')]);
  });

  it('tells a full disk apart and loses nothing that was committed', () => {
    const path = newFolder();
    const first = openArenaStore(path);
    first.appendRound(madeRound(1));
    first.commit(1, hashOf(1), new Uint8Array([1]));
    first.close();
    // The size limit is SQLite's own: it fails with SQLITE_FULL just as a full disk does.
    const store = openArenaStore(path, { maxPages: 20 });
    const problem = problemOf(() => {
      for (let seq = 2; seq < 2000; seq++) store.appendRound(madeRound(seq));
    });
    expect([problem.kind, problem.message]).toEqual(['degraded', expect.stringContaining('disk is full')]);
    store.close();
    const after = openArenaStore(path, { readOnly: true });
    expect(after.lastCommit()?.seq).toBe(1);
    expect([...after.rounds()]).toHaveLength(1);
    after.close();
  });

  it('does not create anything when it only looks', () => {
    const path = newFolder();
    expect(problemOf(() => openArenaStore(path, { readOnly: true })).kind).toBe('not-running');
    expect(readdirSync(path)).toEqual([]);
  });

  it('can be read while it is written', () => {
    const path = newFolder();
    const writer = openArenaStore(path);
    writer.appendRound(madeRound(1));
    writer.commit(1, hashOf(1), new Uint8Array());
    writer.appendRound(madeRound(2));
    const reader = openArenaStore(path, { readOnly: true });
    expect([...reader.rounds()]).toHaveLength(1);
    reader.close();
    writer.close();
  });
});

describe('a folder lock', () => {
  it('keeps others out until it is released, and says who holds it', () => {
    const path = newFolder();
    const lock = lockFolder(path);
    expect(isLocked(path)).toMatchObject({ locked: true, holder: { pid: process.pid } });
    const problem = problemOf(() => lockFolder(path));
    expect([problem.kind, problem.message]).toEqual(['locked', expect.stringContaining(String(process.pid))]);
    lock.release();
    expect(isLocked(path).locked).toBe(false);
    lockFolder(path).release();
  });

  it('is not there where nobody ever locked', () => {
    const path = newFolder();
    expect(isLocked(path).locked).toBe(false);
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('an inbox', () => {
  it('gives requests ordered by id until they are removed', () => {
    const path = newFolder();
    const inbox = openInbox(path);
    expect(inbox.read().messages).toEqual([]);
    fileRequest(path, 'b', { n: 2 });
    fileRequest(path, 'a', { n: 1 });
    expect(inbox.read().messages).toEqual([
      { id: 'a', body: { n: 1 } },
      { id: 'b', body: { n: 2 } },
    ]);
    inbox.remove('a');
    inbox.remove('a');
    expect(inbox.read().messages.map((message) => message.id)).toEqual(['b']);
  });

  it('refuses a request that has been filed already', () => {
    const path = newFolder();
    fileRequest(path, 'same', {});
    expect(
      problemOf(() => {
        fileRequest(path, 'same', {});
      }).kind,
    ).toBe('input');
  });

  it('names every kind of rubbish and leaves files alone that are being written', () => {
    const path = newFolder();
    fileRequest(path, 'good', {});
    const inbox = join(path, 'inbox');
    writeFileSync(join(inbox, 'half.json'), '{"a": ');
    writeFileSync(join(inbox, 'deep.json'), '['.repeat(100) + ']'.repeat(100));
    writeFileSync(join(inbox, 'large.json'), `"${'x'.repeat(50_000_000)}"`);
    writeFileSync(join(inbox, 'not a name.json'), '{}');
    writeFileSync(join(inbox, '.being-written.tmp'), '{"a": ');
    writeFileSync(join(inbox, '.abandoned.tmp'), '{"a": ');
    const longAgo = new Date(Date.now() - 7_200_000);
    utimesSync(join(inbox, '.abandoned.tmp'), longAgo, longAgo);
    mkdirSync(join(inbox, 'folder.json'));
    symlinkSync('/etc/hostname', join(inbox, 'link.json'));
    const box = openInbox(path);
    const { messages, rubbish } = box.read();
    expect(messages.map((message) => message.id)).toEqual(['good']);
    expect(Object.fromEntries(rubbish.map((item) => [item.file, item.why]))).toEqual({
      'half.json': expect.stringContaining('not JSON') as string,
      'deep.json': expect.stringContaining('deeper than 32') as string,
      'large.json': expect.stringContaining('50000002 bytes') as string,
      'not a name.json': expect.stringContaining('<id>.json') as string,
      '.abandoned.tmp': expect.stringContaining('never finished') as string,
      'folder.json': expect.stringContaining('plain file') as string,
      'link.json': expect.stringContaining('plain file') as string,
    });
    rubbish.forEach((item) => {
      box.setAside(item);
    });
    expect(readdirSync(inbox).sort()).toEqual(['.being-written.tmp', 'good.json']);
    expect(readFileSync(join(path, 'inbox-rejected', 'half.json.why.txt'), 'utf8')).toContain('not JSON');
  });

  it('reads ten thousand files in bounded portions', () => {
    const path = newFolder();
    const inbox = join(path, 'inbox');
    mkdirSync(inbox);
    for (let i = 0; i < 10_000; i++) writeFileSync(join(inbox, `r${String(i).padStart(5, '0')}.json`), '{}');
    const { messages, more } = openInbox(path).read();
    expect([messages.length, more, messages[0]?.id]).toEqual([256, true, 'r00000']);
  });
});

describe('files for people', () => {
  it('are replaced whole and leave nothing beside them', () => {
    const path = newFolder();
    writeFileAtomically(join(path, 'board.txt'), 'one');
    writeFileAtomically(join(path, 'board.txt'), 'two');
    appendDurably(join(path, 'log.csv'), 'a,b');
    appendDurably(join(path, 'log.csv'), '1,2');
    expect(readFileSync(join(path, 'board.txt'), 'utf8')).toBe('two');
    expect(readFileSync(join(path, 'log.csv'), 'utf8')).toBe('a,b\n1,2\n');
    expect(readdirSync(path).sort()).toEqual(['board.txt', 'log.csv']);
  });

  it('that cannot be written are named', () => {
    const problem = problemOf(() => {
      writeFileAtomically('/no/such/folder/board.txt', 'x');
    });
    expect(problem.message).toContain('/no/such/folder/board.txt');
  });
});

describe('state as bytes', () => {
  it('comes back bit for bit, and a cut or longer blob is damage', () => {
    const out = createByteWriter();
    out.double(-0);
    out.uint32(4_000_000_000);
    out.text('größer \u{1F600}');
    out.double(5e-324);
    const bytes = out.finish();
    const input = createByteReader(bytes, 'a blob');
    expect([Object.is(input.double(), -0), input.uint32(), input.text(), input.double()]).toEqual([
      true,
      4_000_000_000,
      'größer \u{1F600}',
      5e-324,
    ]);
    expect(() => {
      input.end();
    }).not.toThrow();
    for (let length = 0; length < bytes.length; length++) {
      const problem = problemOf(() => {
        const cut = createByteReader(bytes.subarray(0, length), 'a blob');
        cut.double();
        cut.uint32();
        cut.text();
        cut.double();
      });
      expect(problem.kind).toBe('damaged');
    }
    const longer = createByteReader(new Uint8Array([...bytes, 0]), 'a blob');
    longer.double();
    longer.uint32();
    longer.text();
    longer.double();
    expect(
      problemOf(() => {
        longer.end();
      }).message,
    ).toContain('1 bytes too many');
  });
});
