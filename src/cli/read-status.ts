/** What arena, deployer and paper trader leave to be seen. Reads only; what is missing or torn is named, not fatal. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseSettings } from '../app/arena-settings.js';
import { followArena } from '../app/follow-arena.js';
import { HOUR_MS, timeframeMs } from '../core/domain/time.js';
import type { ProcessStatus, SystemStatus } from '../reporting/status-text.js';
import type { ArenaConfig } from './config/schema.js';
import { readBoard, reviewOf } from './read-arena-files.js';
import { type Heartbeat, readHeartbeat } from './read-heartbeat.js';
import { stateOfProcess } from './state-of-process.js';
import { holderOf } from './verified-holder.js';
import { folderProjections, inboxOf, journalOf } from './wire.js';

const deploymentSchema = z.looseObject({
  generation: z.int(),
  champion: z.looseObject({ name: z.string() }).nullable(),
  paper_trader: z.looseObject({ state: z.string(), restarts: z.int() }).nullish(),
});
const accountSchema = z.looseObject({
  generation: z.int(),
  next_bar: z.string(),
  latch: z.string().nullable(),
  fault: z.string().nullable(),
});
const candidateSchema = z.looseObject({ name: z.string(), verdict: z.string() });

export function readStatus(values: ArenaConfig, nowMs: number): SystemStatus {
  const folders = {
    arena: resolve(values.state.folder),
    deployer: resolve(values.deployments.folder),
    paper: resolve(values.paper.folder),
  };
  const troubles: string[] = [];
  /** What cannot be read becomes a trouble. */
  const attempt = <T>(what: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      troubles.push(`${what}: ${error instanceof Error ? error.message : 'cannot be read'}`);
      return otherwise;
    }
  };
  const file = <T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined =>
    attempt(
      join(folder, name),
      () => {
        const text = folderProjections(folder).read(name);
        if (text === undefined) return undefined;
        const parsed = schema.safeParse(parsedJson(text));
        if (!parsed.success) throw new Error('is torn or not what it should be');
        return parsed.data;
      },
      undefined,
    );
  const deployment = file(folders.deployer, 'deployment_state.json', deploymentSchema);
  const account = file(folders.paper, 'positions_state.json', accountSchema);
  const candidate = file(folders.arena, 'promotion_candidate.json', candidateSchema);
  const review = attempt(folders.arena, () => reviewOf(readBoard(folders.arena)), undefined);
  if (review !== undefined) troubles.push(review);
  const arena = followArena(() => journalOf(folders.arena, true));
  const clockMs = attempt(folders.arena, () => arena.clock(), NaN);
  const barMs = attempt(folders.arena, () => barLength(arena.settings(), folders.arena), NaN);

  const statusOf = (
    name: ProcessStatus['name'],
    folder: string,
    barOf: (heartbeat: Heartbeat | undefined) => number,
  ): ProcessStatus => {
    const read = attempt(folder, () => readHeartbeat(folder), undefined);
    if (read === 'torn') troubles.push(`${join(folder, '.heartbeat')}: is torn or not what it should be`);
    const heartbeat = read === 'torn' ? undefined : read;
    const holder = attempt(folder, () => holderOf(folder), null);
    const { state, heartbeatAgeSeconds: age } = stateOfProcess(holder, heartbeat, nowMs);
    if (state === 'not running' || state === 'stale')
      troubles.push(
        state === 'stale' ? `${name}: its lock is held, but it gives no sign` : `${name}: not running`,
      );
    const faulty = heartbeat?.faultyContestants ?? 0;
    if (faulty > 0) troubles.push(`${name}: ${String(faulty)} contestants at fault`);
    if (state === 'running' && heartbeat?.waitingFor !== undefined)
      troubles.push(`${name}: ${heartbeat.waitingFor}`);
    const ownBarMs = barOf(heartbeat);
    return {
      name,
      state,
      pid: typeof holder === 'number' ? holder : null,
      heartbeatAgeSeconds: age,
      bar: Number.isNaN(ownBarMs) ? null : new Date(ownBarMs).toISOString(),
      hoursBehind: name === 'arena' ? null : orNull((clockMs - ownBarMs) / HOUR_MS),
      requestsWaiting: attempt(
        join(folder, 'inbox'),
        () => (existsSync(join(folder, 'inbox')) ? inboxOf(folder).read().messages.length : 0),
        0,
      ),
      lastError: heartbeat?.lastError ?? null,
    };
  };
  const processes = [
    statusOf('arena', folders.arena, () => clockMs),
    statusOf('deployer', folders.deployer, (heartbeat) => Date.parse(heartbeat?.bar ?? '')),
    statusOf('paper trader', folders.paper, () => Date.parse(account?.next_bar ?? '') - barMs),
  ];
  const supervisor = deployment?.paper_trader ?? null;
  if (supervisor?.state === 'circuit-open')
    troubles.push('the deployer has given up the paper trader: see its log, then restart the deployer');
  if (account !== undefined && account.fault !== null) troubles.push(`paper account: ${account.fault}`);
  if (account !== undefined && account.latch !== null)
    troubles.push(`paper account: no entries (${account.latch})`);
  return {
    processes,
    champion: deployment?.champion?.name ?? null,
    generationWanted: deployment?.generation ?? null,
    generationRunning: account?.generation ?? null,
    candidate: candidate === undefined ? null : { name: candidate.name, verdict: candidate.verdict },
    supervisor: supervisor === null ? null : { state: supervisor.state, restarts: supervisor.restarts },
    latch: account?.latch ?? null,
    troubles,
  };
}

function barLength(settings: string | undefined, folder: string): number {
  return settings === undefined ? NaN : timeframeMs(parseSettings(settings, folder).market.timeframe);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
