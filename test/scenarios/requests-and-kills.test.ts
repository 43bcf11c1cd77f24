/** Every request is done exactly once, whenever its owner is killed: the journal equals that of an undisturbed twin. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileRequestIn, inboxOf, journalOf } from '../../src/cli/wire.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const HOUR_MS = 3_600_000;
const KILLS = 10;

const play = (days: string): CliResult =>
  runCli(['arena', '--state', state, '--contestants', contestants, '--days', days, '--quiet']);

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([{ title: 'first', kind: 'sma-cross', params: { fast: 4, slow: 12 } }]),
  );
  expect(play('1').code).toBe(0);
});

function place(name: string): { paper: string; deployments: string; flags: string[] } {
  const paper = join(root, name, 'paper');
  const deployments = join(root, name, 'deployments');
  return {
    paper,
    deployments,
    flags: ['--state', state, '--contestants', contestants, '--paper', paper, '--deployments', deployments],
  };
}

function journal(folder: string): { hashes: string[]; requests: string[] } {
  const store = journalOf(folder, true);
  try {
    const rounds = [...store.rounds(1)];
    const requests = rounds
      .flatMap((round) => round.events)
      .filter((line) => line.includes('"event":"request"'));
    return { hashes: rounds.map((round) => round.hash), requests };
  } finally {
    store.close();
  }
}

/** At commits, while there is something to commit: that many kills are certain. */
const AT_COMMITS = ['before-commit:1', 'after-commit:1', 'before-commit:2', 'after-commit:2'];

/** Kills at commits, then at random moments, of which some come when all is done. */
async function disturb(args: string[], spanMs: number): Promise<number> {
  let killed = 0;
  for (let i = 0; i < KILLS; i++) {
    const fault = AT_COMMITS[i];
    const child = startCli(args, fault === undefined ? {} : { ARENA_FAULT: fault });
    const timer =
      fault === undefined
        ? setTimeout(() => child.kill('SIGKILL'), spanMs * (0.3 + 0.7 * Math.random()))
        : undefined;
    if ((await ended(child)).signal === 'SIGKILL') killed++;
    clearTimeout(timer);
  }
  return killed;
}

describe('requests under kill -9', () => {
  it('kill and resume of the paper trader are done once each, at their bar', async () => {
    const [one, twin] = [place('one'), place('twin')];
    for (const { paper, flags } of [one, twin]) {
      expect(runCli(['paper', '--once', ...flags]).code).toBe(0);
      for (let i = 0; i < 40; i++) {
        const id = `r${String(i).padStart(2, '0')}`;
        const dueBarMs = Date.UTC(2026, 0, 1) + (30 + 20 * i) * HOUR_MS;
        const common = { id, who: 'a test', whenMs: i, dueBarMs, reason: `number ${String(i)}` };
        fileRequestIn(
          paper,
          id,
          i % 2 === 0 ? { ...common, kind: 'kill', flatten: i % 4 === 0 } : { ...common, kind: 'resume' },
        );
      }
    }
    expect(play('60').code).toBe(0);
    const started = performance.now();
    expect(runCli(['paper', '--once', ...twin.flags]).code).toBe(0);
    const spanMs = performance.now() - started;
    const killed = await disturb(['paper', '--once', ...one.flags], spanMs);
    expect(killed).toBeGreaterThanOrEqual(AT_COMMITS.length);
    expect(runCli(['paper', '--once', ...one.flags]).code).toBe(0);
    expect(journal(twin.paper).requests).toHaveLength(40);
    expect(journal(one.paper)).toEqual(journal(twin.paper));
    expect(inboxOf(one.paper).read().messages).toEqual([]);
  });

  it('rollbacks of the deployer are done once each', async () => {
    const [one, twin] = [place('three'), place('four')];
    for (const { deployments, flags } of [one, twin]) {
      const trials = join(deployments, 'trials');
      mkdirSync(trials, { recursive: true });
      for (let i = 0; i < 3; i++) {
        const contestant = { kind: 'sma-cross', params: { fast: 4 + i, slow: 20 } };
        writeFileSync(
          join(trials, `${String(i)}.json`),
          JSON.stringify({ study: 's', number: i, value: 1 + i, contestant }),
        );
        expect(runCli(['deployer', '--once', ...flags]).code).toBe(0);
      }
      for (let i = 0; i < 30; i++) {
        const id = `r${String(i).padStart(2, '0')}`;
        fileRequestIn(deployments, id, {
          id,
          who: 'a test',
          whenMs: i,
          kind: 'rollback',
          reason: `number ${String(i)}`,
        });
      }
    }
    const started = performance.now();
    expect(runCli(['deployer', '--once', ...twin.flags]).code).toBe(0);
    const spanMs = performance.now() - started;
    const killed = await disturb(['deployer', '--once', ...one.flags], spanMs);
    expect(killed).toBeGreaterThanOrEqual(AT_COMMITS.length);
    expect(runCli(['deployer', '--once', ...one.flags]).code).toBe(0);
    expect(journal(twin.deployments).requests).toHaveLength(30);
    expect(journal(one.deployments)).toEqual(journal(twin.deployments));
    expect(inboxOf(one.deployments).read().messages).toEqual([]);
  });
});
