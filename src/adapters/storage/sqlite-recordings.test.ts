import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answered, failedAnswer, questionOf } from '../../../test/support/asking-kind.js';
import { temporaryFolder } from '../../../test/support/cli.js';
import type { RecordedCall } from '../../ports/model-recordings.js';
import { openRecordings } from './sqlite-recordings.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => {
  remove();
});

function callOf(request: string, more: Partial<RecordedCall> = {}): RecordedCall {
  const { budgetUsdPerDay: _budget, ...question } = questionOf('decide', 'what now?');
  return {
    request,
    run: 'run-1',
    question,
    atMs: Date.UTC(2026, 0, 1),
    answer: answered('buy'),
    structured: true,
    latencyMs: 12.5,
    attempts: 2,
    calledAtMs: Date.UTC(2026, 5, 1),
    ...more,
  };
}

describe('a recording of model calls', () => {
  it('gives back every call of a request as it was, the oldest first, also after it was opened again', () => {
    const path = join(folder, 'deep', 'calls.sqlite');
    const first = openRecordings(path);
    const calls = [
      callOf('a'),
      callOf('a', { answer: failedAnswer('late', 0.1), structured: false }),
      callOf('b'),
    ];
    for (const call of calls) first.add(call);
    first.close();
    const again = openRecordings(path, { readOnly: true });
    expect(again.find('a')).toEqual(calls.slice(0, 2));
    expect(again.find('b')).toEqual([calls[2]]);
    expect(again.find('c')).toEqual([]);
    again.close();
  });

  it('keeps the stable part of a prompt once', () => {
    const path = join(folder, 'calls.sqlite');
    const recordings = openRecordings(path);
    for (let i = 0; i < 20; i++) recordings.add(callOf(String(i)));
    recordings.close();
    const db = new Database(path, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM texts').pluck().get()).toBe(1);
    db.close();
  });

  it('is written by two processes at once without a call lost', () => {
    const path = join(folder, 'calls.sqlite');
    const [one, two] = [openRecordings(path), openRecordings(path)];
    for (let i = 0; i < 50; i++) {
      one.add(callOf('same', { run: 'one' }));
      two.add(callOf('same', { run: 'two' }));
    }
    expect(one.find('same')).toHaveLength(100);
    one.close();
    two.close();
  });

  it('keeps imported replies by run and time, and takes the same one twice as one', () => {
    const recordings = openRecordings(join(folder, 'calls.sqlite'));
    const reply = { run: 'r', atMs: 4, model: 'm', text: 'hold' };
    recordings.importReplies([reply, { ...reply, atMs: 8 }]);
    recordings.importReplies([{ ...reply, text: 'buy' }]);
    expect(recordings.imported('r', 4)?.text).toBe('buy');
    expect(recordings.imported('r', 5)).toBeUndefined();
    expect(recordings.importedRuns()).toEqual([{ run: 'r', model: 'm', replies: 2, firstMs: 4, lastMs: 8 }]);
    recordings.close();
  });

  it('is no other file, is not made by reading, and is not overwritten', () => {
    const path = join(folder, 'other.sqlite');
    expect(() => openRecordings(path, { readOnly: true })).toThrow('there is no such recording');
    const db = new Database(path);
    db.exec('CREATE TABLE mine (x TEXT)');
    db.close();
    expect(() => openRecordings(path)).toThrow('is no recording of model calls');
    const text = join(folder, 'text.sqlite');
    writeFileSync(text, 'this is a text and no database, whatever its name says '.repeat(20));
    expect(() => openRecordings(text)).toThrow(/the recording is damaged/);
    expect(readFileSync(text, 'utf8')).toContain('this is a text');
    const place = join(folder, 'place');
    mkdirSync(place);
    expect(() => openRecordings(place)).toThrow('is a folder');
  });

  it('with a damaged row says so instead of replaying something else', () => {
    const path = join(folder, 'calls.sqlite');
    const recordings = openRecordings(path);
    recordings.add(callOf('a'));
    const db = new Database(path);
    db.prepare(`UPDATE calls SET answer = '{"kind":"answered"}'`).run();
    db.close();
    expect(() => recordings.find('a')).toThrow('the recording is damaged');
    recordings.close();
  });

  it.each([
    ['a cost below zero, which would be a gift', `json_set(answer, '$.costUsd', -5)`],
    ['a cost without end', `replace(answer, '0.25', '1e999')`],
    ['tokens below zero', `json_set(answer, '$.usage.outputTokens', -1)`],
    ['an outcome that there is not', `json_set(answer, '$.kind', 'lucky')`],
    ['no JSON', `'hold'`],
  ])('takes no %s from a file of others', (_what, changed) => {
    const path = join(folder, 'calls.sqlite');
    const recordings = openRecordings(path);
    recordings.add(callOf('a'));
    const db = new Database(path);
    expect(db.prepare(`UPDATE calls SET answer = ${changed}`).run().changes).toBe(1);
    db.close();
    expect(() => recordings.find('a')).toThrow('the recording is damaged');
    recordings.close();
  });

  it('knows of which models it has anything, failures included', () => {
    const recordings = openRecordings(join(folder, 'calls.sqlite'));
    expect(recordings.hasAny('p', 'm')).toBe(false);
    recordings.add(callOf('a', { answer: failedAnswer('server') }));
    expect([recordings.hasAny('p', 'm'), recordings.hasAny('p', 'x'), recordings.hasAny('x', 'm')]).toEqual([
      true,
      false,
      false,
    ]);
    recordings.close();
  });

  it('can be written while somebody else holds it for a moment, and is whole after a process died in the middle', () => {
    const path = join(folder, 'calls.sqlite');
    const recordings = openRecordings(path);
    recordings.add(callOf('a'));
    const other = new Database(path);
    other.exec(`BEGIN IMMEDIATE; INSERT INTO texts VALUES ('h', 'half')`);
    other.close();
    recordings.add(callOf('b'));
    expect([recordings.find('a').length, recordings.find('b').length]).toEqual([1, 1]);
    recordings.close();
    const db = new Database(path, { readonly: true });
    expect(db.prepare(`SELECT count(*) FROM texts WHERE body = 'half'`).pluck().get()).toBe(0);
    db.close();
  });

  it('that cannot be written says so and names the file', () => {
    const path = join(folder, 'calls.sqlite');
    openRecordings(path).close();
    const readOnly = openRecordings(path, { readOnly: true });
    expect(() => {
      readOnly.add(callOf('a'));
    }).toThrow(path);
    readOnly.close();
  });
});
