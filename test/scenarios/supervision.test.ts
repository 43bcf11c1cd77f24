import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf, probeLock } from '../../src/cli/wire.js';
import { ended, runCli, startCli, temporaryFolder, twoSecondsHere } from '../support/cli.js';
import { until } from '../support/until.js';

const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const state = join(root, 'arena');

interface Desk {
  readonly paper: string;
  readonly deployments: string;
  readonly place: readonly string[];
}

function desk(name: string): Desk {
  const paper = join(root, name, 'paper');
  const deployments = join(root, name, 'deployments');
  mkdirSync(paper, { recursive: true });
  const place = ['--state', state, '--contestants', contestants, '--paper', paper];
  return { paper, deployments, place: [...place, '--deployments', deployments] };
}

const started: ChildProcess[] = [];
function deployer({ place }: Desk): ChildProcess {
  const child = startCli([
    'deployer',
    ...place,
    ...['--check-interval', '0.2', '--supervision-times', '4,0.5,0.2'],
  ]);
  started.push(child);
  return child;
}

const one = desk('one');
const broken = desk('broken');
const holder = ({ paper }: Desk): number => {
  const { locked, holder: who } = probeLock(paper);
  return locked && who !== undefined ? who.pid : 0;
};
const arena = (days: string): void => {
  const result = runCli(['arena', '--state', state, '--contestants', contestants, '--days', days, '--quiet']);
  expect(result.code, result.stderr).toBe(0);
};
const hasCaughtUp = ({ paper }: Desk): boolean => {
  const store = journalOf(state, true);
  const last = store.rounds(store.lastCommit()?.seq ?? 1).next();
  store.close();
  const clockMs = last.done === true ? Infinity : last.value.barMs;
  const { next_bar } = JSON.parse(readFileSync(join(paper, 'positions_state.json'), 'utf8')) as {
    next_bar: string;
  };
  return Date.parse(next_bar) > clockMs;
};
interface Report {
  paper_trader: { state: string; restarts: number; last_exit: number | string | null } | null;
}
const reportOf = ({ deployments }: Desk): Report['paper_trader'] =>
  (JSON.parse(readFileSync(join(deployments, 'deployment_state.json'), 'utf8')) as Report).paper_trader;

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'sma-cross' }]));
  arena('1');
});

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const each of [one, broken]) if (holder(each) > 0) process.kill(holder(each), 'SIGKILL');
  remove();
});

describe('the deployer keeps a paper trader at work', () => {
  let first: ChildProcess;

  it('starts one, and starts it again after kill -9', async () => {
    first = deployer(one);
    await until('a paper trader runs', () => reportOf(one)?.state === 'running' && hasCaughtUp(one));
    const before = holder(one);
    process.kill(before, 'SIGKILL');
    arena('1');
    await until('another one has caught up', () => ![0, before].includes(holder(one)) && hasCaughtUp(one));
    await until('it is told', () => reportOf(one)?.restarts === 1);
    expect(reportOf(one)).toEqual({ state: 'running', restarts: 1, last_exit: 'SIGKILL' });
    expect(
      readdirSync(join(root, 'one', 'logs')).filter((name) => /^paper-.*\.log$/.test(name)),
    ).toHaveLength(2);
  });

  it('A-50: replaces one that hangs', async () => {
    const before = holder(one);
    process.kill(before, 'SIGSTOP');
    arena('1');
    await until('another one has caught up', () => ![0, before].includes(holder(one)) && hasCaughtUp(one));
    await until('it is told', () => reportOf(one)?.restarts === 2);
  });

  it('is alone: a second one is told so', () => {
    expect(runCli(['deployer', ...one.place]).code).toBe(4);
  });

  it('killed itself leaves the paper trader at work, and the next one adopts it', async () => {
    const before = holder(one);
    const end = ended(first);
    first.kill('SIGKILL');
    await end;
    arena('1');
    await until('it goes on alone', () => hasCaughtUp(one));
    const second = deployer(one);
    await until('it is adopted', () => reportOf(one)?.state === 'running' && reportOf(one)?.restarts === 0);
    expect(holder(one)).toBe(before);
    process.kill(before, 'SIGKILL');
    await until('one of its own', () => ![0, before].includes(holder(one)));
    const limitMs = twoSecondsHere();
    const over = ended(second);
    const from = performance.now();
    second.kill('SIGTERM');
    expect((await over).code).toBe(0);
    expect(performance.now() - from).toBeLessThan(limitMs);
    expect(holder(one), 'its child ends with it').toBe(0);
  });

  it('all of this left one journal without a gap', () => {
    const store = journalOf(one.paper, true);
    const bars = [...store.rounds(1)].map((round) => round.barMs);
    store.close();
    expect(bars.length).toBe(3 * 24);
    expect(bars.every((bar, i) => i === 0 || bar - (bars[i - 1] ?? 0) === 3_600_000)).toBe(true);
  });

  it('gives up one that always ends, says so, and stops in order all the same', async () => {
    writeFileSync(join(broken.paper, 'journal.sqlite'), 'this is no journal');
    const child = deployer(broken);
    let said = '';
    child.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    await until('the circuit is open', () => reportOf(broken)?.state === 'circuit-open');
    expect(reportOf(broken)).toEqual({ state: 'circuit-open', restarts: 4, last_exit: 3 });
    const over = ended(child);
    child.kill('SIGTERM');
    expect((await over).code).toBe(0);
    expect(said.match(/not started again/g)).toHaveLength(1);
  });
});
