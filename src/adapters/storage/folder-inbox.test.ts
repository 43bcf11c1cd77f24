import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import type { InboxContents } from '../../ports/inbox.js';
import { fileRequest, openInbox } from './folder-inbox.js';

const folder = temporaryFolder();
afterAll(folder.remove);
function newInbox(): { path: string; inbox: string } {
  const path = mkdtempSync(join(folder.path, 'state-'));
  const inbox = join(path, 'inbox');
  mkdirSync(inbox);
  return { path, inbox };
}

const HOUR_MS = 3_600_000;
const ids = (contents: InboxContents): string[] => contents.messages.map((message) => message.id);
const whyOf = (contents: InboxContents): Record<string, string> =>
  Object.fromEntries(contents.rubbish.map((item) => [item.file, item.why]));
const kind = (name: string, message: string): unknown =>
  expect.objectContaining({ kind: name, message: expect.stringContaining(message) as string });

describe('what anybody may put into an inbox', () => {
  it('is named when it is rubbish, and moved beside with the reason', () => {
    const { path, inbox } = newInbox();
    fileRequest(path, 'good', {});
    writeFileSync(join(inbox, 'half.json'), '{"a": ');
    writeFileSync(join(inbox, 'empty.json'), '');
    writeFileSync(join(inbox, 'deep.json'), '['.repeat(500_000));
    writeFileSync(join(inbox, 'large.json'), `"${'x'.repeat(50_000_000)}"`);
    writeFileSync(join(inbox, 'latin.json'), Buffer.from([0x22, 0xe4, 0x22]));
    writeFileSync(join(inbox, 'not a name.json'), '{}');
    writeFileSync(join(inbox, 'note.txt'), 'hello');
    writeFileSync(join(inbox, `${'n'.repeat(250)}.json`), '{}');
    mkdirSync(join(inbox, 'folder.json'));
    writeFileSync(join(inbox, 'folder.json', 'inside'), 'kept');
    writeFileSync(join(path, 'secret'), '{"id": "outside"}');
    symlinkSync(join(path, 'secret'), join(inbox, 'link.json'));
    symlinkSync(join(path, 'nowhere'), join(inbox, 'dangling.json'));
    expect(spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(inbox, 'pipe.json')]).status).toBe(0);
    const box = openInbox(path);
    const contents = box.read();
    expect(ids(contents)).toEqual(['good']);
    expect(whyOf(contents)).toEqual({
      'half.json': expect.stringContaining('not JSON') as string,
      'empty.json': expect.stringContaining('not JSON') as string,
      'deep.json': 'is nested deeper than 32 levels',
      'large.json': 'has 50000002 bytes, at most 1048576 are read',
      'latin.json': expect.stringContaining('not UTF-8') as string,
      'not a name.json': expect.stringContaining('<id>.json') as string,
      'note.txt': expect.stringContaining('<id>.json') as string,
      [`${'n'.repeat(250)}.json`]: expect.stringContaining('<id>.json') as string,
      'folder.json': 'is not a plain file',
      'link.json': 'is not a plain file',
      'dangling.json': 'is not a plain file',
      'pipe.json': 'is not a plain file',
    });
    for (const item of contents.rubbish) box.setAside(item);
    expect(readdirSync(inbox)).toEqual(['good.json']);
    const rejected = join(path, 'inbox-rejected');
    expect(readdirSync(rejected)).toHaveLength(2 * contents.rubbish.length);
    expect(readFileSync(join(rejected, 'half.json'), 'utf8')).toBe('{"a": ');
    expect(readFileSync(join(rejected, 'half.json.why.txt'), 'utf8')).toContain('half.json: is not JSON');
    expect(readFileSync(join(rejected, 'folder.json', 'inside'), 'utf8')).toBe('kept');
    expect(readFileSync(join(path, 'secret'), 'utf8'), 'the link was moved, not its target').toContain(
      'outside',
    );
  });

  it('may be just as large, deep and long in name as the bounds say', () => {
    const { path, inbox } = newInbox();
    const text = `"${'x'.repeat(1_048_576 - 2)}"`;
    writeFileSync(join(inbox, 'large.json'), text);
    writeFileSync(join(inbox, 'deep.json'), '['.repeat(32) + ']'.repeat(32));
    writeFileSync(join(inbox, 'brackets.json'), `"${'['.repeat(100)}\\"${'{'.repeat(100)}"`);
    writeFileSync(join(inbox, `${'n'.repeat(100)}.json`), '{}');
    writeFileSync(join(inbox, 'mark.json'), '\uFEFF{"from": "an editor"}');
    const within = openInbox(path).read();
    expect(within.rubbish).toEqual([]);
    expect(ids(within)).toEqual(['brackets', 'deep', 'large', 'mark', 'n'.repeat(100)]);
    writeFileSync(join(inbox, 'large.json'), `${text} `);
    writeFileSync(join(inbox, 'deep.json'), '['.repeat(33) + ']'.repeat(33));
    writeFileSync(join(inbox, `${'n'.repeat(101)}.json`), '{}');
    expect(openInbox(path).read().rubbish).toHaveLength(3);
  });

  it('is left alone while it is being written, and is rubbish after an hour', () => {
    const { path, inbox } = newInbox();
    let now = Date.now();
    const box = openInbox(path, () => now);
    writeFileSync(join(inbox, '.request.json'), '{"a": ');
    writeFileSync(join(inbox, 'request.tmp'), '{"a": ');
    expect(box.read()).toEqual({ messages: [], rubbish: [], more: false });
    now += HOUR_MS - 60_000;
    expect(box.read().rubbish).toEqual([]);
    now += 120_000;
    const contents = box.read();
    expect(whyOf(contents)).toEqual({
      '.request.json': 'was never finished',
      'request.tmp': 'was never finished',
    });
    for (const item of contents.rubbish) box.setAside(item);
    expect(readdirSync(inbox)).toEqual([]);
  });

  it('that may not be read is rubbish, not a reason to stop', ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything');
    const { path, inbox } = newInbox();
    writeFileSync(join(inbox, 'closed.json'), '{}');
    chmodSync(join(inbox, 'closed.json'), 0);
    expect(whyOf(openInbox(path).read())).toEqual({ 'closed.json': 'may not be read' });
  });

  it('replaces what was set aside under the same name before', () => {
    const { path, inbox } = newInbox();
    const box = openInbox(path);
    for (const text of ['{ first', '{ second']) {
      writeFileSync(join(inbox, 'half.json'), text);
      box.read().rubbish.forEach((item) => {
        box.setAside(item);
      });
    }
    expect(readFileSync(join(path, 'inbox-rejected', 'half.json'), 'utf8')).toBe('{ second');
  });

  it('is taken from the inbox only, whatever name is asked for', () => {
    const { path } = newInbox();
    writeFileSync(join(path, 'journal.json'), '{}');
    const box = openInbox(path);
    expect(() => {
      box.remove('../journal');
    }).toThrow(kind('input', '../journal'));
    for (const file of ['../journal.json', '..', '.', ''])
      expect(() => {
        box.setAside({ file, why: 'x' });
      }).toThrow('does not lie in the inbox');
    expect(readdirSync(path).sort()).toEqual(['inbox', 'journal.json']);
  });
});

