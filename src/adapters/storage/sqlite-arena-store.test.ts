import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf, madeRound } from '../../../test/contracts/arena-store-contract.js';
import { temporaryFolder } from '../../../test/support/cli.js';
import { uniformAt } from '../../core/domain/rng.js';
import type { ArenaStore } from '../../ports/arena-store.js';
import { openArenaStore } from './sqlite-arena-store.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newFolder = (): string => mkdtempSync(join(folder.path, 'state-'));

function fill(store: ArenaStore, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) store.appendRound(madeRound(seq));
  store.commit(to, hashOf(to), new Uint8Array([to % 256]));
}

/** Everything that a store tells. */
function readAll(path: string, readOnly: boolean): unknown {
  const store = openArenaStore(path, { readOnly });
  try {
    return {
      rounds: [...store.rounds()],
      commit: store.lastCommit(),
      contestants: store.contestants(),
      requests: store.requests(),
      settings: store.meta('settings'),
    };
  } finally {
    store.close();
  }
}

const kind = (name: string): unknown => expect.objectContaining({ kind: name });

/** A damaged journal: named, and with the way out. */
const DAMAGED: unknown = expect.objectContaining({
  kind: 'damaged',
  message: expect.stringContaining('journal.sqlite') as string,
  hint: expect.stringContaining('--fresh') as string,
});

describe('a full disk', () => {
  it('is told, and nothing that was committed is lost', () => {
    const path = newFolder();
    const first = openArenaStore(path);
    fill(first, 1, 1);
    first.close();
    // The size limit is SQLite's own: it fails with SQLITE_FULL just as a full disk does.
    const store = openArenaStore(path, { maxPages: 20 });
    expect(() => {
      fill(store, 2, 2000);
    }).toThrow(
      expect.objectContaining({
        kind: 'degraded',
        message: expect.stringContaining('disk is full') as string,
      }),
    );
    expect(() => {
      store.setMeta('settings', 'after the failure');
    }, 'a store that failed writes no more: its group has a hole').toThrow('has to start again');
    store.close();
    expect(readAll(path, true)).toMatchObject({ rounds: [madeRound(1)], commit: { seq: 1 } });
    const again = openArenaStore(path);
    fill(again, 2, 3);
    again.close();
    expect(readAll(path, true)).toMatchObject({ commit: { seq: 3 }, settings: undefined });
  });
});

describe('reading only', () => {
  it('creates nothing where there is no arena', () => {
    const path = newFolder();
    for (const place of [path, join(path, 'not', 'there')])
      expect(() => openArenaStore(place, { readOnly: true })).toThrow(
        expect.objectContaining({ kind: 'not-running', message: `no arena state in ${place}` }),
      );
    expect(readdirSync(path)).toEqual([]);
  });

  it('takes what a writer left before its first commit for no arena, and the next writer begins', () => {
    const path = newFolder();
    writeFileSync(join(path, 'journal.sqlite'), '');
    expect(() => openArenaStore(path, { readOnly: true })).toThrow(kind('not-running'));
    new Database(join(path, 'journal.sqlite')).exec('VACUUM').close();
    expect(() => openArenaStore(path, { readOnly: true })).toThrow(kind('not-running'));
    const store = openArenaStore(path);
    fill(store, 1, 2);
    store.close();
    expect(readAll(path, true)).toMatchObject({ commit: { seq: 2 } });
  });

  it('sees commits of a running writer, and only those', () => {
    const path = newFolder();
    const writer = openArenaStore(path);
    fill(writer, 1, 1);
    writer.appendRound(madeRound(2));
    const reader = openArenaStore(path, { readOnly: true });
    expect([...reader.rounds()]).toHaveLength(1);
    writer.commit(2, hashOf(2), new Uint8Array());
    expect([...reader.rounds()]).toHaveLength(2);
    reader.close();
    writer.close();
  });

  it('refuses to write', () => {
    const path = newFolder();
    openArenaStore(path).close();
    const reader = openArenaStore(path, { readOnly: true });
    expect(() => {
      reader.setMeta('settings', 'changed');
    }).toThrow(kind('degraded'));
    reader.close();
  });
});

describe('a place that is no folder', () => {
  it('is an input error that names it', () => {
    const file = join(newFolder(), 'a-file');
    writeFileSync(file, '');
    for (const readOnly of [true, false])
      expect(() => openArenaStore(file, { readOnly })).toThrow(
        expect.objectContaining({ kind: 'input', message: expect.stringContaining(file) as string }),
      );
  });

  it('is made when it is not there and an arena begins', () => {
    const path = join(newFolder(), 'new', 'one');
    openArenaStore(path).close();
    expect(existsSync(join(path, 'journal.sqlite'))).toBe(true);
  });
});

