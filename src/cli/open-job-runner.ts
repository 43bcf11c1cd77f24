import { inProcessJobs } from '../app/in-process-jobs.js';
import { Problem } from '../core/domain/problem.js';
import type { JobRunner, TaskTable } from '../ports/job-runner.js';
import { wholeBetween } from './parse-number.js';
import { programVersion } from './program-version.js';
import { queueJobs, sha256, threadJobs } from './wire.js';

/** `--threads N` and `--workers bullmq`, as commands have them. */
export interface JobFlags {
  readonly threads?: string;
  readonly workers?: string;
}

export interface OpenedJobs extends JobRunner {
  /** What the jobs wait for, for people; undefined while they are done. */
  waitingFor(): string | undefined;
}

const MOST_THREADS = 256;

/** Who does the jobs: this process, its threads, or workers. `say` hears when somebody must be waited for, and when no more. */
export async function openJobRunner(
  { threads, workers }: JobFlags,
  env: Readonly<Record<string, string | undefined>>,
  tasks: TaskTable,
  say: (text: string) => void,
): Promise<OpenedJobs> {
  if (threads !== undefined && workers !== undefined)
    throw new Problem('usage', '--threads and --workers are two ways to do the same work', {
      hint: 'give one of them; a worker has threads of its own (npm run worker -- --concurrency N)',
    });
  if (workers !== undefined) {
    if (workers !== 'bullmq')
      throw new Problem('usage', `--workers "${workers}": there are only workers on BullMQ`, {
        hint: '--workers bullmq, with REDIS_URL in the environment',
      });
    return openQueue(env, say);
  }
  const count = threads === undefined ? 1 : wholeBetween(threads, '--threads', 1, MOST_THREADS);
  const runner = count === 1 ? inProcessJobs(tasks, sha256) : await threadJobs(count);
  return withState(runner, () => undefined);
}

async function openQueue(
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): Promise<OpenedJobs> {
  let waiting: string | undefined;
  let said = '';
  const runner = await queueJobs(env, programVersion(), ({ kind }, text) => {
    waiting = kind === 'working' ? undefined : text;
    if (text !== said) say(text);
    said = text;
  });
  return withState(runner, () => waiting);
}

function withState(runner: JobRunner, waitingFor: () => string | undefined): OpenedJobs {
  return {
    // How many are worth it changes as workers come and go.
    get parallel() {
      return runner.parallel;
    },
    get threads() {
      return runner.threads;
    },
    offerMarket: (table) => runner.offerMarket(table),
    run: (job) => runner.run(job),
    close: () => runner.close(),
    waitingFor,
  };
}
