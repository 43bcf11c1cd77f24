import { type ChildProcess, spawn } from 'node:child_process';
import { ended, startCli } from './cli.js';

/** A worker as people start it, or another program that is one. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  said(): string;
  readonly end: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const running = new Set<WorkerProcess>();

export function startWorker(
  url: string,
  env: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): WorkerProcess {
  return watch(
    startCli(['worker', '--concurrency', '1', ...args], { ARENA_LOGS: 'off', ...env, REDIS_URL: url }),
  );
}

export function startWorkerProgram(
  file: string,
  url: string,
  env: Readonly<Record<string, string>> = {},
): WorkerProcess {
  return watch(
    spawn(process.execPath, [file], {
      env: { ...process.env, ARENA_LOGS: 'off', ...env, REDIS_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

function watch(child: ChildProcess): WorkerProcess {
  let text = '';
  const take = (part: Buffer): void => {
    text += part.toString();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const worker: WorkerProcess = { child, said: () => text, end: ended(child) };
  running.add(worker);
  void worker.end.then(() => running.delete(worker));
  return worker;
}

/** Those of this test that still run, by their own process ids. */
export async function killWorkers(): Promise<void> {
  const left = [...running];
  for (const { child } of left) child.kill('SIGKILL');
  await Promise.all(left.map(({ end }) => end));
}
