import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { until } from '../support/until.js';

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
const arenaArgs = ['arena', '--state', state, '--contestants', contestants, '--quiet', '--days'];

interface Status {
  processes: { name: string; state: string; pid: number | null; hoursBehind: number | null }[];
  troubles: string[];
}
const status = (): Status => JSON.parse(run('status', '--json').stdout) as Status;
const states = (): string[] => status().processes.map((process) => process.state);
const started: ChildProcess[] = [];
const begin = (args: readonly string[]): ChildProcess => {
  const child = startCli(args);
  started.push(child);
  return child;
};

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'sma-cross' }]));
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  remove();
});

describe('the status of all three processes', () => {
  it('before anything has begun says that nothing runs, and creates nothing', () => {
    const result = run('status');
    expect(result.code).toBe(5);
    expect(result.stdout).toMatch(/^arena +not running/);
    expect(readdirSync(root)).toEqual(['contestants']);
  });

  it('shows who runs and how far, with the exit code 0 when all is fine', async () => {
    expect(runCli([...arenaArgs, '1']).code).toBe(0);
    const arena = begin([...arenaArgs, '30', '--speed', '1']);
    const deployer = begin(['deployer', ...place, '--no-supervise', '--check-interval', '0.2']);
    const trader = begin(['paper', ...place]);
    await until('all three run', () => states().every((one) => one === 'running'));
    const seen = status();
    expect(seen.processes.map(({ pid }) => pid)).toEqual([arena.pid, deployer.pid, trader.pid]);
    expect(seen.processes[2]?.hoursBehind).toBeLessThan(24);
    expect(seen.troubles).toEqual([]);
    const shown = run('status');
    expect(shown.code, shown.stdout).toBe(0);
    expect(shown.stdout).toMatch(/paper trader +running \(\d+\) +heartbeat \d+ s ago +bar 2026-/);
    expect(shown.stdout).toContain('nobody deployed, generation wanted 0, running 0');
  });

  it('counts waiting requests, and names torn files and who is gone', async () => {
    const trader = started[2];
    const over = trader === undefined ? undefined : ended(trader);
    trader?.kill('SIGTERM');
    await over;
    expect(run('kill', '--reason', 'a test').code).toBe(0);
    writeFileSync(join(paper, 'positions_state.json'), '{"generation": 3, "nex');
    writeFileSync(join(paper, '.heartbeat'), '{');
    const result = run('status');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('paper trader: not running');
    expect(result.stdout).toContain('positions_state.json: is torn');
    expect(result.stdout).toContain('.heartbeat: is torn');
    expect(result.stdout).toMatch(/paper trader +not running.* 1 requests waiting/);
    expect(readFileSync(join(paper, '.heartbeat'), 'utf8'), 'it only looks').toBe('{');
  });

  it('tells the one that gives no sign', () => {
    started[1]?.kill('SIGSTOP');
    const path = join(deployments, '.heartbeat');
    const heartbeat = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(
      path,
      JSON.stringify({ ...heartbeat, writtenAt: new Date(Date.now() - 60_000).toISOString() }),
    );
    expect(run('status').stdout).toMatch(/deployer +STALE OR HUNG \(\d+\)/);
    started[1]?.kill('SIGCONT');
  });

  it('watches without a terminal: a block for every change, until it is interrupted', async () => {
    const watch = begin(['status', '--watch', ...place]);
    let said = '';
    watch.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    await until('a first block', () => said.includes('latch'));
    const deployer = started[1];
    deployer?.kill('SIGTERM');
    await until('a block of the change', () => /deployer +not running/.test(said));
    const over = ended(watch);
    watch.kill('SIGINT');
    expect((await over).code).toBe(1);
  });
});
