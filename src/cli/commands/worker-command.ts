import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../core/domain/problem.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { openJobRunner } from '../open-job-runner.js';
import { wholeBetween } from '../parse-number.js';
import { programVersion } from '../program-version.js';
import { listenForStop } from '../stop-signal.js';
import { TASKS, pingPayload } from '../tasks.js';
import { type WorkerWishes, workOnQueue } from '../wire.js';
import { type LogFlags, type LoggedOutput, withLog } from '../with-log.js';
import { type ProbeBoard, withProbes } from '../with-probes.js';
import { workerMetrics } from '../../app/metrics/worker-metrics.js';

interface WorkerFlags extends LogFlags {
  readonly concurrency?: string;
  readonly once?: boolean;
  readonly check?: boolean;
  readonly config?: string;
  readonly metricsPort?: string;
}

const MOST_THREADS = 256;
const STATUS_EVERY_MS = 5_000;
const CHECK_LIMIT_MS = 10_000;
/** Some milliseconds of work. */
const CHECK_ROUNDS = 10_000;

/** `worker`: serves all runs on a Redis until it is stopped. */
export async function workerCommand(flags: WorkerFlags): Promise<number> {
  if (flags.check === true) return check(createLines({ json: flags.json === true }));
  const { values } = configFor(flags);
  return withLog('worker', values, flags, (output) =>
    withProbes({ name: 'worker', values, port: flags.metricsPort, folder: undefined }, output, (probes) =>
      work(flags, createLines(flags, output), probes),
    ),
  );
}

async function work(flags: WorkerFlags, lines: Lines, probes: ProbeBoard): Promise<number> {
  const threads =
    flags.concurrency === undefined
      ? availableParallelism()
      : wholeBetween(flags.concurrency, '--concurrency', 1, MOST_THREADS, 'how many jobs at the same time');
  const version = programVersion();
  const counts = { done: 0, failed: 0, givenBack: 0, runs: 0 };
  probes.show(() => workerMetrics(counts));
  const stop = listenForStop(lines.say, 'when the jobs under way are finished or given back');
  const told: WorkerWishes['told'] = (event) => {
    lines.event(event.kind, event, wordsOf(event, version));
  };
  let lastStatus = '';
  const status = setInterval(() => {
    const text = `${String(counts.runs)} run${counts.runs === 1 ? '' : 's'}, ${String(counts.done)} jobs done, ${String(counts.failed)} failed`;
    if (text !== lastStatus) lines.event('status', counts, text);
    lastStatus = text;
  }, STATUS_EVERY_MS);
  try {
    await workOnQueue(
      process.env,
      {
        version,
        threads,
        told,
        tasks: Object.keys(TASKS),
        once: flags.once === true,
        stop: stop.signal,
        ready(shown) {
          probes.ready();
          const card = { redis: shown, threads, version, pid: process.pid };
          lines.event(
            'ready',
            card,
            `worker of ${version} on ${shown}, ${String(threads)} threads; waiting for runs`,
          );
        },
      },
      counts,
    );
  } finally {
    clearInterval(status);
    stop.dispose();
  }
  lines.event(
    'stopped',
    counts,
    `stopped: ${String(counts.done)} jobs done, ${String(counts.failed)} failed, ${String(counts.givenBack)} given back`,
  );
  return EXIT.fine;
}

interface Lines {
  readonly say: (text: string) => void;
  readonly event: (kind: string, fields: object, text: string) => void;
}

/** Lines for people, or for a machine; never both on stdout. With `logged` they are in the worker's log too. */
function createLines({ json = false, jsonLogs = false }: WorkerFlags, logged?: LoggedOutput): Lines {
  return {
    say(text) {
      if (logged === undefined) (json ? process.stderr : process.stdout).write(`${text}\n`);
      else logged.say(text);
    },
    event(kind, fields, text) {
      const at = new Date().toISOString();
      logged?.log.write('info', text, { ...fields, event: kind });
      if (jsonLogs) return;
      process.stdout.write(
        json ? `${JSON.stringify({ at, ...fields, event: kind })}\n` : `${at.slice(11, 19)} ${text}\n`,
      );
    },
  };
}

function wordsOf(event: Parameters<WorkerWishes['told']>[0], version: string): string {
  switch (event.kind) {
    case 'run-found':
      return `serving ${event.run}`;
    case 'run-ended':
      return `${event.run} has ended`;
    case 'other-version':
      return `${event.run} is of version ${event.version}, this is ${version}: its jobs are left to others`;
    case 'no-redis':
      return `Redis does not answer since ${new Date(event.sinceMs).toISOString().slice(11, 19)} UTC; waiting for it`;
    case 'redis-back':
      return 'Redis answers again';
  }
}

/** `worker --check`: one small job for whoever is there. */
async function check(lines: Lines): Promise<number> {
  const runner = await openJobRunner({ workers: 'bullmq' }, process.env, TASKS, lines.say);
  const waiting = new AbortController();
  try {
    const startMs = performance.now();
    const outcome = await Promise.race([
      runner.run({ id: 'check', task: 'ping', payload: pingPayload(CHECK_ROUNDS, new Uint8Array(0)) }),
      sleep(CHECK_LIMIT_MS, undefined, { signal: waiting.signal }),
    ]);
    if (outcome?.kind === 'done') {
      const ms = Math.round(performance.now() - startMs);
      lines.event('checked', { ms }, `a job came back after ${String(ms)} ms`);
      return EXIT.fine;
    }
    throw new Problem(
      'degraded',
      outcome === undefined
        ? `no worker took a job within ${String(CHECK_LIMIT_MS / 1000)} seconds (${runner.waitingFor() ?? 'they are busy'})`
        : `a worker failed: ${outcome.why}`,
      { hint: 'start one: REDIS_URL=... npm run worker' },
    );
  } finally {
    waiting.abort();
    await runner.close();
  }
}
