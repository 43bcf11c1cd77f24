/** The deployer's files: who should trade and how far that is, and everything that it did. */
import { z } from 'zod';
import type { TimeMs } from '../core/domain/time.js';
import type { DeployerState, PaperReport } from '../core/deployment/deployer-state.js';

/** How many deployments and log entries the files list. */
const LISTED = 20;
const LOGGED = 500;

/** The supervised paper trader, without times of day. */
export interface PaperTraderReport {
  readonly state: string;
  readonly restarts: number;
  /** Exit code or signal of the last one that ended; null while none has. */
  readonly last_exit: number | string | null;
}

/**
 * `deployment_state.json`. Keys that other programs know keep their meaning: the trial's number and objective value,
 * null where the champion did not come from training.
 */
export function deploymentStateJson(
  state: DeployerState,
  paper: PaperReport | undefined,
  arenaRequest: string | undefined,
  clockMs: TimeMs,
  paperTrader: PaperTraderReport | null,
): string {
  const { champion, training, generation } = state;
  const content = {
    schema_version: 2,
    generation,
    champion,
    ...(state.fromBarMs === null ? {} : { fromBarMs: state.fromBarMs }),
    maxHandoverCostUsd: state.maxHandoverCostUsd,
    arenaRequest: arenaRequest ?? null,
    /** The arena's newest bar that the deployer has looked at. */
    seen_bar: Number.isNaN(clockMs) ? null : new Date(clockMs).toISOString(),
    health: healthOf(state, paper),
    /** Null while nobody supervises it. */
    paper_trader: paperTrader,
    last_deployed_trial: training?.number ?? null,
    last_deployed_value: training?.value ?? null,
    value_kind: training === null ? null : 'objective',
    study: training?.study ?? null,
    deployment_source: champion?.source ?? null,
    last_deployment_time: state.fromBarMs === null ? null : new Date(state.fromBarMs).toISOString(),
    previous: state.previous
      .slice(-LISTED)
      .toReversed()
      .map((entry) => ({
        id: entry.champion.id,
        name: entry.champion.name,
        source: entry.champion.source,
        trial: entry.training?.number ?? null,
      })),
    rollback_to: state.previous.at(-1)?.champion.id ?? null,
    fed_to_arena: state.fed.map((fed) => ({ id: fed.id, name: fed.name })),
    rejected: state.rejected,
    decided: state.decided,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** `starting` until the paper trader reports the wanted generation. */
function healthOf(
  { champion, generation, phase, fromBarMs }: DeployerState,
  paper: PaperReport | undefined,
): object {
  const running = paper?.generation ?? null;
  if (champion === null) return { state: 'nobody deployed', wanted: generation, running };
  const waits =
    paper === undefined
      ? 'starting (no paper trader has run yet)'
      : fromBarMs !== null && (paper.lastBarMs ?? -Infinity) < fromBarMs
        ? 'starting (waiting for a bar)'
        : 'starting';
  return { state: phase === 'starting' ? waits : phase, wanted: generation, running };
}

const lineSchema = z.looseObject({ event: z.string() });
const atSchema = z.looseObject({ event: z.literal('at'), bar: z.number().nullable() });

/** An entry of `deployment_log.json`: one thing that happened, at a bar of the arena. */
interface LogEntry {
  readonly step: number;
  /** Open of the arena's newest bar; null before its first. */
  readonly bar: string | null;
  readonly event: string;
}

/** What the steps say, in order. */
export function logEntries(
  rounds: Iterable<{ readonly seq: number; readonly events: readonly string[] }>,
): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const round of rounds) {
    const lines = round.events.map((line) => lineSchema.parse(JSON.parse(line)));
    const at = lines.map((line) => atSchema.safeParse(line).data).find((line) => line !== undefined);
    const bar = at === undefined || at.bar === null ? null : new Date(at.bar).toISOString();
    for (const line of lines) if (line.event !== 'at') entries.push({ step: round.seq, bar, ...line });
  }
  return entries;
}

/** `deployment_log.json`: the newest entries; the journal has them all. */
export function deploymentLogJson(entries: readonly LogEntry[]): string {
  return `${JSON.stringify(entries.slice(-LOGGED), null, 2)}\n`;
}