describe('what was set aside', () => {
  const megabytes = (path: string): number =>
    readdirSync(path).reduce((sum, name) => sum + lstatSync(join(path, name)).size, 0) / 1_048_576;

  it('is kept within 64 MiB, the newest, also over restarts', () => {
    const { path, inbox } = newInbox();
    for (let i = 0; i < 12; i++) {
      writeFileSync(join(inbox, `r${String(i).padStart(2, '0')}.json`), Buffer.alloc(10 * 1_048_576));
      // A new process every time.
      const box = openInbox(path);
      for (const item of box.read().rubbish) box.setAside(item);
    }
    const rejected = join(path, 'inbox-rejected');
    const kept = readdirSync(rejected).filter((name) => !name.endsWith('.why.txt'));
    expect(kept).toEqual(['r06.json', 'r07.json', 'r08.json', 'r09.json', 'r10.json', 'r11.json']);
    expect(megabytes(rejected)).toBeLessThan(65);
  });

  it('writes no reason through a link, whatever the names are', () => {
    const { path, inbox } = newInbox();
    writeFileSync(join(path, 'precious'), 'mine');
    const box = openInbox(path);
    for (const name of ['trap.why.txt', 'trap', 'trap.why.txt.why.txt']) {
      symlinkSync(join(path, 'precious'), join(inbox, name));
      for (const item of box.read().rubbish) box.setAside(item);
    }
    expect(readdirSync(inbox)).toEqual([]);
    expect(readFileSync(join(path, 'precious'), 'utf8')).toBe('mine');
    expect(readdirSync(join(path, 'inbox-rejected'))).toHaveLength(6);
  });

  it('stays in the inbox unread where it cannot be moved, and ends nobody', () => {
    const { path, inbox } = newInbox();
    writeFileSync(join(path, 'inbox-rejected'), 'a file where the folder should be');
    writeFileSync(join(inbox, 'half.json'), '{');
    writeFileSync(Buffer.concat([Buffer.from(`${inbox}/a`), Buffer.of(0xff)]), '{');
    mkdirSync(join(inbox, 'handled.json'));
    fileRequest(path, 'z', {});
    const box = openInbox(path);
    for (const item of box.read().rubbish) box.setAside(item);
    box.remove('handled');
    expect(box.read()).toEqual({ messages: [{ id: 'z', body: {} }], rubbish: [], more: false });
    expect(readdirSync(inbox)).toHaveLength(4);
  });

  it('leaves links elsewhere alone when its folder is one', () => {
    const { path, inbox } = newInbox();
    mkdirSync(join(path, 'elsewhere'));
    symlinkSync(join(path, 'elsewhere'), join(path, 'inbox-rejected'));
    writeFileSync(join(inbox, 'half.json'), '{');
    const box = openInbox(path);
    for (const item of box.read().rubbish) box.setAside(item);
    expect(readdirSync(join(path, 'elsewhere'))).toEqual([]);
  });
});

