/**
 * How arena, deployer and paper trader are, from locks, heartbeats and the first bytes of their journals. No database is opened
 * but the lock, for SQLite would put files beside one that is closed: a probe leaves every folder as it found it.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem } from '../core/domain/problem.js';
import { timeframeMs } from '../core/domain/time.js';
import type { HealthProcess, ProcessHealth } from '../reporting/health-text.js';
import type { ArenaConfig } from './config/schema.js';
import { type Heartbeat, readHeartbeat } from './read-heartbeat.js';
import { stateOfProcess } from './state-of-process.js';
import { holderOf } from './verified-holder.js';
import { journalHead, probeLock } from './wire.js';

/** A process that has its lock and gives no sign for longer hangs in its start. */
const START_SECONDS = 120;
/** Beside the arena's own patience, for those who wait for its round. */
const FOLLOW_SECONDS = 60;
/** The log that only the arena of a live market has. */
const LIVE_LOG = 'market.sqlite';

export function readHealth(values: ArenaConfig, machineMs: number): readonly ProcessHealth[] {
  const arenaFolder = resolve(values.state.folder);
  const arenaBeat = quietly(() => readHeartbeat(arenaFolder));
  const timeframe = typeof arenaBeat === 'object' ? arenaBeat.timeframe : undefined;
  const nowMs = machineMs + skewOf(arenaBeat);
  const isLive = existsSync(join(arenaFolder, LIVE_LOG));
  const barMs = timeframe === undefined ? undefined : timeframeMs(timeframe);
  const { settleSeconds, patienceSeconds } = values.live;
  const patienceMs = 1000 * (settleSeconds + patienceSeconds);
  const due = (graceMs: number): Due | undefined =>
    isLive && barMs !== undefined ? { barMs, graceMs, nowMs } : undefined;
  const closeOf = (heartbeat: Heartbeat): number =>
    heartbeat.lastBarClosedAt !== undefined
      ? Date.parse(heartbeat.lastBarClosedAt ?? '')
      : Date.parse(heartbeat.bar ?? '') + (barMs ?? NaN);
  const follow = due(patienceMs + 1000 * FOLLOW_SECONDS);
  return [
    healthOf('arena', arenaFolder, machineMs, closeOf, due(patienceMs)),
    healthOf('deployer', resolve(values.deployments.folder), machineMs, closeOf, follow),
    healthOf('paper', resolve(values.paper.folder), machineMs, closeOf, follow),
  ];
}

/** A bar is due whenever one closes. */
interface Due {
  readonly barMs: number;
  readonly graceMs: number;
  /** By the venue's clock. */
  readonly nowMs: number;
}

/** The venue's clock minus this machine's, as the arena has written it down; 0 where it has not. */
function skewOf(heartbeat: Heartbeat | 'torn' | undefined): number {
  if (typeof heartbeat !== 'object') return 0;
  const skewMs = Date.parse(heartbeat.venueNow ?? '') - Date.parse(heartbeat.writtenAt);
  return Number.isNaN(skewMs) ? 0 : skewMs;
}

function healthOf(
  name: HealthProcess,
  folder: string,
  nowMs: number,
  closeOf: (heartbeat: Heartbeat) => number,
  due: Due | undefined,
): ProcessHealth {
  const nothing = { name, pid: null, heartbeatAgeSeconds: null, newestCloseAt: null, barAgeSeconds: null };
  if (!existsSync(folder)) return { ...nothing, health: 'absent', why: ['has never run here'] };
  try {
    const hasJournal = journalHead(folder) !== undefined;
    const read = readHeartbeat(folder);
    if (!hasJournal && read === undefined && !probeLock(folder).locked)
      return { ...nothing, health: 'absent', why: ['has never run here'] };
    const heartbeat = read === 'torn' ? undefined : read;
    const holder = holderOf(folder);
    const { state, heartbeatAgeSeconds } = stateOfProcess(holder, heartbeat, nowMs);
    const closeMs = heartbeat === undefined ? NaN : closeOf(heartbeat);
    const seen = {
      name,
      pid: typeof holder === 'number' ? holder : null,
      heartbeatAgeSeconds,
      newestCloseAt: Number.isNaN(closeMs) ? null : new Date(closeMs).toISOString(),
      barAgeSeconds:
        due === undefined || Number.isNaN(closeMs) ? null : Math.round((due.nowMs - closeMs) / 1000),
    };
    if (state === 'not running') return { ...seen, health: 'not running', why: ['not running'] };
    if (state === 'stale')
      return { ...seen, health: 'not running', why: ['holds its lock and gives no sign'] };
    if (state === 'starting') {
      const since = Date.parse(probeLock(folder).holder?.startedAt ?? '');
      return nowMs - since > 1000 * START_SECONDS
        ? { ...seen, health: 'not running', why: ['began long ago and has given no sign yet'] }
        : { ...seen, health: 'fine', why: ['starting'] };
    }
    const why = troublesOf(heartbeat, closeMs, due);
    if (read === 'torn') why.push('its heartbeat is torn');
    return { ...seen, health: why.length === 0 ? 'fine' : 'degraded', why };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isDamaged = error.kind === 'damaged' || error.kind === 'foreign';
    return { ...nothing, health: isDamaged ? 'damaged' : 'degraded', why: [error.message] };
  }
}

function troublesOf(heartbeat: Heartbeat | undefined, closeMs: number, due: Due | undefined): string[] {
  const why: string[] = [];
  const faulty = heartbeat?.faultyContestants ?? 0;
  if (faulty > 0) why.push(`${String(faulty)} contestant${faulty === 1 ? '' : 's'} at fault`);
  if (heartbeat?.waitingFor !== undefined) why.push(heartbeat.waitingFor);
  if (due !== undefined && due.nowMs > closeMs + due.barMs + due.graceMs) {
    const bars = Math.floor((due.nowMs - closeMs) / due.barMs);
    why.push(`${String(bars)} bar${bars === 1 ? '' : 's'} behind the market`);
  }
  return why;
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // Whose heartbeat it is says so itself.
    return undefined;
  }
}
