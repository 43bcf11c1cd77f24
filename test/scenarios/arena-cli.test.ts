import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, ended, runCli, startCli, temporaryFolder, twoSecondsHere } from '../support/cli.js';
import { until } from '../support/until.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const state = (name: string): string => join(folder.path, name);
const arena = (name: string, ...args: string[]): CliResult =>
  runCli(['arena', '--state', state(name), ...args]);
const look = (name: string, command: string, ...args: string[]): CliResult =>
  runCli(['arena', command, '--state', state(name), ...args]);
const dump = (name: string): string => runCli(['arena', 'journal', 'dump', '--state', state(name)]).stdout;
const board = (name: string): string => readFileSync(join(state(name), 'leaderboard.txt'), 'utf8');

interface BoardFile {
  generated: boolean;
  observedRounds: number;
  cohorts: number;
  rows: {
    rank: number | null;
    id: string;
    name: string;
    role: string;
    status: string;
    reason: string;
    returnPct: number;
    trades: number;
    cohort: number | null;
  }[];
}
const boardJson = (name: string): BoardFile =>
  JSON.parse(readFileSync(join(state(name), 'leaderboard.json'), 'utf8')) as BoardFile;

describe('a first run without any flag but the state', () => {
  let result: CliResult;
  beforeAll(() => {
    result = arena('first', '--days', '20');
  });

  it('B-6: ends well, prints the board and says that prices are GENERATED', () => {
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('ARENA LEADERBOARD');
    expect(result.stdout).toContain('GENERATED');
    expect(result.stdout).toContain('What next:');
  });

  it('runs at least 40 contestants of 10 symbols besides benchmarks and placebos', () => {
    const { rows, generated } = boardJson('first');
    expect(generated).toBe(true);
    expect(rows.filter((row) => row.role === 'contestant').length).toBeGreaterThanOrEqual(40);
    expect(rows.filter((row) => row.role === 'benchmark').length).toBeGreaterThanOrEqual(12);
    expect(rows.filter((row) => row.role === 'placebo').length).toBe(24);
  });

  it('writes a board of at most 120 columns that lines up', () => {
    const lines = board('first').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    const head = lines.findIndex((line) => line.startsWith('Rank  Name'));
    const columns = (lines[head] ?? '').indexOf('Return %') + 'Return %'.length;
    for (const line of lines.slice(head + 1, head + 30)) expect(line.slice(0, columns)).toMatch(/(\d|n\/a)$/);
  });

  it('A-53: ranks by return, and those that never traded below all that did', () => {
    const ranked = boardJson('first').rows.filter((row) => row.rank !== null);
    const traders = ranked.filter((row) => row.status !== 'never-traded').map((row) => row.returnPct);
    expect(traders).toEqual([...traders].sort((a, b) => b - a));
    expect(ranked.slice(0, traders.length).every((row) => row.status !== 'never-traded')).toBe(true);
  });

  it('goes on by itself from where it stood', () => {
    const again = arena('first', '--quiet', '--json');
    const answer = JSON.parse(again.stdout) as { rounds: number; seq: number };
    expect(answer).toMatchObject({ rounds: 7 * 24, seq: 27 * 24 });
  });

  it('B-37: verifies, also by playing everything again', () => {
    const verified = look('first', 'verify', '--replay', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
    expect(verified.code).toBe(0);
  });

  it('is not running any more, and status says so with its exit code', () => {
    const status = look('first', 'status', '--json');
    expect(status.code).toBe(5);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: false, rounds: 27 * 24 });
  });

  it('whose heartbeat is torn has a status all the same', () => {
    const path = join(state('first'), '.heartbeat');
    const whole = readFileSync(path, 'utf8');
    for (const torn of ['\n', whole.slice(0, 30), '7']) {
      writeFileSync(path, torn);
      const status = look('first', 'status');
      expect(status.code, status.stderr).toBe(5);
      expect(status.stdout).toMatch(/^heartbeat +torn$/m);
    }
    writeFileSync(path, whole);
  });

  it('answers machines on stdout alone', () => {
    expect(() => JSON.parse(look('first', 'leaderboard', '--json').stdout) as unknown).not.toThrow();
    expect(() => JSON.parse(look('first', 'config', '--json').stdout) as unknown).not.toThrow();
  });

  it('keeps at most 200 points of history per account', () => {
    const content = JSON.parse(readFileSync(join(state('first'), 'arena_state.json'), 'utf8')) as {
      portfolios: Record<string, { value_history: unknown[]; trade_history: unknown[] }>;
    };
    const accounts = Object.values(content.portfolios);
    expect(accounts.length).toBeGreaterThan(40);
    expect(Math.max(...accounts.map((account) => account.value_history.length))).toBeLessThanOrEqual(200);
    expect(Math.max(...accounts.map((account) => account.trade_history.length))).toBeLessThanOrEqual(100);
  });
});

