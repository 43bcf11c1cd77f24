/** Storage in real processes that die: by SIGKILL at named points and at any moment, and on disks that are full. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openInbox } from '../../src/adapters/storage/folder-inbox.js';
import { isLocked, lockFolder } from '../../src/adapters/storage/folder-lock.js';
import { openArenaStore } from '../../src/adapters/storage/sqlite-arena-store.js';
import { ROOT, ended, temporaryFolder } from '../support/cli.js';

const folder = temporaryFolder();
const newFolder = (): string => mkdtempSync(join(folder.path, 'state-'));
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(folder.remove);

const NODE = [process.execPath, '--import', 'tsx', '--input-type=module', '-e'];

/** What every child knows: the adapters, its folder, and how to say something. */
function program(path: string, code: string): string {
  const from = (file: string): string => `await import('${ROOT}/src/adapters/storage/${file}.ts')`;
  return `
    const { openArenaStore } = ${from('sqlite-arena-store')};
    const { lockFolder, isLocked } = ${from('folder-lock')};
    const { fileRequest } = ${from('folder-inbox')};
    const { writeFileAtomically, appendDurably } = ${from('atomic-file')};
    const { writeSync } = await import('node:fs');
    const path = ${JSON.stringify(path)};
    const say = (text) => writeSync(1, text + '\\n');
    const hash = (seq) => seq === 0 ? '0'.repeat(64) : 'hash-' + seq;
    const append = (store, seq) => store.appendRound({ seq, barMs: seq, marketDigest: '', events: [], decisions: [],
      fills: Float64Array.of(seq), marks: Float64Array.of(seq, -seq), previousHash: hash(seq - 1), hash: hash(seq) });
    const commit = (store, seq) => store.commit(seq, hash(seq), Uint8Array.of(seq % 256));
    ${code}`;
}

/** Starts a child; it also ends when this process does, because its stdin closes then. */
function start(path: string, code: string, fault?: string): ChildProcess {
  const [command = '', ...args] = NODE;
  const watched = `process.stdin.on('close', () => process.exit()).resume();\n${code}`;
  const child = spawn(command, [...args, program(path, watched)], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(fault === undefined ? {} : { ARENA_FAULT: fault }) },
  });
  children.add(child);
  return child;
}

/** Calls `told` for every line that a child says. */
function listen(child: ChildProcess, told: (line: string) => void): void {
  if (child.stdout === null) throw new Error('the child has no stdout');
  createInterface({ input: child.stdout }).on('line', told);
}

async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    listen(child, done);
  });
}

/** The last round and commit, with the check that the journal has neither holes nor anything beyond its state. */
function committed(path: string): number {
  const store = openArenaStore(path);
  try {
    const last = store.lastCommit()?.seq ?? 0;
    expect([...store.rounds()].map((round) => [round.seq, ...round.fills, ...round.marks])).toEqual(
      Array.from({ length: last }, (_, i) => [i + 1, i + 1, i + 1, -i - 1]),
    );
    return last;
  } finally {
    store.close();
  }
}

const GROUPS = `
  const store = openArenaStore(path);
  let seq = store.lastCommit()?.seq ?? 0;
  while (seq < 12) {
    for (let i = 0; i < 3; i++) append(store, ++seq);
    commit(store, seq);
  }
  store.close();
  process.exit(0);`;

