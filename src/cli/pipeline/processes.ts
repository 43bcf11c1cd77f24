import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const NAMES = ['arena', 'deployer', 'paper'] as const;
export type Name = (typeof NAMES)[number];

/** One process of the story, which may be killed and started again. */
export interface Actor {
  start(fault?: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the present process has ended. */
  readonly ended: Promise<void>;
  running(): boolean;
  /** Undefined while it runs or when a signal ended it. */
  code(): number | null | undefined;
  readonly name: Name;
}

export interface Stage {
  /** Entry point of the program. */
  readonly main: string;
  /** Working folder, with settings and contestants. */
  readonly root: string;
  /** Holds `arena_state`, `deployments` and `paper_trades`. */
  readonly folder: string;
  /** `--to` of the arena. */
  readonly end: string;
}

export function foldersOf(folder: string): string[] {
  return [
    ...['--state', join(folder, 'arena_state')],
    ...['--deployments', join(folder, 'deployments')],
    ...['--paper', join(folder, 'paper_trades')],
    ...['--contestants', 'contestants'],
  ];
}

export function argumentsOf(name: Name, { folder, end }: Stage): string[] {
  const place = foldersOf(folder);
  if (name === 'arena') return ['arena', ...place, '--to', end, '--lock-step', '--quiet'];
  return name === 'deployer' ? ['deployer', ...place, '--hybrid-mode', '--lock-step'] : ['paper', ...place];
}

export function actor(name: Name, stage: Stage): Actor {
  let child: ChildProcess | undefined;
  let code: number | null | undefined;
  let ended = Promise.resolve();
  let said = '';
  return {
    name,
    start(fault) {
      const { ARENA_FAULT: _fault, ...env } = process.env;
      code = undefined;
      said = '';
      const started = spawn(process.execPath, [stage.main, ...argumentsOf(name, stage)], {
        cwd: stage.root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: fault === undefined ? env : { ...env, ARENA_FAULT: fault },
      });
      child = started;
      started.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2000);
      });
      ended = new Promise((done, fail) => {
        started.on('exit', (exitCode, signal) => {
          child = undefined;
          code = exitCode;
          // Also a stop that came before it listened for one.
          if (signal !== null || exitCode === 0) done();
          else fail(new Error(`${name} ended with exit code ${String(exitCode)}: ${said}`));
        });
      });
      // Whoever waits hears of it; until somebody does, it must not end this process.
      ended.catch(() => undefined);
    },
    kill(signal) {
      child?.kill(signal);
    },
    get ended() {
      return ended;
    },
    running: () => child !== undefined,
    code: () => code,
  };
}
