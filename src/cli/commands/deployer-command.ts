import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseSettings } from '../../app/arena-settings.js';
import { followArena } from '../../app/follow-arena.js';
import { type DeployerWorld, checkOnce, openDeployer } from '../../app/run-deployer.js';
import { validateChampion } from '../../app/validate-champion.js';
import type { RosterMarket } from '../../core/arena/parse-roster.js';
import type { Champion } from '../../core/deployment/champion.js';
import {
  DEFAULT_DEPLOY_POLICY,
  type DeployPolicy,
  type DeployerState,
} from '../../core/deployment/deployer.js';
import { timeframeMs } from '../../core/domain/time.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import { type ReportedPaper, deploymentStateJson } from '../../reporting/deployment-files.js';
import { configFor } from '../arena-config.js';
import { Problem } from '../../core/domain/problem.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { type Output, createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { notNegative, positive } from '../parse-number.js';
import { sayOnce } from '../say-once.js';
import { listenForStop } from '../stop-signal.js';
import {
  inboxOf,
  journalOf,
  fileRequestIn,
  folderProjections,
  takeFolder,
  marketSource,
  sha256,
  trialSource,
} from '../wire.js';

type DeployerFlags = PaperFlags & {
  readonly hybridMode?: boolean;
  readonly dryRun?: boolean;
  readonly checkInterval: string;
  readonly minImprovement: string;
  readonly directDeploy: string;
  readonly study?: string;
};

const policySchema = z.enum(['always', 'never', 'over-training-champions']);
const reportedSchema = z.looseObject({ generation: z.int(), rounds: z.int() });

/** `deployer`: looks at trials and requests until it is stopped. */
export async function deployerCommand(flags: DeployerFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.deployments.folder);
  const policy = policyOf(flags);
  const everyMs = 1000 * positive(flags.checkInterval, '--check-interval');
  const lock = takeFolder(folder);
  const store = journalOf(folder);
  const stop = listenForStop((text) => process.stderr.write(`${text}\n`));
  try {
    const kinds = await loadKinds(values.contestants.folder);
    const deployer = openDeployer(store, folder);
    const world = worldOf(flags, policy, kinds, store, output);
    output.say(
      `deployer${flags.hybridMode === true ? ' in hybrid mode' : ', trials only'}: ${deployer.state.champion?.name ?? 'nobody deployed yet'}, generation ${String(deployer.state.generation)}`,
    );
    for (;;) {
      checkOnce(deployer, world);
      if (flags.once === true || flags.dryRun === true || stop.requested()) break;
      await restUntil(performance.now() + everyMs, stop);
      if (stop.requested()) break;
    }
    if (deployer.state.champion === null && flags.dryRun !== true) sayHowToBegin(folder, output);
    output.answer({
      generation: deployer.state.generation,
      champion: deployer.state.champion?.id ?? null,
      steps: deployer.seq,
    });
    return EXIT.fine;
  } finally {
    stop.dispose();
    store.close();
    lock.release();
  }
}

async function restUntil(untilMs: number, stop: { requested(): boolean }): Promise<void> {
  while (!stop.requested() && performance.now() < untilMs)
    await sleep(Math.min(100, untilMs - performance.now()));
}

function policyOf(flags: DeployerFlags): DeployPolicy {
  const directDeploy = policySchema.safeParse(flags.directDeploy);
  if (!directDeploy.success)
    throw new Problem('usage', `--direct-deploy: there is no policy "${flags.directDeploy}"`, {
      hint: 'choose always, never or over-training-champions',
    });
  return {
    directDeploy: directDeploy.data,
    minImprovementPct: notNegative(flags.minImprovement, '--min-improvement'),
    feed: flags.hybridMode === true ? DEFAULT_DEPLOY_POLICY.feed : 0,
  };
}

function worldOf(
  flags: DeployerFlags,
  policy: DeployPolicy,
  kinds: Kinds,
  store: ReturnType<typeof journalOf>,
  output: Output,
): DeployerWorld {
  const { values } = configFor(flags);
  const folder = resolve(values.deployments.folder);
  const arenaFolder = resolve(values.state.folder);
  const arena = followArena(() => journalOf(arenaFolder, true));
  const projections = folderProjections(folder);
  return {
    store,
    inbox: inboxOf(folder),
    trials: trialSource(join(folder, 'trials'), values.trials.sources, flags.study),
    kinds,
    hash: sha256,
    policy,
    dryRun: flags.dryRun === true,
    clock: () => arena.clock(),
    market(): RosterMarket | undefined {
      const text = arena.settings();
      if (text === undefined) return undefined;
      const { market } = parseSettings(text, arenaFolder);
      return { symbols: market.symbols, timeframe: market.timeframe, instrument: arena.instrument() };
    },
    validate(champion: Champion) {
      const settings = parseSettings(arena.settings() ?? '', arenaFolder);
      const clockMs = arena.clock();
      const endMs = Number.isNaN(clockMs)
        ? settings.market.fromMs
        : clockMs + timeframeMs(settings.market.timeframe);
      const { costs, limits, cashUsd } = settings;
      return validateChampion(
        champion,
        { table: marketSource(settings.market).load(endMs), costs, limits, cashUsd },
        kinds,
      );
    },
    publish(state, seq) {
      const text = deploymentStateJson(state, reportedPaper(resolve(values.paper.folder)));
      if (projections.read('deployment_state.json') !== text)
        projections.write('deployment_state.json', text);
      if (flags.hybridMode === true) feed(state, arenaFolder, arena.contestants(), seq);
    },
    told: sayOnce((text) => {
      output.say(text);
    }),
  };
}

/** Files whoever the arena does not know. The id is the contestant's: the arena takes it once, however often it is filed. */
function feed(state: DeployerState, arenaFolder: string, known: readonly string[], seq: number): void {
  const missing = state.fed.filter(({ id }) => !known.includes(id));
  if (missing.length === 0) return;
  const waiting = new Set(
    inboxOf(arenaFolder)
      .read()
      .messages.map((message) => message.id),
  );
  for (const { id, name, manifest } of missing) {
    const request = `feed-${id.slice(0, 16)}`;
    if (waiting.has(request)) continue;
    fileRequestIn(arenaFolder, request, {
      id: request,
      kind: 'add',
      who: 'deployer',
      whenMs: seq,
      file: `trial ${name}`,
      roster: {
        title: name.slice(0, 60),
        kind: manifest.kind,
        params: manifest.params,
        symbols: manifest.symbols,
        timeframe: manifest.timeframe,
        seed: manifest.seed,
        ...(manifest.breakers === undefined ? {} : { breakers: manifest.breakers }),
      },
    });
  }
}

function reportedPaper(folder: string): ReportedPaper | undefined {
  const text = folderProjections(folder).read('positions_state.json');
  if (text === undefined) return undefined;
  try {
    return reportedSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function sayHowToBegin(folder: string, output: Output): void {
  output.say(`nobody is deployed: put trials as JSON into ${join(folder, 'trials')}, e.g.`);
  output.say(
    '  { "study": "mine", "number": 1, "value": 1.4, "contestant": { "kind": "sma-cross", "params": { "fast": 8, "slow": 60 } } }',
  );
}
