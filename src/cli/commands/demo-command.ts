import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { Problem } from '../../core/domain/problem.js';
import { fixed, grouped } from '../../reporting/text-table.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { foldersOf } from '../pipeline/processes.js';
import { parsePositionsState } from '../positions-state.js';
import { readBoard, readCandidates } from '../read-arena-files.js';
import { PROGRAM_FOLDER, compiledFile } from '../compiled.js';

const MAIN = fileURLToPath(compiledFile('cli/main.cjs'));
const ROSTER = join(PROGRAM_FOLDER, 'contestants/default-roster.json');
const HOUR_DAYS = String(1 / 24);

/** What a search for parameters could have found: the file that training leaves for the deployer. */
const TRIALS = [
  ['donchian-breakout', { entry: 12, exit: 200, stop: 0.2 }, 1.9],
  ['sma-cross', { fast: 8, slow: 60 }, 1.4],
  ['rsi-bands', { period: 9 }, 1.1],
].map(([kind, params, value], i) => ({ study: 'demo', number: i + 1, value, contestant: { kind, params } }));

/** `demo`: types the real commands, one after the other, and says what came of each. */
export function demoCommand(flags: { dir?: string; json?: boolean }): number {
  const output = createOutput(flags.json === true);
  const folder = folderFor(flags.dir);
  const startedAt = performance.now();
  const stage = stageIn(folder);
  const told: { step: string; text: string }[] = [];
  const tell = (step: string, text: string): void => {
    told.push({ step, text });
    output.say(`${pc.bold(step.padEnd(10))} ${text}`);
  };
  output.say(`The whole story with the real commands, on ${pc.yellow('GENERATED')} prices, in ${folder}\n`);

  writeFileSync(join(folder, 'deployments', 'trials', 'demo.json'), JSON.stringify(TRIALS, null, 2));
  tell('training', `left ${String(TRIALS.length)} trials in deployments/trials/demo.json, best value 1.9`);
  stage.run('arena', '--days', '10', '--quiet');
  stage.run('paper', '--once');
  const board = readBoard(stage.arena);
  const leader = board?.rows.find((row) => row.rank === 1);
  tell(
    'arena',
    `10 days, ${String(board?.rows.length ?? 0)} accounts on the same bars; leader ${leaderText(leader)}`,
  );
  stage.run('deployer', '--hybrid-mode', '--once');
  tell('deploy', `${stage.deployment()}: the best trial trades at once, the others enter the arena`);

  stage.advance('2');
  stage.advance(HOUR_DAYS);
  tell('trade', `2 days on paper: ${stage.account()}`);

  const candidate = readCandidates(stage.arena);
  if (candidate === undefined)
    throw new Problem('input', 'the demo found no candidate', { hint: 'report it' });
  const evidence = candidate.valid.at(-1)?.evidence;
  tell(
    'candidate',
    `${candidate.name}: ${fixed(evidence?.leadPoints, 2)} points over the champion after ${fixed(evidence?.ageHours, 0)} h, ` +
      `Sharpe ${fixed(evidence?.sharpe, 2)}; leading, not proven`,
  );
  const override = 'the demo shows an override; nobody should do this with money';
  stage.run('approve', '--yes', '--override', override);
  stage.run('deployer', '--hybrid-mode', '--once');
  tell('approve', `by hand with --override "${override}"`);

  const before = stage.positions();
  stage.advance(HOUR_DAYS);
  tell(
    'hand-over',
    `${stage.deployment()}, with ${String(before.positions.length)} open positions kept: ` +
      `equity ${grouped(before.portfolio_value, 2)} -> ${grouped(stage.positions().portfolio_value, 2)} USD one bar later`,
  );

  stage.advance(HOUR_DAYS);
  stage.run('arena', '--days', '1', '--quiet');
  const rounds = stage.positions().rounds;
  stage.crash('paper', '--once');
  const written = stage.positions().rounds - rounds;
  tell(
    'crash',
    `kill -9 in the middle of a day: ${String(written)} of its 24 bars are in the files, none half`,
  );
  stage.run('paper', '--once');
  tell('resume', `all 24 bars played once: ${stage.account()}`);

  stage.run('rollback', '--reason', 'the demo goes back');
  stage.run('deployer', '--hybrid-mode', '--once');
  stage.advance(HOUR_DAYS);
  tell('rollback', `${stage.deployment()}, on today's positions: ${stage.account()}`);
  stage.run('arena', 'verify', '--replay');
  tell('verify', 'every round played again from the candles gives the same hashes');

  const seconds = (performance.now() - startedAt) / 1000;
  output.say(`\n${fixed(seconds, 1)} s. Look at:`);
  for (const file of [
    'arena_state/leaderboard.txt',
    'deployments/deployment_log.json',
    'paper_trades/trades.csv',
  ])
    output.say(`  ${join(folder, file)}`);
  output.say('These prices are GENERATED. Nothing here says anything about a real market.');
  output.answer({ folder, seconds, steps: told });
  return EXIT.fine;
}

