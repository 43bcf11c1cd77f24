import type { Command } from 'commander';
import type { Done } from './arena.js';
import { withLogOptions } from './folder-options.js';

const EXAMPLES = `
Examples:
  REDIS_URL=redis://127.0.0.1:6379 npm run worker
  REDIS_URL=rediss://user:password@host:6380 npm run worker -- --concurrency 8
  REDIS_URL=redis://127.0.0.1:6379 npm run worker -- --check

A worker needs REDIS_URL and nothing else: it finds every arena and sweep that was started with --workers bullmq on
that Redis, takes their jobs, and owns nothing. It may be killed at any time; SIGTERM lets it finish its jobs first.

Exit codes: 0 stopped in order, 1 the Redis cannot be used (with --check also: no worker answered), 2 wrong usage.`;

/** `worker`: does jobs of arenas and sweeps that run elsewhere. */
export function addWorkerCommand(program: Command, done: Done): void {
  const worker = program
    .command('worker')
    .description('do jobs of arenas and sweeps that run with --workers bullmq, found through REDIS_URL')
    .addHelpText('after', EXAMPLES)
    .option('--concurrency <n>', 'threads; as many as this machine has processors when absent')
    .option('--once', 'end when the runs that were found have ended')
    .option('--check', 'send a small job to the workers that are there, and say whether it came back')
    .option('--json', 'one JSON object a line on stdout, words on stderr')
    .option('--config <file>', 'settings file of logs and metrics (default arena.config.json)');
  withLogOptions(worker).action(async (_options, command: Command) => {
    const { workerCommand } = await import('./worker-command.js');
    done(await workerCommand(command.opts()));
  });
}
