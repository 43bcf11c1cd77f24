import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { progressOf } from './traces.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => {
  remove();
});

describe('how far three journals are', () => {
  it('is nothing where a writer died before, while or after making the file', () => {
    for (const name of ['deployments', 'paper_trades']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'deployments', 'journal.sqlite'), '');
    const made = new Database(join(folder, 'paper_trades', 'journal.sqlite'));
    // A database of which only the head has been written.
    made.pragma('journal_mode = WAL');
    made.close();

    expect(progressOf(folder)).toEqual([0, 0, 0]);
  });

  it('is no guess where the file is no journal', () => {
    mkdirSync(join(folder, 'deployments'));
    writeFileSync(join(folder, 'deployments', 'journal.sqlite'), 'rubbish, and enough of it');

    expect(() => progressOf(folder)).toThrow('does not begin like a database');
  });
});
