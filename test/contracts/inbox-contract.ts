import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/ports/inbox.js';

export interface InboxUnderExam {
  readonly inbox: Inbox;
  /** Files a request as another process would. */
  readonly file: (id: string, body: unknown) => void;
  /** Puts something there that is no request. */
  readonly clutter: (file: string, text: string) => void;
  /** What lies in the inbox. */
  readonly names: () => readonly string[];
}

/** One exam for every inbox. */
export function inboxContract(name: string, open: () => InboxUnderExam): void {
  describe(`${name} keeps the inbox contract`, () => {
    it('is empty before anything was filed', () => {
      const { inbox } = open();
      expect(inbox.read()).toEqual({ messages: [], rubbish: [], more: false });
    });

    it('gives requests ordered by id, again and again until they are removed', () => {
      const { inbox, file } = open();
      file('b', { n: 2 });
      file('a', { n: 1 });
      const both = [
        { id: 'a', body: { n: 1 } },
        { id: 'b', body: { n: 2 } },
      ];
      expect(inbox.read().messages).toEqual(both);
      expect(inbox.read().messages).toEqual(both);
      inbox.remove('a');
      expect(inbox.read().messages.map((message) => message.id)).toEqual(['b']);
    });

    it('sees what is filed after it was found empty', () => {
      const { inbox, file } = open();
      for (const id of ['a', 'b', 'c']) {
        expect(inbox.read().messages).toEqual([]);
        file(id, {});
        expect(inbox.read().messages.map((message) => message.id)).toEqual([id]);
        inbox.remove(id);
      }
    });

    it('removes what is gone already without complaint', () => {
      const { inbox, file } = open();
      file('a', {});
      inbox.remove('a');
      inbox.remove('a');
      inbox.remove('never-there');
      expect(inbox.read().messages).toEqual([]);
    });

    it('gives any JSON value back as it was filed', () => {
      const { inbox, file } = open();
      const bodies = [null, 0, 'größer \u{1F600}\n', [], { nested: { list: [1, { a: null }] } }];
      bodies.forEach((body, i) => {
        file(`r${String(i)}`, body);
      });
      expect(inbox.read().messages.map((message) => message.body)).toEqual(bodies);
    });

    it('names rubbish beside requests, until it is set aside', () => {
      const { inbox, file, clutter, names } = open();
      file('good', {});
      clutter('half.json', '{"a": ');
      expect(inbox.read()).toMatchObject({
        messages: [{ id: 'good' }],
        rubbish: [{ file: 'half.json', why: expect.stringContaining('not JSON') as string }],
      });
      const [item] = inbox.read().rubbish;
      if (item === undefined) throw new Error('the rubbish was not there the second time');
      inbox.setAside(item);
      inbox.setAside(item);
      expect(inbox.read()).toMatchObject({ messages: [{ id: 'good' }], rubbish: [] });
      expect(names()).toEqual(['good.json']);
    });

    it('passes over what is not due before its bar, and hides nothing behind it', () => {
      const { inbox, file } = open();
      for (let i = 0; i < 600; i++) file(`later-${String(i).padStart(3, '0')}`, {});
      for (let more = true; more;) {
        const portion = inbox.read(50);
        more = portion.more;
        for (const { id } of portion.messages) expect(inbox.postpone(id, 100)).toBe(true);
      }
      file('now', {});
      const ids = (barMs: number): string[] => inbox.read(barMs).messages.map((message) => message.id);
      expect(ids(50)).toEqual(['now']);
      expect(ids(NaN), 'nothing is due at a bar that is not known').toEqual(['now']);
      expect(ids(99.9)).toEqual(['now']);
      expect(ids(100)).toContain('later-000');
    });

    it('knows the first bar after one at which something is due', () => {
      const { inbox, file } = open();
      for (const id of ['a', 'b', 'c']) file(id, {});
      expect(inbox.nextDueMs(0)).toBe(Infinity);
      inbox.postpone('a', 300);
      inbox.postpone('b', 200);
      inbox.postpone('c', Infinity);
      expect([0, 199, 200, 300].map((barMs) => inbox.nextDueMs(barMs))).toEqual([200, 200, 300, Infinity]);
      inbox.remove('b');
      expect(inbox.nextDueMs(0)).toBe(300);
    });

    it('gives what was handled no more, whatever the bar, until the id is filed anew', () => {
      const { inbox, file } = open();
      file('a', { n: 1 });
      inbox.read();
      inbox.postpone('a', Infinity);
      expect(inbox.read(Infinity).messages).toEqual([]);
      inbox.remove('a');
      file('a', { n: 2 });
      expect(inbox.read().messages).toEqual([{ id: 'a', body: { n: 2 } }]);
    });

    it('gives a crowd in bounded portions and loses none of it', () => {
      const { inbox, file } = open();
      const ids = Array.from({ length: 600 }, (_, i) => `r${String(i).padStart(5, '0')}`);
      for (const id of ids) file(id, {});
      const seen: string[] = [];
      let portions = 0;
      for (let more = true; more; portions++) {
        const portion = inbox.read();
        more = portion.more;
        expect(portion.messages.length).toBeLessThan(ids.length);
        for (const { id } of portion.messages) {
          seen.push(id);
          inbox.remove(id);
        }
      }
      expect(seen).toEqual(ids);
      expect(portions).toBeGreaterThan(1);
    });
  });
}
