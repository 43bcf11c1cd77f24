import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArenaConfig } from './config/schema.js';
import {
  BACKGROUND_START,
  type LoggingProcess,
  closeBackgroundFiles,
  openBackgroundFiles,
} from './log-file.js';
import type { PaperFlags } from './paper-flags.js';
import { compiledFile } from './compiled.js';

const MAIN = fileURLToPath(compiledFile('cli/main.cjs'));

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

export interface InBackground {
  readonly child: ChildProcess;
  /** What it says, as JSON lines. */
  readonly log: string;
  /** What it said before it had a log, and how it died. */
  readonly raw: string;
}

/** Starts this program in a session of its own, so that no terminal's signals reach it; what it says goes to a log. */
export function startInBackground(
  values: ArenaConfig,
  name: LoggingProcess,
  args: readonly string[],
): InBackground {
  const files = openBackgroundFiles(values, name);
  // A fault is meant for one process.
  const { ARENA_FAULT: _fault, ...env } = process.env;
  try {
    const child = spawn(process.execPath, [MAIN, name, ...args], {
      detached: true,
      stdio: ['ignore', files.descriptor, files.descriptor],
      env: { ...env, [BACKGROUND_START]: files.stamp },
    });
    child.unref();
    return { child, log: files.logPath, raw: files.rawPath };
  } finally {
    closeBackgroundFiles(files);
  }
}
