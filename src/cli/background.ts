import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArenaConfig } from './config/schema.js';
import { openLogFile } from './log-file.js';
import type { PaperFlags } from './paper-flags.js';
import { compiledFile } from './compiled.js';

const MAIN = fileURLToPath(compiledFile('cli/main.js'));

/** The folders and settings of this run, for another process of the same. */
export function placeArguments(values: ArenaConfig, flags: PaperFlags): string[] {
  return [
    ...['--state', resolve(values.state.folder)],
    ...['--deployments', resolve(values.deployments.folder)],
    ...['--paper', resolve(values.paper.folder)],
    ...['--contestants', resolve(values.contestants.folder)],
    ...(flags.config === undefined ? [] : ['--config', resolve(flags.config)]),
  ];
}

/** Starts this program in a session of its own, so that no terminal's signals reach it; what it says goes to a log. */
export function startInBackground(
  values: ArenaConfig,
  name: 'deployer' | 'paper',
  args: readonly string[],
): { readonly child: ChildProcess; readonly log: string } {
  const log = openLogFile(values, name);
  // A fault is meant for one process.
  const { ARENA_FAULT: _fault, ...env } = process.env;
  try {
    const child = spawn(process.execPath, [MAIN, name, ...args], {
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor],
      env,
    });
    child.unref();
    return { child, log: log.path };
  } finally {
    closeSync(log.descriptor);
  }
}