function folderFor(dir: string | undefined): string {
  const folder = dir === undefined ? mkdtempSync(join(tmpdir(), 'arena-demo-')) : resolve(dir);
  if (dir !== undefined && existsSync(folder))
    throw new Problem('usage', `${folder} exists already`, { hint: 'name a folder that is to be made' });
  mkdirSync(join(folder, 'deployments', 'trials'), { recursive: true });
  return folder;
}

function leaderText(row: Readonly<Record<string, unknown>> | undefined): string {
  const { name, returnPct } = row ?? {};
  if (typeof name !== 'string' || typeof returnPct !== 'number') return 'n/a';
  return `${name} ${returnPct >= 0 ? '+' : ''}${fixed(returnPct, 2)} %`;
}

type Positions = ReturnType<typeof parsePositionsState>;

interface Stage {
  readonly arena: string;
  /** Runs a command as a person would; what it says is shown only when it fails. */
  run(...args: string[]): void;
  /** Bars in the arena, then the paper trader, then the deployer. */
  advance(days: string): void;
  /** Starts a command that dies by SIGKILL in its work. */
  crash(...args: string[]): void;
  positions(): Positions;
  account(): string;
  deployment(): string;
}

function stageIn(folder: string): Stage {
  // The story needs the field that the product comes with: a model of somebody's own would be asked, and paid.
  mkdirSync(join(folder, 'contestants'));
  copyFileSync(ROSTER, join(folder, 'contestants', 'default-roster.json'));
  const place = foldersOf(folder);
  const paper = join(folder, 'paper_trades', 'positions_state.json');
  const start = (args: readonly string[], env: NodeJS.ProcessEnv): ReturnType<typeof spawnSync> =>
    // Subcommands come first, folders after them.
    spawnSync(process.execPath, [MAIN, ...args, ...place], { cwd: folder, encoding: 'utf8', env });
  const run = (...args: string[]): void => {
    const result = start(args, process.env);
    if (result.status !== 0)
      throw new Problem(
        'input',
        `${args.join(' ')} ended with ${String(result.status)}: ${String(result.stderr)}`,
      );
  };
  const positions = (): Positions => parsePositionsState(readFileSync(paper, 'utf8'), paper);
  return {
    arena: join(folder, 'arena_state'),
    run,
    advance(days) {
      run('arena', '--days', days, '--quiet');
      run('paper', '--once');
      run('deployer', '--hybrid-mode', '--once');
    },
    crash(...args) {
      const { signal } = start(args, { ...process.env, ARENA_FAULT: 'mid-group:12' });
      if (signal !== 'SIGKILL') throw new Error('the crash did not happen');
    },
    positions,
    account() {
      const { portfolio_value: equity, positions: open, rounds } = positions();
      return `equity ${grouped(equity, 2)} USD, ${String(open.length)} open position${open.length === 1 ? '' : 's'} after ${String(rounds)} bars`;
    },
    deployment() {
      const state = JSON.parse(
        readFileSync(join(folder, 'deployments', 'deployment_state.json'), 'utf8'),
      ) as { generation: number; champion: { name: string } | null };
      return `generation ${String(state.generation)} is ${state.champion?.name ?? 'nobody'}`;
    },
  };
}