describe('requests that wait for their bar', () => {
  it('are ten thousand at most, and one that is handled makes room', () => {
    const { path } = newInbox();
    const box = openInbox(path);
    for (let i = 0; i < 10_000; i++) expect(box.postpone(`r${String(i)}`, 100)).toBe(true);
    expect(box.postpone('one-more', 100)).toBe(false);
    expect(box.postpone('handled', Infinity)).toBe(true);
    box.remove('r7');
    expect(box.postpone('one-more', 100)).toBe(true);
    expect(box.postpone('another', 100)).toBe(false);
  });
});

describe('ten thousand files', () => {
  it('are read in portions of at most 256', () => {
    const { path, inbox } = newInbox();
    for (let i = 0; i < 10_000; i++) writeFileSync(join(inbox, `r${String(i).padStart(5, '0')}.json`), '{}');
    const contents = openInbox(path).read();
    expect([contents.messages.length, contents.more, contents.messages[0]?.id]).toEqual([
      256,
      true,
      'r00000',
    ]);
  });

  it('that are large are read in portions that fit into memory', () => {
    const { path, inbox } = newInbox();
    const megabyte = `"${'x'.repeat(1_048_576 - 2)}"`;
    for (let i = 0; i < 40; i++) writeFileSync(join(inbox, `r${String(i).padStart(2, '0')}.json`), megabyte);
    const box = openInbox(path);
    const seen: string[] = [];
    for (let more = true; more;) {
      const contents = box.read();
      more = contents.more;
      expect(contents.messages.length).toBeLessThanOrEqual(16);
      for (const { id } of contents.messages) {
        seen.push(id);
        box.remove(id);
      }
    }
    expect(seen).toHaveLength(40);
  });
});

