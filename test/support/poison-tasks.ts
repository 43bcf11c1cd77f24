import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './cli.js';

/** Tasks that no product should have, in a thread's module beside the real ones: it is written here, as threads run compiled code. */
export const POISON_TASKS = ['ping', 'throw', 'exit-thread', 'kill-process', 'sleep'] as const;

/** A module for threads: `doJob` with the real tasks and poisonous ones, which note each attempt in the file that is their payload. */
export function poisonThread(folder: string): URL {
  const file = join(folder, 'poison-thread.mjs');
  const from = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'dist', path)).href);
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs';
import { createTaskDoer } from ${from('app/do-task.js')};
import { TASKS } from ${from('cli/tasks.js')};
const note = (payload) => appendFileSync(new TextDecoder().decode(payload), 'x');
export const doJob = createTaskDoer({
  ...TASKS,
  throw(payload) { note(payload); throw new Error('thrown on purpose'); },
  'exit-thread'(payload) { note(payload); process.exit(7); },
  'kill-process'(payload) { note(payload); process.kill(process.pid, 'SIGKILL'); return new Promise(() => undefined); },
  async sleep(payload) { await new Promise((done) => setTimeout(done, payload[0] * 100)); return payload; },
});
`,
  );
  return pathToFileURL(file);
}

/** A program that is a worker with those tasks; it ends as the real one does. */
export function poisonWorker(folder: string): string {
  const thread = poisonThread(folder);
  const file = join(folder, 'poison-worker.mjs');
  const from = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'dist', path)).href);
  writeFileSync(
    file,
    `import { serveJobs } from ${from('adapters/jobs/serve-jobs.js')};
import { redisAddress } from ${from('adapters/jobs/redis-address.js')};
import { programVersion } from ${from('cli/program-version.js')};
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await serveJobs({
  address: redisAddress(process.env), version: process.env.WORKER_VERSION ?? programVersion(),
  tasks: ${JSON.stringify(POISON_TASKS)}, file: new URL(${JSON.stringify(thread.href)}), threads: 1,
  cacheFolder: undefined, told: () => undefined, stop: stop.signal,
}, { done: 0, failed: 0, givenBack: 0, runs: 0 });
`,
  );
  return file;
}
