import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiledFile } from './compiled.js';

const REPLACE_AFTER_MS = 100;

export interface WorkerCrew {
  /** Kills one of them, by a number from 0 to 1; another takes its place. */
  kill(draw: number): void;
  end(): Promise<void>;
}

/** Worker processes of one thread each; one that ends for whatever reason is replaced, as a supervisor would. */
export function startCrew(url: string, count: number): WorkerCrew {
  const children: ChildProcess[] = [];
  let isOver = false;
  const hire = (place: number): void => {
    if (isOver) return;
    const child = spawn(
      process.execPath,
      [fileURLToPath(compiledFile('cli/main.cjs')), 'worker', '--concurrency', '1'],
      { stdio: 'ignore', env: { ...process.env, REDIS_URL: url, ARENA_LOGS: 'off' } },
    );
    children[place] = child;
    child.on('exit', () => setTimeout(hire, REPLACE_AFTER_MS, place));
  };
  for (let place = 0; place < count; place++) hire(place);
  return {
    kill(draw) {
      children[Math.floor(draw * count)]?.kill('SIGKILL');
    },
    async end() {
      isOver = true;
      const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
      const gone = alive.map((child) => new Promise((done) => child.once('exit', done)));
      for (const child of alive) child.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}