describe('reading an inbox that does not change', () => {
  /** Sets the stamp of the folder, as if it had changed then. */
  const stamp = (inbox: string, ms: number): void => {
    utimesSync(inbox, ms / 1000, ms / 1000);
  };

  it('costs a look at its stamp: the folder is not listed again', () => {
    const { path, inbox } = newInbox();
    const at = Date.now() - 60_000;
    stamp(inbox, at);
    const box = openInbox(path);
    expect(box.read().messages).toEqual([]);
    // With its old stamp put back, a listing is the only way to see this file.
    writeFileSync(join(inbox, 'hidden.json'), '{}');
    stamp(inbox, at);
    expect(box.read().messages).toEqual([]);
    stamp(inbox, at + 1);
    expect(ids(box.read())).toEqual(['hidden']);
  });

  it('misses nothing that came within the same stamp as the reading before', () => {
    const { path, inbox } = newInbox();
    const at = Date.now();
    stamp(inbox, at);
    let now = at + 1;
    const box = openInbox(path, () => now);
    expect(box.read().messages).toEqual([]);
    writeFileSync(join(inbox, 'same-tick.json'), '{}');
    stamp(inbox, at);
    now = at + 60_000;
    expect(ids(box.read())).toEqual(['same-tick']);
  });

  it('sees a file that was changed in place', () => {
    const { path, inbox } = newInbox();
    writeFileSync(join(inbox, 'a.json'), '1');
    stamp(inbox, Date.now() - 60_000);
    const box = openInbox(path);
    expect(box.read().messages).toEqual([{ id: 'a', body: 1 }]);
    writeFileSync(join(inbox, 'a.json'), '2');
    expect(box.read().messages).toEqual([{ id: 'a', body: 2 }]);
  });

  it('goes on when the folder is deleted and made again', () => {
    const { path, inbox } = newInbox();
    const box = openInbox(path);
    rmSync(inbox, { recursive: true });
    expect(box.read()).toEqual({ messages: [], rubbish: [], more: false });
    fileRequest(path, 'a', {});
    expect(ids(box.read())).toEqual(['a']);
  });

  it('names a place that is no folder', () => {
    const { path, inbox } = newInbox();
    rmSync(inbox, { recursive: true });
    writeFileSync(inbox, '');
    expect(() => openInbox(path).read()).toThrow(kind('input', inbox));
    expect(() => {
      fileRequest(path, 'a', {});
    }).toThrow(kind('input', inbox));
  });
});

describe('filing a request', () => {
  it('leaves one file, readable by people', () => {
    const { path, inbox } = newInbox();
    fileRequest(path, 'a', { n: 1 });
    expect(readdirSync(inbox)).toEqual(['a.json']);
    expect(readFileSync(join(inbox, 'a.json'), 'utf8')).toBe('{\n  "n": 1\n}\n');
  });

  it('refuses an id that lies there already, and leaves the first as it is', () => {
    const { path, inbox } = newInbox();
    fileRequest(path, 'same', { first: true });
    expect(() => {
      fileRequest(path, 'same', { first: false });
    }).toThrow(kind('input', 'filed already'));
    expect(readFileSync(join(inbox, 'same.json'), 'utf8')).toContain('true');
    expect(readdirSync(inbox)).toEqual(['same.json']);
  });

  it('keeps a second sender of the same id out while the first is writing', () => {
    const { path, inbox } = newInbox();
    writeFileSync(join(inbox, '.same.tmp'), '{"first": ');
    expect(() => {
      fileRequest(path, 'same', {});
    }).toThrow(kind('input', 'being filed'));
    expect(readFileSync(join(inbox, '.same.tmp'), 'utf8')).toBe('{"first": ');
  });

  it('lets the only sender of an id file again what it was killed over, once', () => {
    const { path, inbox } = newInbox();
    writeFileSync(join(inbox, '.same.tmp'), '{"first": ');
    fileRequest(path, 'same', { first: true }, true);
    fileRequest(path, 'same', { first: false }, true);
    expect(readdirSync(inbox)).toEqual(['same.json']);
    expect(JSON.parse(readFileSync(join(inbox, 'same.json'), 'utf8'))).toEqual({ first: true });
  });

  it.each(['', '.', '../a', 'a/b', '-a', 'a b', 'ä', 'n'.repeat(101), 'a\n'])('refuses the id %j', (id) => {
    const { path, inbox } = newInbox();
    expect(() => {
      fileRequest(path, id, {});
    }).toThrow(kind('input', 'cannot be the id'));
    expect(readdirSync(inbox)).toEqual([]);
  });

  it('refuses what the owner would throw away', () => {
    const { path, inbox } = newInbox();
    let deep: unknown = 1;
    for (let i = 0; i < 33; i++) deep = [deep];
    for (const [body, why] of [
      [deep, 'deeper than 32'],
      ['x'.repeat(1_048_576), 'at most 1048576'],
      [undefined, 'not JSON'],
    ] as const)
      expect(() => {
        fileRequest(path, 'a', body);
      }).toThrow(kind('input', why));
    expect(readdirSync(inbox)).toEqual([]);
  });
});