describe('a journal whose writer is killed', () => {
  it.each([
    ['before-commit', 0],
    ['before-commit:3', 6],
    ['after-commit', 3],
    ['after-commit:3', 9],
    ['mid-group', 0],
    ['mid-group:6', 3],
    ['mid-group:7', 6],
  ])('at %s has exactly %i rounds, and the next run goes on from there', async (fault, rounds) => {
    const path = newFolder();
    expect(await ended(start(path, GROUPS, fault))).toMatchObject({ signal: 'SIGKILL' });
    expect(committed(path)).toBe(rounds);
    expect(await ended(start(path, GROUPS))).toMatchObject({ code: 0 });
    expect(committed(path)).toBe(12);
  });

  it('is not touched by a fault of another name', async () => {
    const path = newFolder();
    expect(await ended(start(path, GROUPS, 'before-append'))).toMatchObject({ code: 0 });
    expect(committed(path)).toBe(12);
  });

  it('at any moment has every round that was said to be committed', async () => {
    const path = newFolder();
    for (let kill = 0; kill < 5; kill++) {
      const child = start(
        path,
        `const store = openArenaStore(path);
         for (let seq = (store.lastCommit()?.seq ?? 0) + 1; ; seq++) {
           append(store, seq);
           if (seq % 3 === 0) { commit(store, seq); say(String(seq)); }
         }`,
      );
      let said = 0;
      listen(child, (line) => {
        said = Number(line);
      });
      while (said === 0) await sleep(5);
      await sleep(7 * kill);
      child.kill('SIGKILL');
      expect(await ended(child)).toMatchObject({ signal: 'SIGKILL' });
      expect(committed(path)).toBeGreaterThanOrEqual(said);
    }
  });
});

describe('a folder lock', () => {
  it('A-25, A-42: of another process keeps this one out, says who holds it, and is free when that one is killed', async () => {
    const path = newFolder();
    const holder = start(path, `lockFolder(path); say('locked');`);
    expect(await firstLine(holder)).toBe('locked');
    const names = readdirSync(path);
    for (let look = 0; look < 50; look++)
      expect(isLocked(path)).toMatchObject({ locked: true, holder: { pid: holder.pid } });
    expect(readdirSync(path), 'looking creates nothing').toEqual(names);
    for (let attempt = 0; attempt < 2; attempt++)
      expect(() => lockFolder(path), 'looking does not break the lock').toThrow(
        expect.objectContaining({
          kind: 'locked',
          message: expect.stringContaining(`${path} is in use by process ${String(holder.pid)}`) as string,
        }),
      );
    holder.kill('SIGKILL');
    await ended(holder);
    expect(isLocked(path)).toEqual({ locked: false });
    const lock = lockFolder(path);
    expect(isLocked(path)).toMatchObject({ locked: true, holder: { pid: process.pid } });
    lock.release();
    expect(isLocked(path)).toEqual({ locked: false });
  });

  it('is held even when nobody can read who holds it', async () => {
    const path = newFolder();
    const holder = start(path, `lockFolder(path); say('locked');`);
    await firstLine(holder);
    for (const text of ['', '{"pid": ', '{"pid": "many"}']) {
      writeFileSync(join(path, 'lock.json'), text);
      expect(isLocked(path)).toEqual({ locked: true });
    }
    rmSync(join(path, 'lock.json'));
    expect(() => lockFolder(path)).toThrow('in use by another process');
  });

  it('is held when its owner keeps no reference to it and the garbage collector has run', async () => {
    const path = newFolder();
    const holder = start(
      path,
      `const { setFlagsFromString } = await import('node:v8');
       const { runInNewContext } = await import('node:vm');
       setFlagsFromString('--expose-gc');
       const collect = runInNewContext('gc');
       (() => { lockFolder(path); })();
       for (let i = 0; i < 5; i++) { collect(); await new Promise((done) => setTimeout(done, 10)); }
       say('collected');`,
    );
    expect(await firstLine(holder)).toBe('collected');
    expect(isLocked(path)).toMatchObject({ locked: true, holder: { pid: holder.pid } });
  });

  it('goes to exactly one of several that want it at once', async () => {
    const path = newFolder();
    const rivals = Array.from({ length: 4 }, () =>
      start(path, `try { lockFolder(path); say('got it'); } catch (error) { say(error.kind); }`),
    );
    const told = await Promise.all(rivals.map(firstLine));
    expect(told.toSorted()).toEqual(['got it', 'locked', 'locked', 'locked']);
    expect(isLocked(path).holder?.pid).toBe(rivals[told.indexOf('got it')]?.pid);
  });

  it('is not refused because somebody is looking', async () => {
    const path = newFolder();
    lockFolder(path).release();
    const looker = start(path, `say('looking'); for (;;) isLocked(path);`);
    await firstLine(looker);
    for (let i = 0; i < 100; i++) lockFolder(path).release();
    expect(isLocked(path).locked).toBe(false);
  });

  it('is not there where nobody ever locked, and looking creates nothing', () => {
    const path = newFolder();
    expect(isLocked(path)).toEqual({ locked: false });
    expect(isLocked(join(path, 'nowhere'))).toEqual({ locked: false });
    expect(readdirSync(path)).toEqual([]);
  });

  it('that is no lock file is told with a way out that works', () => {
    const path = newFolder();
    const file = join(path, 'lock.sqlite');
    writeFileSync(file, 'garbage '.repeat(1000));
    const refused = expect.objectContaining({
      kind: 'damaged',
      message: expect.stringContaining(file) as string,
      hint: expect.stringContaining('delete the file') as string,
    }) as unknown;
    expect(() => lockFolder(path)).toThrow(refused);
    expect(() => isLocked(path)).toThrow(refused);
    rmSync(file);
    lockFolder(path).release();
  });

  it('is freed again when its note cannot be written', () => {
    const path = newFolder();
    mkdirSync(join(path, 'lock.json'));
    expect(() => lockFolder(path)).toThrow(expect.objectContaining({ kind: 'input' }));
    expect(isLocked(path)).toEqual({ locked: false });
  });
});

