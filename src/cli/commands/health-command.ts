import { Problem } from '../../core/domain/problem.js';
import {
  type Health,
  type HealthProcess,
  type ProcessHealth,
  healthLine,
} from '../../reporting/health-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { readHealth } from '../read-health.js';
import { workersOnQueue } from '../wire.js';

const NAMES: readonly HealthProcess[] = ['arena', 'deployer', 'paper', 'worker'];

/** `health`: the worst of what was asked for. */
export async function healthCommand(flags: ArenaFlags & { readonly only?: string }): Promise<number> {
  const output = createOutput(flags.json === true);
  const only = flags.only === undefined ? undefined : namesOf(flags.only);
  const all = readHealth(configFor(flags).values, Date.now());
  const workers = await workerHealth(only?.includes('worker') === true, only === undefined);
  const asked = [...all, ...workers].filter(({ name }) => only?.includes(name) !== false);
  const code = exitCodeFor(asked, only !== undefined);
  output.answer({ exitCode: code, processes: asked });
  if (!output.json) for (const one of asked) output.say(healthLine(one));
  return code;
}

function namesOf(text: string): readonly HealthProcess[] {
  return text.split(',').map((part) => {
    const name = NAMES.find((one) => one === part.trim());
    if (name !== undefined) return name;
    throw new Problem('usage', `--only "${part.trim()}" is none of ${NAMES.join(', ')}`, {
      hint: 'for example --only arena',
    });
  });
}

/** Workers leave nothing on the disk; the Redis that they serve knows them. */
async function workerHealth(isAsked: boolean, isWhole: boolean): Promise<readonly ProcessHealth[]> {
  if (!isAsked && !(isWhole && (process.env['REDIS_URL'] ?? '') !== '')) return [];
  const line = (health: Health, why: string): ProcessHealth[] => [
    {
      name: 'worker',
      health,
      pid: null,
      heartbeatAgeSeconds: null,
      newestCloseAt: null,
      barAgeSeconds: null,
      why: [why],
    },
  ];
  try {
    const { workers, threads, redis } = await workersOnQueue(process.env);
    if (workers === 0) return line(isAsked ? 'not running' : 'absent', `none on ${redis}`);
    return line('fine', `${String(workers)} on ${redis}, ${String(threads)} threads`);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'degraded') return line('degraded', error.message);
    throw error;
  }
}

function exitCodeFor(processes: readonly ProcessHealth[], isNamed: boolean): number {
  const is = (health: Health): boolean => processes.some((one) => one.health === health);
  const isAbsent = isNamed ? is('absent') : processes.every(({ health }) => health === 'absent');
  if (is('damaged')) return EXIT.damaged;
  if (is('not running') || isAbsent) return EXIT.notRunning;
  return is('degraded') ? EXIT.degraded : EXIT.fine;
}
