import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeLock } from '../../src/cli/wire.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const deployments = join(root, 'deployments');
const paper = join(root, 'paper');
const place = [
  '--state',
  state,
  '--contestants',
  contestants,
  '--deployments',
  deployments,
  '--paper',
  paper,
];
const run = (...args: string[]): CliResult => runCli([...args, ...place]);
interface Started {
  pid: number;
  log: string;
}

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'sma-cross' }]));
});
afterAll(() => {
  for (const name of ['deployer', 'paper']) run(name, 'stop');
  remove();
});

describe('deployer and paper trader in the background', () => {
  it('one that cannot start says why, and its exit code is that of the command', () => {
    const result = run('paper', '--detach');
    expect(result.code).toBe(run('paper').code);
    expect(result.code).toBe(5);
    expect(result.stderr).toContain('the arena has not begun');
    const heartbeat = JSON.parse(readFileSync(join(paper, '.heartbeat'), 'utf8')) as object;
    expect(heartbeat).toMatchObject({ process: 'paper', status: 'stopped' });
    expect(heartbeat).toHaveProperty('lastError', expect.stringContaining('the arena has not begun'));
  });

  it('start, work, and stop when asked', () => {
    const arena = ['arena', '--state', state, '--contestants', contestants, '--days', '1', '--quiet'];
    expect(runCli(arena).code).toBe(0);
    for (const [name, folder] of [
      ['paper', paper],
      ['deployer', deployments],
    ] as const) {
      const started = run(name, '--detach', '--json');
      expect(started.code, started.stderr).toBe(0);
      const { pid, log } = JSON.parse(started.stdout) as Started;
      expect(probeLock(folder)).toMatchObject({ locked: true, holder: { pid } });
      expect(existsSync(log)).toBe(true);
      expect(JSON.parse(readFileSync(join(folder, '.heartbeat'), 'utf8'))).toMatchObject({
        process: name,
        pid,
        lastError: null,
      });
    }
    expect(run('paper', '--detach').code, 'there is one already').toBe(4);
    const mistaken = run('arena', '--detach', '--days', 'x');
    expect(mistaken.stderr).toContain('the arena ended at once (2)');
    expect(mistaken.code).toBe(2);
    for (const [name, folder] of [
      ['deployer', deployments],
      ['paper', paper],
    ] as const) {
      const stopped = run(name, 'stop');
      expect(stopped.code, stopped.stderr).toBe(0);
      expect(probeLock(folder).locked).toBe(false);
      expect(run(name, 'stop').code).toBe(5);
    }
  });

  it('A-52: stop signals nobody when the note beside the lock names a process that is not the holder', () => {
    const started = JSON.parse(run('paper', '--detach', '--json').stdout) as Started;
    const note = readFileSync(join(paper, 'lock.json'), 'utf8');
    // This test began long after the moment that the note is made to name: the number passed on to it.
    writeFileSync(
      join(paper, 'lock.json'),
      JSON.stringify({ pid: process.pid, startedAt: '2020-01-01T00:00:00.000Z', command: 'paper' }),
    );
    expect(run('paper', 'stop').code).toBe(1);
    expect(probeLock(paper).locked).toBe(true);
    writeFileSync(join(paper, 'lock.json'), note);
    expect(run('paper', 'stop').stdout).toContain(String(started.pid));
  });
});