describe('a damaged journal', () => {
  const sound = newFolder();
  let bytes: Buffer;
  let content: unknown;
  beforeAll(() => {
    const store = openArenaStore(sound);
    store.setMeta('settings', '{"a":1}');
    for (let position = 0; position < 20; position++)
      store.saveContestant({ position, id: `c${String(position)}`, name: 'n', body: '{}' });
    store.saveRequest({ id: 'r', seq: 1, body: '{}', outcome: '{}' });
    fill(store, 1, 300);
    store.close();
    bytes = readFileSync(join(sound, 'journal.sqlite'));
    content = readAll(sound, false);
  });
  const damaged = (change: (journal: string) => void): string => {
    const path = newFolder();
    const journal = join(path, 'journal.sqlite');
    copyFileSync(join(sound, 'journal.sqlite'), journal);
    change(journal);
    return path;
  };

  it('that is cut anywhere is refused by readers and writers and stays as it is', () => {
    for (const length of [1, 15, 16, 100, 2000, 4096, 5000, 20_000, bytes.length - 4096, bytes.length - 1]) {
      const path = damaged((journal) => {
        truncateSync(journal, length);
      });
      for (const readOnly of [true, false])
        expect(() => readAll(path, readOnly), `cut to ${String(length)} bytes`).toThrow(DAMAGED);
      const after = readFileSync(join(path, 'journal.sqlite'));
      expect(after.equals(bytes.subarray(0, length)), `cut to ${String(length)} bytes`).toBe(true);
    }
  });

  it('with foreign bytes somewhere gives damage or its content, and no other failure', () => {
    let told = 0;
    for (let trial = 0; trial < 120; trial++) {
      const random = (draw: number): number => uniformAt(7, trial, draw);
      const wrong = Buffer.from(bytes);
      // A few bytes at the head of a page, where SQLite keeps its structure, or a run of them anywhere.
      const atHead = random(0) < 0.5;
      const page = Math.floor((random(1) * bytes.length) / 4096) * 4096;
      const start = atHead ? page + Math.floor(random(2) * 100) : Math.floor(random(2) * bytes.length);
      const count = 1 + Math.floor(random(3) * (atHead ? 3 : 600));
      for (let i = 0; i < count && start + i < wrong.length; i++)
        wrong[start + i] = Math.floor(random(10 + i) * 256);
      const path = damaged((journal) => {
        writeFileSync(journal, wrong);
      });
      try {
        readAll(path, true);
      } catch (error) {
        told++;
        // Bytes of the header can also make it another program's file, a newer one, or one without anything in it.
        expect(error, `trial ${String(trial)}: ${String(error)}`).toMatchObject({ name: 'Problem' });
        expect(['damaged', 'foreign', 'not-running', 'degraded']).toContain((error as { kind: string }).kind);
      }
      expect(readFileSync(join(path, 'journal.sqlite')).equals(wrong), 'reading changes nothing').toBe(true);
      rmSync(path, { recursive: true });
    }
    expect(told, 'the trials must do real damage').toBeGreaterThan(20);
  });

  it('with a table missing is refused', () => {
    for (const table of [
      'meta',
      'rounds',
      'fills',
      'decisions',
      'contestants',
      'requests',
      'looks',
      'verdicts',
      'state',
    ]) {
      const path = damaged((journal) => {
        const db = new Database(journal);
        db.pragma('foreign_keys = OFF');
        db.exec(`DROP TABLE ${table}`);
        db.close();
      });
      for (const readOnly of [true, false]) expect(() => openArenaStore(path, { readOnly })).toThrow(DAMAGED);
    }
  });

  it('with tables but without a version is refused', () => {
    const path = damaged((journal) => {
      const db = new Database(journal);
      db.pragma('user_version = 0');
      db.close();
    });
    for (const readOnly of [true, false]) expect(() => openArenaStore(path, { readOnly })).toThrow(DAMAGED);
  });

  it.each([
    ['fills SET body = zeroblob(13) WHERE seq = 2', /rounds.*fills.*13 bytes/],
    ['rounds SET marks = zeroblob(7) WHERE seq = 5', /rounds.*marks.*7 bytes/],
  ])('with a record of broken length is refused when it is read: %s', (change, message) => {
    const path = damaged((journal) => {
      new Database(journal).exec(`UPDATE ${change}`).close();
    });
    expect(() => readAll(path, true)).toThrow(DAMAGED);
    expect(() => readAll(path, true)).toThrow(message);
  });

  it.each(['empty', 'gone'])('that is %s beside a board is not replaced by a new one', (how) => {
    for (const witness of ['leaderboard.txt', 'leaderboard.json', 'arena_state.json']) {
      const path = damaged((journal) => {
        if (how === 'empty') truncateSync(journal, 0);
        else rmSync(journal);
      });
      writeFileSync(join(path, witness), 'what the arena wrote');
      for (const readOnly of [true, false]) expect(() => openArenaStore(path, { readOnly })).toThrow(DAMAGED);
      expect(existsSync(join(path, 'journal.sqlite'))).toBe(how === 'empty');
    }
  });

  it.each(['empty', 'gone'])(
    'that is %s keeps its write-ahead log, which holds rounds and which SQLite would delete',
    (how) => {
      const path = newFolder();
      const writer = openArenaStore(path);
      fill(writer, 1, 50);
      const copy = newFolder();
      const log = join(copy, 'journal.sqlite-wal');
      copyFileSync(join(path, 'journal.sqlite-wal'), log);
      writer.close();
      if (how === 'empty') writeFileSync(join(copy, 'journal.sqlite'), '');
      const before = readFileSync(log);
      expect(before.length).toBeGreaterThan(10_000);
      for (const readOnly of [true, false]) expect(() => openArenaStore(copy, { readOnly })).toThrow(DAMAGED);
      expect(readFileSync(log).equals(before)).toBe(true);
    },
  );

  it('that is a folder is refused', () => {
    const path = newFolder();
    mkdirSync(join(path, 'journal.sqlite'));
    expect(() => openArenaStore(path)).toThrow(kind('damaged'));
  });

  it('is found damaged only when it is: the sound one reads as it was written', () => {
    expect(
      readAll(
        damaged(() => undefined),
        true,
      ),
    ).toEqual(content);
    expect(content).toMatchObject({ commit: { seq: 300 }, settings: '{"a":1}' });
  });
});