describe('a file whose writer is killed', () => {
  it.each([
    ['before-rename', 'old'],
    ['after-rename', 'new'],
  ])('at %s holds the %s text whole', async (fault, text) => {
    const path = newFolder();
    const board = join(path, 'board.txt');
    writeFileSync(board, 'old');
    const child = start(path, `writeFileAtomically(path + '/board.txt', 'new');`, fault);
    expect(await ended(child)).toMatchObject({ signal: 'SIGKILL' });
    expect(readFileSync(board, 'utf8')).toBe(text);
  });

  it('B-38: at any moment holds one text or the other, also for those who read meanwhile', async () => {
    const path = newFolder();
    const board = join(path, 'board.txt');
    const child = start(
      path,
      `const texts = ['a', 'b'].map((letter) => letter.repeat(300_000));
       for (let i = 0; ; i++) { writeFileAtomically(path + '/board.txt', texts[i % 2]); if (i === 1) say('writing'); }`,
    );
    await firstLine(child);
    const whole = /^(a{300000}|b{300000})$/;
    for (let i = 0; i < 200; i++) expect(whole.test(readFileSync(board, 'utf8'))).toBe(true);
    child.kill('SIGKILL');
    await ended(child);
    expect(whole.test(readFileSync(board, 'utf8'))).toBe(true);
  });

  it.each([
    ['before-append:2', 'one\n'],
    ['after-append:2', 'one\ntwo\n'],
  ])('at %s has exactly the lines that were finished', async (fault, text) => {
    const path = newFolder();
    const lines = `for (const line of ['one', 'two', 'three']) appendDurably(path + '/rows.csv', line);`;
    expect(await ended(start(path, lines, fault))).toMatchObject({ signal: 'SIGKILL' });
    expect(readFileSync(join(path, 'rows.csv'), 'utf8')).toBe(text);
  });

  it.each([
    ['before-rename', []],
    ['after-rename', ['a']],
  ])('at %s leaves the requests %j', async (fault, expected) => {
    const path = newFolder();
    expect(await ended(start(path, `fileRequest(path, 'a', { n: 1 });`, fault))).toMatchObject({
      signal: 'SIGKILL',
    });
    const contents = openInbox(path).read();
    expect(contents.messages.map((message) => message.id)).toEqual(expected);
    expect(contents.rubbish).toEqual([]);
  });
});

