import { join, resolve } from 'node:path';
import type { TrialArchive } from '../ports/trial-source.js';
import type { ArenaFlags } from './arena-config.js';
import type { ArenaConfig } from './config/schema.js';
import { trialSource } from './wire.js';

/** Flags of the commands about trials, as commander gives them. */
export type TrialFlags = ArenaFlags & {
  readonly study?: string;
  readonly limit?: string;
  readonly kind?: string;
  readonly mapping?: string;
  readonly dryRun?: boolean;
};

/** Where trials as JSON lie. */
export function trialsFolder(values: ArenaConfig): string {
  return join(resolve(values.deployments.folder), 'trials');
}

/** The trials that the deployer would see. */
export function allTrials(values: ArenaConfig, study?: string): TrialArchive {
  return trialSource(trialsFolder(values), values.trials.sources, study);
}
