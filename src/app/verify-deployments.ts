/** Checks the deployer's state and files against its journal, and the journal against the arena's and the paper account's. */
import type { Hash } from '../core/arena/contestant.js';
import type { DeployerState } from '../core/deployment/deployer-state.js';
import { type FoldedDeployments, foldDeployments } from '../core/deployment/fold-deployments.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Projections } from '../ports/projections.js';
import { deploymentLogJson, deploymentStateJson, logEntries } from '../reporting/deployment-files.js';
import { type Check, attempt, fileCheck, parseJson, readChain } from './check.js';
import { checkGenerations, checkPromotions } from './check-promotions.js';
import { openDeployer } from './deployer-journal.js';

export interface VerifyDeploymentsWorld {
  readonly store: ArenaStore;
  readonly folder: string;
  readonly hash: Hash;
  readonly projections: Projections;
  /** While the deployer runs, files may be older than the journal: they are not compared. */
  readonly running: boolean;
  /** Undefined where there is no such journal: what needs it is not checked. */
  readonly arena: ArenaStore | undefined;
  readonly paper: ArenaStore | undefined;
  /** Length of the arena's bars; NaN without an arena. */
  readonly barMs: number;
  /** The request that tells the arena of the champion. */
  arenaRequestOf(state: DeployerState): string | undefined;
}

export function verifyDeployments(world: VerifyDeploymentsWorld): Check[] {
  const { store, hash } = world;
  const chain = attempt('hash chain', () => {
    const steps = readChain(store, hash, 'step');
    return {
      value: steps,
      detail: `${String(steps.length)} steps, last ${steps.at(-1)?.hash.slice(0, 12) ?? 'none'}`,
    };
  });
  const steps = chain.value;
  if (steps === undefined) return [chain.check];
  const generations = attempt('generations', () => {
    const fold = foldDeployments(steps);
    return { value: fold, detail: `${String(fold.generation)} decided, each once and in order` };
  });
  const fold = generations.value;
  const checks = [chain.check, generations.check];
  if (fold === undefined) return checks;
  const state = attempt('the state follows from the steps', () => {
    const saved = openDeployer(store, world.folder).state;
    checkState(saved, fold);
    return { value: saved, detail: `generation ${String(saved.generation)}, ${saved.phase}` };
  });
  checks.push(state.check, attempt('requests', () => checkRequests(store, fold)).check);
  checks.push(checkPromotions(fold, world.arena, world.barMs));
  checks.push(...checkGenerations(fold, world.arena, world.paper));
  if (state.value !== undefined) checks.push(...checkFiles(world, state.value, steps));
  return checks;
}

function checkState(state: DeployerState, fold: FoldedDeployments): void {
  const saved = {
    generation: state.generation,
    champion: state.champion?.id ?? null,
    phase: state.phase,
    previous: state.previous.map(({ champion }) => champion.id),
    fed: state.fed.map(({ id }) => id),
    displaced: state.displaced,
    rejected: state.rejected,
    decided: state.decided,
    reviewed: state.reviewed,
  };
  for (const what of Object.keys(saved) as (keyof typeof saved)[])
    if (canonicalJson(saved[what]) !== canonicalJson(fold[what]))
      throw new Error(`${what} is ${short(saved[what])} in the state, ${short(fold[what])} by the steps`);
  const { training, champion } = state;
  if (training === null || champion === null) return;
  const told = `trial ${String(training.number)} of ${training.study}, value ${String(training.value)}`;
  if (fold.trialOf.get(champion.id) !== told)
    throw new Error(`the trial behind the champion is ${told} in the state, and no step says so`);
}

function short(value: unknown): string {
  const text = canonicalJson(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Each request has one row and one event, in the same step and with the same outcome. */
function checkRequests(store: ArenaStore, fold: FoldedDeployments): { value: true; detail: string } {
  const rows = new Map(store.requests().map((row) => [row.id, row]));
  const seen = new Set<string>();
  for (const { id, step, line } of fold.requests) {
    if (seen.has(id)) throw new Error(`${id} was handled twice, again in step ${String(step)}`);
    seen.add(id);
    const row = rows.get(id);
    if (row === undefined) throw new Error(`${id} of step ${String(step)} is not among the handled requests`);
    if (row.seq !== step || row.outcome !== line)
      throw new Error(`${id}: the handled request does not say what step ${String(step)} says`);
  }
  for (const { id } of rows.values())
    if (!seen.has(id)) throw new Error(`${id} is said to be handled, and no step tells of it`);
  for (const { step, event } of fold.promotions) {
    const asked = [...rows.values()]
      .filter((row) => row.seq === step)
      .map((row) => parseJson(row.body) as { hash?: unknown; override?: unknown } | null);
    // Without a request it was approved by itself, which is for proven ones only.
    const fits =
      asked.length === 0
        ? event.verdict === 'promotable'
        : asked.some(
            (one) => one?.hash === event.hash && (event.override === null || one.override === event.override),
          );
    if (!fits) throw new Error(`step ${String(step)}: nobody asked for the promotion of ${event.name}`);
  }
  return { value: true, detail: `${String(rows.size)} handled, each once` };
}

function checkFiles(
  world: VerifyDeploymentsWorld,
  state: DeployerState,
  steps: readonly StoredRound[],
): Check[] {
  if (world.running) return [{ name: 'files', ok: true, detail: 'not compared while the deployer runs' }];
  const { projections } = world;
  const text = projections.read('deployment_state.json');
  const lies = parseJson(text) as Record<string, unknown> | null | undefined;
  // A deployer that does not feed the arena tells it nothing.
  const request = lies?.['arenaRequest'] == null ? undefined : world.arenaRequestOf(state);
  const derived = JSON.parse(deploymentStateJson(state, undefined, request, NaN, null)) as Record<
    string,
    unknown
  >;
  // These come from outside: the paper trader's report and the arena's clock.
  for (const key of ['health', 'seen_bar', 'paper_trader']) derived[key] = lies?.[key];
  return [
    fileCheck('deployment_state.json', text, `${JSON.stringify(derived, null, 2)}\n`),
    fileCheck(
      'deployment_log.json',
      projections.read('deployment_log.json'),
      deploymentLogJson(logEntries(steps)),
    ),
  ];
}