describe('a disk that is full', () => {
  // A mount of its own needs a right that not every machine gives to tests. It is gone with its process.
  const mayMount =
    spawnSync('sh', ['-c', 'unshare -rm mount -t tmpfs tmpfs "$1"', 'sh', folder.path]).status === 0;

  /** Runs a child on a small disk of its own and gives what it says. */
  function onSmallDisk(kib: number, code: string): unknown {
    const path = newFolder();
    const script = `unshare -rm sh -c 'mount -t tmpfs -o size="$1"k tmpfs "$2" && shift 2 && exec "$@"' sh "$@"`;
    const child = spawnSync('sh', ['-c', script, 'sh', String(kib), path, ...NODE, program(path, code)], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    return JSON.parse(child.stdout) as unknown;
  }
  const ATTEMPT = `
    const { readFileSync, readdirSync } = await import('node:fs');
    const attempt = (run) => { try { run(); return 'done'; } catch (error) { return [error.kind, error.message]; } };`;

  it('leaves the old text of a file that was to be replaced, and nothing beside it', ({ skip }) => {
    skip(!mayMount, 'this machine allows no mounts to tests');
    const said = onSmallDisk(
      64,
      `${ATTEMPT}
      const file = path + '/board.txt';
      writeFileAtomically(file, 'old');
      const told = attempt(() => writeFileAtomically(file, 'x'.repeat(100_000)));
      say(JSON.stringify({ told, text: readFileSync(file, 'utf8'), names: readdirSync(path) }));`,
    );
    expect(said).toEqual({
      told: ['degraded', expect.stringContaining('disk is full')],
      text: 'old',
      names: ['board.txt'],
    });
  });

  it('leaves whole lines in a file that was to grow', ({ skip }) => {
    skip(!mayMount, 'this machine allows no mounts to tests');
    const said = onSmallDisk(
      64,
      `${ATTEMPT}
      const file = path + '/rows.csv';
      appendDurably(file, 'one');
      const told = attempt(() => appendDurably(file, 'x'.repeat(100_000)));
      appendDurably(file, 'two');
      say(JSON.stringify({ told, text: readFileSync(file, 'utf8') }));`,
    );
    expect(said).toEqual({ told: ['degraded', expect.stringContaining('disk is full')], text: 'one\ntwo\n' });
  });

  it('leaves no request behind that was not filed whole', ({ skip }) => {
    skip(!mayMount, 'this machine allows no mounts to tests');
    const said = onSmallDisk(
      64,
      `${ATTEMPT}
      const told = attempt(() => fileRequest(path, 'a', 'x'.repeat(100_000)));
      say(JSON.stringify({ told, names: readdirSync(path + '/inbox') }));`,
    );
    expect(said).toEqual({ told: ['degraded', expect.stringContaining('disk is full')], names: [] });
  });

  it('leaves a journal with its last commit', ({ skip }) => {
    skip(!mayMount, 'this machine allows no mounts to tests');
    const said = onSmallDisk(
      256,
      `${ATTEMPT}
      const store = openArenaStore(path);
      let seq = 0;
      const told = attempt(() => {
        for (;;) {
          append(store, seq + 1);
          store.setMeta('bulk', 'x'.repeat(1000 * (seq + 1)));
          commit(store, seq + 1);
          seq++;
        }
      });
      store.close();
      const after = openArenaStore(path, { readOnly: true });
      const kept = [after.lastCommit().seq, [...after.rounds()].length, after.meta('bulk').length / 1000];
      say(JSON.stringify({ told, seq, kept }));`,
    );
    expect(said).toMatchObject({ told: ['degraded', expect.stringContaining('disk is full')] });
    const { seq, kept } = said as { seq: number; kept: number[] };
    expect(seq).toBeGreaterThan(3);
    expect(kept).toEqual([seq, seq, seq]);
  });
});
