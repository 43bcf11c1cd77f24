import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ArenaConfig } from './config/schema.js';

/** Who runs for long and keeps a log. */
export type LoggingProcess = 'arena' | 'deployer' | 'paper' | 'worker';

/** `logs.folder` with this name: no log is kept. */
const NO_LOGS = 'off';
/** In the environment of a process that was started in the background: the start that its files are named after. */
export const BACKGROUND_START = 'ARENA_BACKGROUND_START';

/** A relative `logs.folder` lies beside the deployer's folder. Undefined where no log is kept. */
export function logFolder(values: Pick<ArenaConfig, 'logs' | 'deployments'>): string | undefined {
  if (values.logs.folder === NO_LOGS) return undefined;
  return resolve(dirname(resolve(values.deployments.folder)), values.logs.folder);
}

/** Names sort by time: `20260105T100000-000Z`. */
export function startStamp(date: Date): string {
  return date.toISOString().replace(/[-:]/g, '').replace('.', '-');
}

export interface BackgroundFiles {
  readonly stamp: string;
  /** What the process says before it has a log, and what the system says when it dies; to be closed by whoever asked. */
  readonly descriptor: number;
  readonly rawPath: string;
  /** Where its log will be; the raw file where none is kept. */
  readonly logPath: string;
}

/** Files of a process that is about to be started in the background. */
export function openBackgroundFiles(values: ArenaConfig, name: LoggingProcess): BackgroundFiles {
  const folder = logFolder(values);
  const stamp = startStamp(new Date());
  if (folder === undefined)
    return { stamp, descriptor: openSync('/dev/null', 'a'), rawPath: '/dev/null', logPath: '/dev/null' };
  mkdirSync(folder, { recursive: true });
  const rawPath = join(folder, `${name}-${stamp}.out`);
  const descriptor = openSync(rawPath, 'a', 0o600);
  return { stamp, descriptor, rawPath, logPath: join(folder, `${name}-${stamp}.log`) };
}

export function closeBackgroundFiles({ descriptor }: BackgroundFiles): void {
  closeSync(descriptor);
}
