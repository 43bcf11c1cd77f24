import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileRequestIn, journalOf } from '../../src/cli/wire.js';
import { type CliResult, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { type WebhookServer, startWebhookServer, status } from '../support/webhook-server.js';

const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const ROSTER = [
  { title: 'first', kind: 'sma-cross', params: { fast: 4, slow: 12, stop: 0.05 } },
  { title: 'second', kind: 'rsi-bands', params: { period: 5, low: 40, high: 60 } },
];
const servers: WebhookServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
  remove();
});
async function server(): Promise<WebhookServer> {
  const started = await startWebhookServer();
  servers.push(started);
  return started;
}

/** Without blocking this process, in which the server runs. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const child = startCli(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((done) => {
    child.on('close', (code) => {
      done({ code, stdout, stderr });
    });
  });
}

function deploy(deployments: string, title: string, generation: number): void {
  const store = journalOf(state, true);
  const row = store.contestants().find((candidate) => candidate.name === title);
  store.close();
  if (row === undefined) throw new Error(`no contestant ${title}`);
  const { manifest } = JSON.parse(row.body) as { manifest: unknown };
  mkdirSync(deployments, { recursive: true });
  writeFileSync(
    join(deployments, 'deployment_state.json'),
    JSON.stringify({
      schema_version: 2,
      generation,
      champion: { id: row.id, name: title, manifest, source: 'by-hand' },
    }),
  );
}

interface Trader {
  readonly paper: string;
  readonly place: readonly string[];
  left(): object;
  /** Files a kill whose id is the same everywhere, so that journals can be compared. */
  kill(): void;
}

function trader(name: string): Trader {
  const paper = join(root, name, 'paper');
  const deployments = join(root, name, 'deployments');
  deploy(deployments, 'first', 1);
  const place = [
    '--state',
    state,
    '--contestants',
    contestants,
    '--paper',
    paper,
    '--deployments',
    deployments,
  ];
  return {
    paper,
    place,
    kill() {
      fileRequestIn(paper, 'kill-1', {
        id: 'kill-1',
        kind: 'kill',
        who: 'a test',
        whenMs: 1,
        reason: 'smoke in the room',
        flatten: true,
      });
    },
    left() {
      const store = journalOf(paper, true);
      try {
        return {
          hashes: [...store.rounds(1)].map((round) => round.hash),
          trades: readFileSync(join(paper, 'trades.csv'), 'utf8'),
          state: readFileSync(join(paper, 'positions_state.json'), 'utf8'),
        };
      } finally {
        store.close();
      }
    },
  };
}

const play = (days: string): CliResult =>
  runCli(['arena', '--state', state, '--contestants', contestants, '--days', days, '--quiet']);

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify(ROSTER));
  expect(play('1').code).toBe(0);
});

describe('notes of the paper trader', () => {
  it('A-58: a chat that is out for the whole run changes nothing and delays nothing', async () => {
    const traders = ['quiet', 'told', 'out', 'dead'].map(trader);
    const well = await server();
    const hangs = await server();
    for (let i = 0; i < 1_000; i++) hangs.script.push(() => {});
    const gone = await startWebhookServer();
    await gone.close();
    const env = [
      {},
      { NOTIFY_WEBHOOK_URL: well.url },
      { NOTIFY_WEBHOOK_URL: hangs.url },
      { DISCORD_WEBHOOK_URL: gone.url },
    ];
    const paper = async (): Promise<CliResult[]> => {
      const results: CliResult[] = [];
      for (const [i, { place }] of traders.entries())
        results.push(await run(['paper', '--once', ...place], env[i]));
      return results;
    };
    await paper();
    expect(play('4').code).toBe(0);
    await paper();
    for (const each of traders) each.kill();
    expect(play('2').code).toBe(0);
    const ends = await paper();
    expect(ends.map((result) => result.code)).toEqual([0, 0, 0, 0]);
    const [quiet, ...others] = traders.map((each) => each.left());
    for (const other of others) expect(other).toEqual(quiet);
    const told = well.bodies.map((body) => JSON.parse(body) as { event: string; facts: object });
    expect(told.map((note) => note.event)).toEqual(['promoted', 'killed']);
    expect(told[0]?.facts).toMatchObject({
      generation: 1,
      'cost USD': 0,
      market: 'GENERATED prices, seed 1',
    });
    const everything = ends.map((result) => result.stdout + result.stderr).join('\n');
    expect(everything).toContain('DISCORD_WEBHOOK_URL (discord): it cannot be reached (ECONNREFUSED)');
    expect(everything).not.toContain('a-secret-of-the-place');
  });

  it('are told by the next process when one dies between commit and sending, with the same key', async () => {
    const chat = await server();
    const env = { NOTIFY_WEBHOOK_URL: chat.url };
    const each = trader('killed');
    expect((await run(['paper', '--once', ...each.place], env)).code).toBe(0);
    expect(chat.bodies.length, 'the arena stands still').toBe(0);
    each.kill();
    expect(play('1').code).toBe(0);
    // Its first commit holds the hand-over and the kill: dead before anything could be sent.
    expect(
      (await run(['paper', '--once', ...each.place], { ...env, ARENA_FAULT: 'after-commit:1' })).code,
    ).toBeNull();
    expect(chat.bodies).toEqual([]);
    expect((await run(['paper', '--once', ...each.place], env)).code).toBe(0);
    const keys = (): string[] => chat.bodies.map((body) => (JSON.parse(body) as { key: string }).key);
    expect(keys()).toHaveLength(2);
    expect((await run(['paper', '--once', ...each.place], env)).code).toBe(0);
    expect(keys(), 'told once it was sent').toHaveLength(2);
    writeFileSync(join(each.paper, '.told.json'), '{"seq": 0}');
    expect((await run(['paper', '--once', ...each.place], env)).code).toBe(0);
    expect(keys().slice(2), 'a second time it has the same key').toEqual(keys().slice(0, 2));
    writeFileSync(join(each.paper, '.told.json'), '{"seq": ');
    expect((await run(['paper', '--once', ...each.place], env)).code).toBe(0);
    expect(keys(), 'a torn mark: the past is no news').toHaveLength(4);
  });

  it('an address that cannot be used keeps nobody from trading, and is not repeated', async () => {
    const each = trader('typo');
    const result = await run(['paper', '--once', ...each.place], {
      NOTIFY_WEBHOOK_URL: 'htps://hooks.example.org/AbCdEf0123456789',
    });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('NOTIFY_WEBHOOK_URL does not begin with https://');
    expect(result.stderr + result.stdout).not.toMatch(/AbCdEf|example/);
  });
});

