/** Journals, locks and heartbeats of the three processes; nothing is opened that would leave a file behind. */
import { resolve } from 'node:path';
import { type DoctorFinding } from '../../reporting/doctor-text.js';
import { type ProcessHealth, healthLine } from '../../reporting/health-text.js';
import type { ArenaConfig } from '../config/schema.js';
import { readHealth } from '../read-health.js';
import { readHeartbeat } from '../read-heartbeat.js';
import { checkMarketLogOf, journalHead } from '../wire.js';
import { problemFinding } from './check-secrets.js';

export function checkStates(values: ArenaConfig, nowMs: number): readonly DoctorFinding[] {
  const folders = {
    arena: values.state.folder,
    deployer: values.deployments.folder,
    paper: values.paper.folder,
  };
  return [
    ...Object.entries(folders).map(([name, folder]) => checkJournal(`state: ${name}`, resolve(folder))),
    ...readHealth(values, nowMs)
      .filter(({ health }) => health !== 'absent' && health !== 'damaged')
      .map(processFinding),
  ];
}

function checkJournal(check: string, folder: string): DoctorFinding {
  try {
    const head = journalHead(folder);
    if (head === undefined) return { check, verdict: 'skip', text: `nothing in ${folder} yet` };
    checkMarketLogOf(folder, wasLive(folder));
    const { schemaVersion, newestVersion } = head;
    const text =
      schemaVersion < newestVersion
        ? `schema ${String(schemaVersion)}, brought to ${String(newestVersion)} at the next start`
        : `schema ${String(schemaVersion)}`;
    return { check, verdict: 'ok', text: `${text}, ${folder}` };
  } catch (error) {
    return problemFinding(check, error);
  }
}

/** Whether an arena followed a live market here: it alone writes down what time it is at the venue. */
function wasLive(folder: string): boolean {
  const heartbeat = readHeartbeat(folder);
  return typeof heartbeat === 'object' && heartbeat.venueNow !== undefined;
}

/** A process that does not run is no illness; one that holds its folder and is silent is. */
function processFinding(one: ProcessHealth): DoctorFinding {
  const check = `process: ${one.name}`;
  const text = healthLine(one).slice(one.name.length).trim();
  if (one.health === 'fine') return { check, verdict: 'ok', text };
  if (one.health === 'degraded') return { check, verdict: 'warn', text, advice: 'npm run status says more' };
  const isHeld = one.pid !== null;
  return isHeld
    ? {
        check,
        verdict: 'fail',
        text,
        advice: `look at its log, then end process ${String(one.pid)} and start it again: nothing that was committed is lost`,
      }
    : { check, verdict: 'ok', text };
}
