import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundHash } from '../../src/core/arena/round-content.js';
import { journalOf, sha256 } from '../../src/cli/wire.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const place = (at: string): string[] => [
  ...['--state', join(at, 'arena'), '--contestants', join(at, 'contestants')],
  ...['--paper', join(at, 'paper'), '--deployments', join(at, 'deployments')],
];
const pipeline = join(root, 'pipeline');
const run = (...args: string[]): CliResult => {
  const result = runCli([...args, ...place(pipeline)]);
  expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0);
  return result;
};
const arena = (days: number): void => {
  const where = ['--state', join(pipeline, 'arena'), '--contestants', join(pipeline, 'contestants')];
  expect(runCli(['arena', ...where, '--days', String(days), '--quiet']).code).toBe(0);
};
const deployer = (): string => run('deployer', '--hybrid-mode', '--once').stdout;
const play = (days: number): string => {
  arena(days);
  run('paper', '--once');
  return deployer();
};

beforeAll(() => {
  mkdirSync(join(pipeline, 'contestants'), { recursive: true });
  mkdirSync(join(pipeline, 'deployments', 'trials'), { recursive: true });
  const roster = [
    { kind: 'flat' },
    { kind: 'donchian-breakout', params: { entry: 24, exit: 12, stop: 0.04 } },
    { kind: 'sma-cross', params: { slow: 48 }, grid: { fast: [6, 12] } },
    { kind: 'ema-cross' },
  ];
  const contestant = { kind: 'donchian-breakout', params: { entry: 3, exit: 200, stop: 0.3 } };
  writeFileSync(join(pipeline, 'contestants', 'a.json'), JSON.stringify(roster));
  writeFileSync(
    join(pipeline, 'deployments', 'trials', 'a.json'),
    JSON.stringify([{ study: 'mine', number: 1, value: 1, contestant }]),
  );
  arena(9);
  deployer();
  run('paper', '--once');
  expect(play(1)).toContain('healthy');
  expect(play(1 / 24)).toContain('active');
  run('approve', '--override', 'the best of the field', '--yes');
  expect(deployer()).toContain('promoted donchian 24/12 stop 4%, generation 2');
  expect(play(1 / 24)).toContain('healthy');
  expect(play(1 / 24)).toContain('active');
  run('rollback', '--reason', 'a test');
  expect(deployer()).toContain('generation 3');
  expect(play(1 / 24)).toContain('healthy');
}, 300_000);

interface Verified {
  ok: boolean;
  checks: { part: string; name: string; ok: boolean; detail: string }[];
}
function verified(at: string, ...args: string[]): { code: number | null; failed: string[]; all: Verified } {
  const result = runCli(['verify', '--json', ...args, ...place(at)]);
  const all = JSON.parse(result.stdout) as Verified;
  const failed = all.checks.filter((check) => !check.ok);
  return {
    code: result.code,
    failed: failed.map(({ part, name, detail }) => `${part} ${name}: ${detail}`),
    all,
  };
}

let copies = 0;
/** The whole pipeline once more, for one test to spoil. */
function copy(): string {
  const at = join(root, `copy-${String(copies++)}`);
  cpSync(pipeline, at, { recursive: true });
  return at;
}

function inJournal(folder: string, change: (db: Database.Database) => void): void {
  const db = new Database(join(folder, 'journal.sqlite'));
  try {
    change(db);
  } finally {
    db.close();
  }
}

function inFile(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const changed = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
  expect(changed, `${path} has ${String(from)}`).not.toBe(text);
  writeFileSync(path, changed);
}

/** A forger who knows the format: events are changed, and every hash after them is made anew. */
function rechain(
  folder: string,
  events: (lines: readonly string[]) => readonly string[],
  state: (body: string) => string = (body) => body,
): { from: string; to: string } {
  const store = journalOf(folder, true);
  const rounds = [...store.rounds(1)];
  store.close();
  let last = { from: '', to: '' };
  inJournal(folder, (db) => {
    const update = db.prepare('UPDATE rounds SET events = ?, previous_hash = ?, hash = ? WHERE seq = ?');
    for (const round of rounds) {
      const previousHash = last.to === '' ? round.previousHash : last.to;
      const changed = { ...round, events: events(round.events), previousHash };
      const hash = roundHash(changed, sha256);
      update.run(changed.events.join('\n'), previousHash, hash, round.seq);
      last = { from: round.hash, to: hash };
    }
    const row = db.prepare('SELECT body FROM state').get() as { body: Buffer };
    const body = state(row.body.toString('latin1').replaceAll(last.from, last.to));
    db.prepare('UPDATE state SET hash = ?, body = ?').run(last.to, Buffer.from(body, 'latin1'));
    db.prepare('UPDATE committed SET hash = ?').run(last.to);
  });
  return last;
}