describe('a market of one symbol', () => {
  const flags = ['--symbols', 'BTC-USDT', '--days', '1'];
  const LACK = 'needs at least 2 symbols, the market has 1';

  it('is played with the shipped contestants: those that need more are named, and the others run', () => {
    const result = arena('alone', ...flags);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toMatch(
      /not running: momentum 72 .*\(needs at least 2 symbols, the market has 1\)/,
    );
    expect(result.stdout).toContain(`not running: 60/40 of the majors (${LACK})`);
    expect(board('alone')).toContain(LACK);
    expect(boardJson('alone').rows.some(({ name }) => name.startsWith('sma 6/48'))).toBe(true);
  });

  it('goes on with them, and replays to the same bytes', () => {
    expect(arena('alone', '--quiet', '--days', '1').code).toBe(0);
    expect(look('alone', 'verify', '--replay').code).toBe(0);
    expect(dump('alone').match(/"event":"absent"/g) ?? []).toHaveLength(1);
  });

  it('refuses a contestant that names too few itself', () => {
    const contestants = join(folder.path, 'too-few');
    mkdirSync(contestants);
    const entry = { kind: 'momentum-rotation', symbols: ['BTC-USDT'] };
    writeFileSync(join(contestants, 'a.json'), JSON.stringify(entry));
    const result = arena('too-few-state', ...flags, '--contestants', contestants);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('a.json.symbols: momentum-rotation needs at least 2 symbols, got 1');
  });
});

describe('the same inputs give the same bytes', () => {
  beforeAll(() => {
    arena('whole', '--to', '2026-01-24', '--quiet');
  });

  it('C-10: in two runs', () => {
    arena('twin', '--to', '2026-01-24', '--quiet');
    expect(dump('twin')).toBe(dump('whole'));
    expect(board('twin')).toBe(board('whole'));
  });

  it('A-24: whatever interruptions come between', () => {
    arena('pieces', '--once', '--quiet');
    arena('pieces', '--once', '--quiet');
    arena('pieces', '--days', '3', '--quiet');
    arena('pieces', '--to', '2026-01-15', '--quiet');
    arena('pieces', '--to', '2026-01-24', '--quiet');
    expect(dump('pieces')).toBe(dump('whole'));
    expect(board('pieces')).toBe(board('whole'));
  });

  it('after Ctrl-C at any moment, which ends within two seconds', async () => {
    const child = startCli([
      'arena',
      '--state',
      state('stopped'),
      '--to',
      '2026-01-24',
      '--speed',
      '60',
      '--quiet',
    ]);
    await until('it plays', () => {
      const running = look('stopped', 'status', '--json');
      return running.code === 0 && (JSON.parse(running.stdout) as { rounds: number }).rounds > 20;
    });
    const second = arena('stopped', '--once');
    expect(second.code, 'a second arena on the same folder is refused').toBe(4);
    expect(second.stderr).toContain('in use by process');
    const limitMs = twoSecondsHere();
    const at = performance.now();
    child.kill('SIGINT');
    expect((await ended(child)).code).toBe(0);
    expect(performance.now() - at).toBeLessThan(limitMs);
    arena('stopped', '--to', '2026-01-24', '--quiet');
    expect(dump('stopped')).toBe(dump('whole'));
    expect(board('stopped')).toBe(board('whole'));
  });

  it('after kill -9 at named and random moments: nothing lost, nothing doubled', () => {
    const result = runCli(['torture', '--kills', '7', '--json']);
    expect(JSON.parse(result.stdout)).toMatchObject({ kills: 7, lost: 0, doubled: 0, same: true });
    expect(result.code).toBe(0);
  }, 300_000);
});