describe('notes of the deployer', () => {
  it('tell what it deployed and what it refused, each once', async () => {
    const chat = await server();
    const deployments = join(root, 'telling');
    const trials = join(deployments, 'trials');
    mkdirSync(trials, { recursive: true });
    const contestant = { kind: 'sma-cross', params: { fast: 4, slow: 20 } };
    writeFileSync(join(trials, 'a.json'), JSON.stringify({ study: 's', number: 1, value: 1, contestant }));
    const args = ['--once', '--state', state, '--contestants', contestants, '--deployments', deployments];
    const look = (): Promise<CliResult> => run(['deployer', ...args], { SLACK_WEBHOOK_URL: chat.url });
    expect((await look()).code).toBe(0);
    fileRequestIn(deployments, 'back', {
      id: 'back',
      who: 'a test',
      whenMs: 1,
      kind: 'rollback',
      reason: 'x',
    });
    expect((await look()).code).toBe(0);
    expect((await look()).code).toBe(0);
    const texts = chat.bodies.map((body) => (JSON.parse(body) as { text: string }).text);
    expect(texts).toEqual([
      expect.stringMatching(/is deployed, generation 1$/),
      'WARNING: rollback was refused',
    ]);
  });
});

describe('npm run notify -- test', () => {
  it('says what came back, and its exit code says whether all have the note', async () => {
    const chat = await server();
    const other = await server();
    const both = { NOTIFY_WEBHOOK_URL: `${chat.url} ${other.url}`, NOTIFY_FORMAT: 'discord' };
    const fine = await run(['notify', 'test'], both);
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toContain('address 1 (discord): it took the note (204)');
    expect(fine.stdout).toContain('2 of 2 have the note');
    expect(JSON.parse(chat.bodies[0] ?? '')).toMatchObject({ allowed_mentions: { parse: [] } });
    other.script.push(status(404));
    chat.script.push(status(500));
    const half = await run(['notify', 'test', '--json'], both);
    expect(half.code).toBe(1);
    expect(JSON.parse(half.stdout)).toMatchObject({
      results: [
        { sent: true, status: 204, attempts: 2 },
        { sent: false, status: 404, attempts: 1 },
      ],
    });
    chat.script.push(status(429, { 'retry-after': '3000' }));
    const later = await run(['notify', 'test'], { SLACK_WEBHOOK_URL: chat.url });
    expect(later.code).toBe(1);
    expect(later.stdout).toContain('not before 3000 s from now');
    const none = await run(['notify', 'test']);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('.env.example');
    const bad = await run(['notify', 'test'], { NOTIFY_WEBHOOK_URL: 'http://chat.example.org/secret-part' });
    expect(bad.code).toBe(2);
    expect([fine, half, later, bad].map((r) => r.stdout + r.stderr).join()).not.toMatch(/secret-(?:part|of)/);
  });
});
