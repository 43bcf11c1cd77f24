import { join, resolve } from 'node:path';
import { z } from 'zod';
import { notesOfDeployerRound } from '../../app/notes-of-deployer-round.js';
import { openDeployer } from '../../app/deployer-journal.js';
import { deployerMetrics } from '../../app/metrics/deployer-metrics.js';
import { type DeployerWorld, checkOnce } from '../../app/run-deployer.js';
import { DEFAULT_DEPLOY_POLICY, type DeployPolicy } from '../../core/deployment/deployer-state.js';
import { SUPERVISION_TIMES, type SupervisionTimes } from '../../core/deployment/supervisor.js';
import { configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { arenaAndPaperAreDone } from '../lock-step.js';
import type { Output } from '../output.js';
import { type LogFlags, type LoggedOutput, withLog } from '../with-log.js';
import { type ProbeBoard, withProbes } from '../with-probes.js';
import type { PaperFlags } from '../paper-flags.js';
import { notNegative, positive } from '../parse-number.js';
import { type ProcessHeartbeat, withHeartbeat } from '../process-heartbeat.js';
import { rest } from '../rest.js';
import { type PaperSupervisor, supervisePaper } from '../supervise-paper.js';
import { listenForStop } from '../stop-signal.js';
import { NOTES_AT_END_MS, tellNow, tellPeople } from '../tell-people.js';
import { deployerWorld } from '../deployer-world.js';
import { folderProjections, journalOf, takeFolder } from '../wire.js';

type DeployerFlags = PaperFlags &
  LogFlags & {
    readonly hybridMode?: boolean;
    readonly dryRun?: boolean;
    readonly checkInterval: string;
    readonly minImprovement: string;
    readonly directDeploy: string;
    readonly autoApprove?: string;
    readonly lockStep?: boolean;
    readonly study?: string;
    readonly supervise?: boolean;
    readonly supervisionTimes?: string;
  };

const policySchema = z.enum(['always', 'never', 'over-training-champions']);
const autoSchema = z.literal('promotable').optional();

/** `deployer`: looks at trials and requests until it is stopped. */
export async function deployerCommand(flags: DeployerFlags): Promise<number> {
  const { values } = configFor(flags);
  const folder = resolve(values.deployments.folder);
  const policy = policyOf(flags, values);
  const everyMs = 1000 * positive(flags.checkInterval, '--check-interval');
  const lock = takeFolder(folder);
  try {
    return await withLog('deployer', values, flags, (output) =>
      withProbes({ name: 'deployer', values, port: flags.metricsPort, folder }, output, (probes) =>
        withHeartbeat(folderProjections(folder), 'deployer', (heartbeat) =>
          deploy(flags, values, { folder, policy, everyMs, heartbeat, probes, output }),
        ),
      ),
    );
  } finally {
    lock.release();
  }
}

interface Run {
  readonly folder: string;
  readonly policy: DeployPolicy;
  readonly everyMs: number;
  readonly heartbeat: ProcessHeartbeat;
  readonly probes: ProbeBoard;
  readonly output: LoggedOutput;
}

async function deploy(flags: DeployerFlags, values: ArenaConfig, run: Run): Promise<number> {
  const { folder, output } = run;
  const note = (text: string): void => {
    output.note(text);
  };
  const store = journalOf(folder);
  const stop = listenForStop(note);
  try {
    const kinds = await loadKinds(values.contestants.folder);
    const deployer = openDeployer(store, folder);
    const say = (text: string): void => {
      output.say(text);
    };
    const people = tellPeople(folder, store, (rounds) => rounds.flatMap(notesOfDeployerRound), note);
    const bell = tellNow(note);
    let supervisor: PaperSupervisor | undefined;
    const ownWorld = deployerWorld(
      values,
      run.policy,
      kinds,
      store,
      { dryRun: flags.dryRun === true, study: flags.study },
      say,
      () => supervisor?.report() ?? null,
    );
    const world: DeployerWorld = {
      ...ownWorld,
      committed(round) {
        ownWorld.committed(round);
        people.committed([round]);
      },
    };
    if (supervises(flags))
      supervisor = supervisePaper(
        values,
        flags,
        timesOf(flags.supervisionTimes),
        () => world.clock(),
        say,
        bell.tell,
      );
    output.say(
      `deployer${flags.hybridMode === true ? ' in hybrid mode' : ', trials only'}: ${deployer.state.champion?.name ?? 'nobody deployed yet'}, generation ${String(deployer.state.generation)}`,
    );
    const stopped = (): boolean => stop.requested();
    let seenMs = NaN;
    const beat = (status: 'running' | 'waiting'): void => {
      run.heartbeat.beat(status, { barMs: seenMs, generation: deployer.state.generation });
    };
    run.probes.show(() => deployerMetrics(deployer, supervisor?.report()));
    if (flags.lockStep === true) await nextBarIsThere(world, values, stopped);
    for (;;) {
      if (stop.requested()) break;
      seenMs = world.clock();
      supervisor?.look();
      checkOnce(deployer, world);
      beat('running');
      run.probes.ready();
      if (flags.once === true || flags.dryRun === true || stop.requested()) break;
      if (flags.lockStep === true) await nextBarIsThere(world, values, stopped);
      else
        await rest(run.everyMs, stopped, () => {
          beat('waiting');
          supervisor?.look();
        });
      if (stop.requested()) break;
    }
    await supervisor?.end();
    await Promise.all([people.close(NOTES_AT_END_MS), bell.close(NOTES_AT_END_MS)]);
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
  }
}

/** A single look, a trial run and a proof leave the paper trader to whoever makes them. */
function supervises(flags: DeployerFlags): boolean {
  return flags.supervise !== false && flags.once !== true && flags.dryRun !== true && flags.lockStep !== true;
}

/** "progress,kill,pause" in seconds: so that a test need not wait for minutes. */
function timesOf(text: string | undefined): SupervisionTimes {
  if (text === undefined) return SUPERVISION_TIMES;
  const [progress, kill, pause] = text.split(',').map((part) => 1000 * positive(part, '--supervision-times'));
  return {
    ...SUPERVISION_TIMES,
    progressGraceMs: progress ?? SUPERVISION_TIMES.progressGraceMs,
    killGraceMs: kill ?? SUPERVISION_TIMES.killGraceMs,
    firstPauseMs: pause ?? SUPERVISION_TIMES.firstPauseMs,
  };
}

function nextBarIsThere(world: DeployerWorld, values: ArenaConfig, stopped: () => boolean): Promise<void> {
  return arenaAndPaperAreDone(
    resolve(values.deployments.folder),
    resolve(values.state.folder),
    resolve(values.paper.folder),
    () => world.clock(),
    () => timeframeMs(world.market()?.timeframe ?? '1h'),
    stopped,
  );
}

function policyOf(flags: DeployerFlags, values: ArenaConfig): DeployPolicy {
  const directDeploy = policySchema.safeParse(flags.directDeploy);
  if (!directDeploy.success)
    throw new Problem('usage', `--direct-deploy: there is no policy "${flags.directDeploy}"`, {
      hint: 'choose always, never or over-training-champions',
    });
  const auto = autoSchema.safeParse(flags.autoApprove);
  if (!auto.success)
    throw new Problem('usage', `--auto-approve: "${flags.autoApprove ?? ''}" cannot be approved by itself`, {
      hint: 'only promotable can: whoever is not proven needs a person',
    });
  return {
    ...DEFAULT_DEPLOY_POLICY,
    directDeploy: directDeploy.data,
    autoApprove: auto.data ?? 'never',
    minTenureHours: values.deployments.minTenureHours,
    minImprovementPct: notNegative(flags.minImprovement, '--min-improvement'),
    feed: flags.hybridMode === true ? DEFAULT_DEPLOY_POLICY.feed : 0,
  };
}

function sayHowToBegin(folder: string, output: Output): void {
  output.say(`nobody is deployed: put trials as JSON into ${join(folder, 'trials')}, e.g.`);
  output.say(
    '  { "study": "mine", "number": 1, "value": 1.4, "contestant": { "kind": "sma-cross", "params": { "fast": 8, "slow": 60 } } }',
  );
}
