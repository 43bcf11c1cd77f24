import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRedactor } from '../../core/domain/redact.js';
import { temporaryFolder } from '../../../test/support/cli.js';
import { openProcessLog } from './open-process-log.js';
import { type RollingFileRules, openRollingFile, removeOldLogs } from './rolling-file.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

let folders = 0;
const newFolder = (): string => join(root, String(folders++));

function rules(folder: string, more: Partial<RollingFileRules> = {}): RollingFileRules {
  return {
    path: join(folder, 'arena-20260101T000000-000Z.log'),
    maxBytes: 1e6,
    maxAgeMs: 1e9,
    keepFiles: 3,
    nowMs: () => 0,
    told: () => undefined,
    ...more,
  };
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

describe('the log of a process', () => {
  it('has time, level, process and what a line is about, and is on disk when the call returns', () => {
    const folder = newFolder();
    const log = openProcessLog({
      process: 'arena',
      level: 'info',
      redact: createRedactor(['0123456789']),
      file: openRollingFile(rules(folder)),
    });
    log.write('info', 'round 7', { round: 7 });
    log.write('debug', 'not said');
    log.write('error', 'refused: 0123456789', { fault: 'at x 0123456789' });
    const [first, second, ...rest] = linesOf(log.path() ?? '').map((line) => JSON.parse(line) as object);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      level: 'info',
      process: 'arena',
      msg: 'round 7',
      round: 7,
      pid: process.pid,
    });
    expect(first).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/));
    expect(second).toMatchObject({ level: 'error', msg: 'refused: (key)', fault: 'at x (key)' });
    log.close();
  });

  it('holds no key, wherever it stood in a text, a fault or a stack', () => {
    const said: string[] = [];
    const secret = fc.stringMatching(/^[A-Za-z0-9_/+-]{8,40}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        const log = openProcessLog({
          process: 'paper',
          level: 'info',
          redact: createRedactor([key]),
          file: undefined,
          also: (line) => said.push(line),
        });
        const error = new Error(`${before}${key}${after}`, { cause: key });
        log.write('error', error.message, { fault: error.stack ?? '', symbol: `${key}${key}` });
        expect(said.at(-1)).not.toContain(key);
      }),
    );
  });

  it('gives way to another file when it is large or old, and keeps so many', () => {
    const folder = newFolder();
    let nowMs = 0;
    const file = openRollingFile(rules(folder, { maxBytes: 100, maxAgeMs: 1000, nowMs: () => nowMs }));
    const line = `${'x'.repeat(39)}\n`;
    for (let i = 0; i < 4; i++) file.write(line);
    expect(readdirSync(folder), 'two lines fit').toHaveLength(2);
    nowMs = 1000;
    file.write(line);
    expect(readdirSync(folder), 'an old one gives way too').toHaveLength(3);
    for (let i = 0; i < 40; i++) file.write(line);
    expect(readdirSync(folder)).toHaveLength(3);
    const newest = readdirSync(folder).map((name) => Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 1));
    expect(Math.max(...newest) - Math.min(...newest)).toBe(2);
    expect(file.path()).toContain(`.${String(Math.max(...newest))}.log`);
    file.close();
  });

  it('of earlier starts keeps so many, and nothing of other processes', () => {
    const folder = newFolder();
    mkdirSync(folder);
    const stamp = (day: number): string => `2026010${String(day)}T000000-000Z`;
    for (let day = 1; day <= 5; day++)
      for (const end of ['log', '2.log', 'out'])
        writeFileSync(join(folder, `paper-${stamp(day)}.${end}`), '');
    writeFileSync(join(folder, `paper-trader-${stamp(1)}.log`), '');
    writeFileSync(join(folder, 'paper-notes.txt'), '');
    removeOldLogs(folder, 'paper', 2);
    expect(readdirSync(folder).sort()).toEqual(
      [
        'paper-notes.txt',
        `paper-trader-${stamp(1)}.log`,
        ...[4, 5].flatMap((day) => ['2.log', 'log', 'out'].map((end) => `paper-${stamp(day)}.${end}`)),
      ].sort(),
    );
  });

  it.skipIf(!existsSync('/dev/full'))(
    'a full disk is told once, counted, and over when there is room',
    () => {
      const folder = newFolder();
      mkdirSync(folder);
      const told: string[] = [];
      const set = rules(folder, { told: (text) => told.push(text), maxAgeMs: 10, nowMs: () => nowMs });
      let nowMs = 0;
      symlinkSync('/dev/full', set.path);
      const file = openRollingFile(set);
      for (let i = 0; i < 5; i++) file.write('a line\n');
      expect(file.lost()).toBe(5);
      expect(told).toEqual([expect.stringContaining('ENOSPC')]);
      unlinkSync(set.path);
      file.close();
      file.write('there is room\n');
      expect(told).toHaveLength(2);
      expect(told[1]).toContain('5 lines are lost');
      nowMs = 10;
      file.write('and again\n');
      expect(linesOf(set.path)).toEqual(['there is room']);
      expect(linesOf(file.path())).toEqual(['and again']);
      file.close();
    },
  );

  it('a folder that cannot be made is said by whoever opens it', () => {
    writeFileSync(join(root, 'a-file'), '');
    expect(() => openRollingFile(rules(join(root, 'a-file', 'logs')))).toThrow(/ENOTDIR|EEXIST/);
  });
});
