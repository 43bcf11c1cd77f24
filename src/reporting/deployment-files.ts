import type { DeployerState } from '../core/deployment/deployer.js';

/** How many deployments the file lists. */
const LISTED = 20;

/** What the paper trader reports about itself; undefined while it has written nothing. */
export interface ReportedPaper {
  readonly generation: number;
  readonly rounds: number;
}

/**
 * `deployment_state.json`: who should trade, and how far that is. Keys that other programs know keep their
 * meaning: the trial's number and objective value, null where the champion did not come from training.
 */
export function deploymentStateJson(state: DeployerState, paper: ReportedPaper | undefined): string {
  const { champion, training, generation } = state;
  const content = {
    schema_version: 2,
    generation,
    champion,
    health: healthOf(state, paper),
    last_deployed_trial: training?.number ?? null,
    last_deployed_value: training?.value ?? null,
    value_kind: training === null ? null : 'objective',
    study: training?.study ?? null,
    deployment_source: champion?.source ?? null,
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
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** `starting` until the paper trader reports the wanted generation. */
function healthOf({ champion, generation }: DeployerState, paper: ReportedPaper | undefined): object {
  if (champion === null)
    return { state: 'nobody deployed', wanted: generation, running: paper?.generation ?? null };
  const state =
    paper === undefined
      ? 'starting (the paper trader does not run: npm run paper)'
      : paper.generation < generation
        ? 'starting (waiting for a bar)'
        : 'active';
  return { state, wanted: generation, running: paper?.generation ?? null };
}
