import { mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ArenaConfig } from './config/schema.js';

/** Older logs of the same process are deleted. */
const KEPT = 20;

export interface LogFile {
  readonly path: string;
  /** Open for appending; to be closed by whoever asked. */
  readonly descriptor: number;
}

/** A new log for a process in the background. A relative `logs.folder` lies beside the deployer's folder. */
export function openLogFile(values: ArenaConfig, name: 'deployer' | 'paper'): LogFile {
  const folder = resolve(dirname(resolve(values.deployments.folder)), values.logs.folder);
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('.', '-');
  const path = join(folder, `${name}-${stamp}.log`);
  const descriptor = openSync(path, 'a');
  const logs = readdirSync(folder).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.log'));
  for (const old of logs.toSorted().slice(0, -KEPT)) rmSync(join(folder, old), { force: true });
  return { path, descriptor };
}