describe('an existing state', () => {
  beforeAll(() => {
    arena('kept', '--days', '9', '--quiet');
  });

  it('refuses another market, and names the way out', () => {
    const result = arena('kept', '--seed', '7');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('--fresh');
  });

  it('is back in its place where nothing began, as another option was wrong', () => {
    const [before, names] = [dump('kept'), readdirSync(state('kept'))];
    const result = arena('kept', '--fresh', '--threads', 'abc');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('the old state is back in its place');
    expect(dump('kept')).toBe(before);
    expect(readdirSync(state('kept')).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(
      names.filter((name) => !/-(wal|shm)$/.test(name)),
    );
  });

  it('A-27: is moved aside by --fresh, never deleted', () => {
    const before = board('kept');
    const result = arena('kept', '--fresh', '--seed', '7', '--days', '8', '--quiet');
    expect(result.code).toBe(0);
    const aside = readdirSync(state('kept')).find((name) => name.startsWith('aside-'));
    expect(readFileSync(join(state('kept'), aside ?? '', 'leaderboard.txt'), 'utf8')).toBe(before);
    expect(boardJson('kept').observedRounds).toBe(8 * 24);
  });
});

describe('contestants that come and go', () => {
  const file = join(folder.path, 'mine.json');
  beforeAll(() => {
    writeFileSync(file, JSON.stringify({ title: 'mine', kind: 'sma-cross', params: { fast: 3, slow: 50 } }));
    arena('guests', '--days', '10', '--quiet');
  });

  it('A-19: a late one trades from the next bar, stands unranked, and waits for the Monday cohort', () => {
    expect(look('guests', 'add', file).code);
    arena('guests', '--days', '2', '--quiet');
    const row = boardJson('guests').rows.find((candidate) => candidate.name === 'mine');
    expect(row).toMatchObject({ rank: null, status: 'young', reason: '48 h of 168', cohort: null });
    arena('guests', '--days', '7', '--quiet');
    expect(boardJson('guests').cohorts).toBe(2);
    expect(boardJson('guests').rows.find((candidate) => candidate.name === 'mine')?.cohort).toBe(2);
  });

  it('A-19: entering the same one again changes nothing: its clock goes on', () => {
    const before = boardJson('guests').rows.length;
    look('guests', 'add', file);
    const result = arena('guests', '--days', '1');
    expect(result.stdout).toContain('refused (0 joined, 1 known already)');
    expect(boardJson('guests').rows.length).toBe(before);
  });

  it('a retired one keeps its record and leaves the ranking', () => {
    expect(look('guests', 'retire', 'mine', '--reason', 'seen enough').code).toBe(0);
    arena('guests', '--days', '8', '--quiet');
    const row = boardJson('guests').rows.find((candidate) => candidate.name === 'mine');
    expect(row).toMatchObject({ rank: null, status: 'retired', reason: 'seen enough', cohort: 2 });
    expect(look('guests', 'verify', '--replay').code).toBe(0);
  });

  it('a contestant nobody knows cannot retire', () => {
    const result = look('guests', 'retire', 'nobody');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('no contestant "nobody"');
  });

  it('rubbish in the inbox is set aside with a reason and the arena goes on', () => {
    const inbox = join(state('guests'), 'inbox');
    mkdirSync(inbox, { recursive: true });
    writeFileSync(join(inbox, 'half.json'), '{"id": "half", ');
    writeFileSync(join(inbox, 'shape.json'), '{"kind": "launch"}');
    const result = arena('guests', '--days', '1');
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('half.json');
    expect(existsSync(join(state('guests'), 'inbox-rejected', 'half.json.why.txt'))).toBe(true);
    expect(readdirSync(inbox)).toEqual([]);
  });
});

describe('longer timeframes and breakers', () => {
  it('go through stop, resume, reset and replay', () => {
    const contestants = join(folder.path, 'mixed-contestants');
    mkdirSync(contestants);
    const breakers = { drawdownFraction: 0.05, lossStreakSizing: true, cooldownBars: 3 };
    const cross = {
      title: 'guarded',
      kind: 'sma-cross',
      timeframe: '4h',
      params: { fast: 3, slow: 10, stop: 0.03 },
      breakers,
    };
    const daily = { kind: 'rsi-bands', timeframe: '1d', params: { period: 3, low: 45, high: 60 } };
    writeFileSync(join(contestants, 'mixed.json'), JSON.stringify([cross, daily, { kind: 'buy-and-hold' }]));
    const run = (days: string): CliResult =>
      arena('mixed', '--contestants', contestants, '--days', days, '--quiet');
    expect(run('25').code).toBe(0);
    expect(run('15').code).toBe(0);
    expect(look('mixed', 'reset-breakers', 'guarded').code).toBe(0);
    expect(run('20').code).toBe(0);
    expect(look('mixed', 'verify', '--replay').code).toBe(0);
    const events = dump('mixed')
      .split('\n')
      .filter((line) => line.includes('"event":"breaker'));
    expect(events.some((line) => line.includes('breaker-tripped'))).toBe(true);
    expect(events.some((line) => line.includes('breakers-reset'))).toBe(true);
  });
});

describe('damage is told and never overwritten', () => {
  beforeAll(() => {
    arena('sound', '--days', '9', '--quiet');
  });
  const copy = (name: string): string => {
    mkdirSync(state(name));
    for (const file of ['journal.sqlite', 'leaderboard.txt', 'leaderboard.json', 'arena_state.json'])
      copyFileSync(join(state('sound'), file), join(state(name), file));
    return join(state(name), 'journal.sqlite');
  };

  it('A-23: a truncated journal stops every command with exit code 3 and stays as it is', () => {
    const journal = copy('cut');
    truncateSync(journal, 20_000);
    const before = readFileSync(journal);
    const result = arena('cut');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('damaged');
    expect(result.stderr).toContain('--fresh');
    expect(readFileSync(journal).equals(before)).toBe(true);
    expect(look('cut', 'status').code).toBe(3);
    expect(arena('cut', '--fresh', '--days', '8', '--quiet').code).toBe(0);
  });

  it('A-23: an empty journal beside a board is damage, not a new arena', () => {
    const journal = copy('empty');
    truncateSync(journal, 0);
    expect(arena('empty').code).toBe(3);
  });

  it('a journal of another program is refused', () => {
    mkdirSync(state('other'));
    const db = new Database(join(state('other'), 'journal.sqlite'));
    db.exec('CREATE TABLE cats (name TEXT)');
    db.close();
    const result = arena('other');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('not an arena');
  });

  it('verify finds one changed fill', () => {
    const db = new Database(copy('forged'));
    const row = db.prepare('SELECT seq, body FROM fills ORDER BY seq LIMIT 1').get() as {
      seq: number;
      body: Buffer;
    };
    row.body.writeDoubleLE(123, 5 * 8);
    db.prepare('UPDATE fills SET body = ? WHERE seq = ?').run(row.body, row.seq);
    db.close();
    const result = look('forged', 'verify');
    expect(result.code).toBe(3);
    expect(result.stdout).toMatch(/FAILED +hash chain: round \d+ .* was changed/);
  });

  it('verify finds an edited board, and the next run writes it anew', () => {
    copy('edited');
    writeFileSync(join(state('edited'), 'leaderboard.txt'), 'we are all rich');
    expect(look('edited', 'verify').code).toBe(1);
    arena('edited', '--days', '1', '--quiet');
    expect(look('edited', 'verify').code).toBe(0);
  });

  it('a state folder that is a file is an input error with a hint', () => {
    writeFileSync(state('file'), 'no folder');
    const result = arena('file');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(state('file'));
  });

  it('a folder without an arena is not running', () => {
    expect(look('nowhere', 'status').code).toBe(5);
    expect(look('nowhere', 'leaderboard').code).toBe(5);
  });
});

describe('usage', () => {
  it('a reader that has seen enough stops nothing: the run ends well without it', async () => {
    const child = startCli(['arena', '--state', state('unread'), '--days', '3']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await ended(child)).toEqual({ code: 0, signal: null });
    expect(existsSync(join(state('unread'), 'leaderboard.txt'))).toBe(true);
  });

  it('every command explains itself', () => {
    for (const command of [
      [],
      ['leaderboard'],
      ['status'],
      ['verify'],
      ['add'],
      ['retire'],
      ['config'],
      ['journal', 'dump'],
    ]) {
      const result = runCli(['arena', ...command, '--help']);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain('Usage:');
    }
  });

  it.each([
    [['arena', '--speeed', '5'], '--speed'],
    [['arena', 'leaderbord'], 'leaderboard'],
    [['arena', '--timeframe', '2h'], 'bar length'],
    [['arena', '--speed', 'fast'], '--speed "fast"'],
    [['arena', '--from', 'yesterday'], '2025-09-01'],
    [['arena', '--from', '2025-02-30'], 'not a date'],
    [['backtest', '--kind', 'sma-corss'], 'sma-cross'],
    [['backtest', '--kind', 'sma-cross', '--params', '{fast:1}'], 'column'],
    [['backtest', '--kind', 'sma-cross', '--params', '{"fast":50,"slow":20}'], 'smaller than slow'],
  ])('%j ends with 2 and a hint', (args, hint) => {
    const result = runCli([...args, ...(args[0] === 'arena' ? ['--state', state('usage')] : [])]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(hint);
  });
});