describe('verify', () => {
  it('finds nothing wrong in a pipeline that nobody touched, and plays arena and account again', () => {
    const { code, failed, all } = verified(pipeline, '--replay');
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    expect(all.checks.map(({ part, name }) => `${part} ${name}`)).toEqual([
      'arena hash chain',
      'arena looks and verdicts are those of the events',
      'arena candles are the ones used',
      'arena books add up',
      'arena leaderboard.txt follows from the journal',
      'arena leaderboard.json follows from the journal',
      'arena promotion_candidate.json follows from the journal',
      'arena replay gives the same hashes',
      'paper hash chain',
      'paper candles are the ones used',
      'paper books add up',
      'paper hand-overs',
      'paper trades.csv follows from the journal',
      'paper equity.csv follows from the journal',
      'paper positions_state.json follows from the journal',
      'paper replay gives the same hashes',
      'deployments hash chain',
      'deployments generations',
      'deployments the state follows from the steps',
      'deployments requests',
      'deployments promotions rest on frozen evidence',
      'deployments hand-overs were decided',
      'deployments the arena crowned them',
      'deployments deployment_state.json follows from the journal',
      'deployments deployment_log.json follows from the journal',
    ]);
    expect(all.checks.find(({ name }) => name === 'promotions rest on frozen evidence')?.detail).toMatch(
      /^1 of/,
    );
    expect(all.checks.find(({ name }) => name === 'hand-overs')?.detail).toMatch(/^3,/);
  });

  it('takes each part alone, and calls n/a what has not begun', () => {
    expect(runCli(['paper', 'verify', '--replay', ...place(pipeline)]).code).toBe(0);
    expect(runCli(['deployer', 'verify', ...place(pipeline)]).code).toBe(0);
    const at = copy();
    rmSync(join(at, 'arena'), { recursive: true });
    rmSync(join(at, 'paper'), { recursive: true });
    const { code, all } = verified(at);
    expect(code).toBe(0);
    expect(all.checks.filter(({ detail }) => detail.startsWith('n/a'))).toHaveLength(5);
    expect(runCli(['paper', 'verify', ...place(at)]).code).toBe(5);
  });

  const TAMPERED: readonly [string, (at: string) => void, RegExp][] = [
    [
      'a fill price of the paper account',
      (at) => {
        inJournal(join(at, 'paper'), (db) => {
          const row = db.prepare('SELECT seq, body FROM fills ORDER BY seq LIMIT 1').get() as {
            seq: number;
            body: Buffer;
          };
          row.body.writeDoubleLE(123, 7 * 8);
          db.prepare('UPDATE fills SET body = ? WHERE seq = ?').run(row.body, row.seq);
        });
      },
      /^paper hash chain: round \d+ was changed/,
    ],
    [
      'a round of the paper account that is gone',
      (at) => {
        inJournal(join(at, 'paper'), (db) => {
          db.pragma('foreign_keys = OFF');
          db.exec('DELETE FROM rounds WHERE seq = 20');
        });
      },
      /^paper hash chain: round 20 is missing/,
    ],
    [
      'the equity in positions_state.json',
      (at) => {
        inFile(join(at, 'paper', 'positions_state.json'), /"portfolio_value": /, '"portfolio_value": 9');
      },
      /^paper positions_state.json follows from the journal: the file differs/,
    ],
    [
      'a lead in promotion_candidate.json',
      (at) => {
        inFile(
          join(at, 'arena', 'promotion_candidate.json'),
          /"excess_return_pct": /,
          '"excess_return_pct": 9',
        );
      },
      /^arena promotion_candidate.json follows from the journal: the file differs/,
    ],
    [
      'promotion_candidate.json that is gone',
      (at) => {
        rmSync(join(at, 'arena', 'promotion_candidate.json'));
      },
      /^arena promotion_candidate.json follows from the journal: the file is missing/,
    ],
    [
      'the champion in deployment_state.json',
      (at) => {
        inFile(
          join(at, 'deployments', 'deployment_state.json'),
          /"source": "rollback"/,
          '"source": "by-hand"',
        );
      },
      /^deployments deployment_state.json follows from the journal: the file differs/,
    ],
    [
      'a hand-over told twice, in a chain made anew',
      (at) => {
        const folder = join(at, 'paper');
        const twice = (lines: readonly string[]): string[] =>
          lines.flatMap((line) =>
            line.includes('"event":"hand-over"') && line.includes('"generation":2') ? [line, line] : [line],
          );
        const { from, to } = rechain(folder, twice);
        inFile(join(folder, 'positions_state.json'), from, to);
      },
      /^paper hand-overs: round \d+, generation 2: generation 2 ran already/,
    ],
    [
      'a step of the deployer that is gone',
      (at) => {
        inJournal(join(at, 'deployments'), (db) => {
          db.pragma('foreign_keys = OFF');
          db.exec('DELETE FROM rounds WHERE seq = 3');
        });
      },
      /^deployments hash chain: step 3 is missing/,
    ],
    [
      'an approval whose evidence nobody froze, in a chain made anew',
      (at) => {
        const folder = join(at, 'deployments');
        const state = JSON.parse(readFileSync(join(folder, 'deployment_state.json'), 'utf8')) as {
          decided: { hash: string }[];
        };
        const real = state.decided[0]?.hash ?? '';
        const never = 'f'.repeat(64);
        const forge = (text: string): string => text.replaceAll(real, never);
        rechain(folder, (lines) => lines.map(forge), forge);
        inJournal(folder, (db) => {
          db.prepare('UPDATE requests SET body = replace(body, ?, ?)').run(real, never);
        });
        for (const file of ['deployment_state.json', 'deployment_log.json'])
          inFile(join(folder, file), real, never);
      },
      /^deployments promotions rest on frozen evidence: step \d+: .* the arena never froze ffffffffffff/,
    ],
  ];

  it.each(TAMPERED)('names %s, and nothing else', (_what, spoil, named) => {
    const at = copy();
    spoil(at);
    const { code, failed } = verified(at);
    expect(failed).toEqual([expect.stringMatching(named)]);
    expect(code).toBe(3);
  });
});
