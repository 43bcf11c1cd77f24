import { join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { inProcessJobs } from '../../app/in-process-jobs.js';
import { finishSweep } from '../../app/sweep/finish-sweep.js';
import { type SweepPlan, type SweepWish, planSweep, sweepId } from '../../app/sweep/plan-sweep.js';
import { runSweep } from '../../app/sweep/run-sweep.js';
import { SWEEP_CHUNK, sweepChunkTask } from '../../app/sweep/sweep-chunk-task.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { type Kinds, createKinds } from '../../core/strategies/catalog.js';
import { nthRun } from '../../core/sweep/nth-run.js';
import { type SweepSettings, countRuns } from '../../core/sweep/sweep-settings.js';
import { BEST_KEPT } from '../../core/sweep/sweep-tally.js';
import type { JobRunner } from '../../ports/job-runner.js';
import { sweepLines } from '../../reporting/sweep/sweep-csv.js';
import { type SweepAbout, type SweepFacts, sweepFacts } from '../../reporting/sweep/sweep-facts.js';
import { bestJson, sweepJson } from '../../reporting/sweep/sweep-json.js';
import { sweepText } from '../../reporting/sweep/sweep-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { candlesFor } from '../candles-for.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { type Output, createOutput } from '../output.js';
import { wholeBetween } from '../parse-number.js';
import { startRate } from '../progress.js';
import { listenForStop } from '../stop-signal.js';
import { writeContestants, writeTrials } from '../sweep-exports.js';
import { type SweepSetFlags, sweepWish } from '../sweep-wish.js';
import { checkPlaceOf, copyTextFile, makeFolder, sha256, sweepFolder, writeTextFile } from '../wire.js';

export interface SweepFlags extends SweepSetFlags, Omit<ArenaFlags, 'seed'> {
  readonly top: string;
  readonly toContestants?: boolean;
  readonly toTrials?: boolean;
  readonly name?: string;
  readonly out?: string;
  readonly csv?: string;
}

/** A kind of the user's own is known to this process alone. */
async function openRunner(flags: SweepFlags, settings: SweepSettings, kinds: Kinds): Promise<JobRunner> {
  if (flags.threads === undefined && flags.workers === undefined)
    return inProcessJobs({ [SWEEP_CHUNK]: sweepChunkTask(() => Promise.resolve(kinds)) }, sha256);
  if (settings.code !== null)
    throw new Problem(
      'usage',
      `${settings.kind} is a kind of your own, which threads and workers do not know`,
      {
        hint: 'leave --threads and --workers out',
      },
    );
  // Loaded here: the libraries of threads and queues take their time.
  const [{ openJobRunner }, { TASKS }] = await Promise.all([
    import('../open-job-runner.js'),
    import('../tasks.js'),
  ]);
  return openJobRunner(flags, process.env, TASKS, (text) => process.stderr.write(`${text}\n`));
}

/** `sweep`: many parameter sets of one kind, the best of them, and what that is worth. */
export async function sweepCommand(flags: SweepFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const top = wholeBetween(flags.top, '--top', 1, BEST_KEPT);
  const kinds = await loadKinds(values.contestants.folder, mayBeFormula(flags));
  const wish = sweepWish(flags, values, kinds);
  const { table: whole, first } = candlesFor(flags, values);
  const plan = planSweep(wish, whole, first, kinds, sha256);
  const id = sweepId(plan.settings, sha256);
  const name = nameOf(flags, id);
  const folder = resolve(flags.out ?? join('sweeps', name));
  const about = aboutOf(name, plan, whole, values, wish);
  checkPlaces(flags, values);

  const { store, rowsPath } = sweepFolder(folder);
  const stop = listenForStop((text) => process.stderr.write(`${text}\n`), 'now; what is done is kept');
  const runner = await openRunner(flags, plan.settings, kinds);
  const total = countRuns(plan.settings);
  let progress: ReturnType<typeof startRate> | undefined;
  try {
    const lines = sweepLines(plan.settings);
    const { tally, done } = await runSweep(plan.settings, {
      runner,
      offer: () => runner.offerMarket(plan.ranked),
      store,
      id,
      header: lines.header,
      line: lines.line,
      nowMs: () => performance.now(),
      progress(played) {
        progress ??= startRate(total, played, output.json, 'runs');
        progress.update(played);
      },
      stop: stop.signal,
    });
    progress?.stop();
    const end =
      done < total
        ? undefined
        : await finishSweep(plan.settings, tally, {
            kinds,
            ranked: plan.ranked,
            whole,
            top,
            async breathe() {
              await breathe();
              return !stop.requested();
            },
          });
    if (end === undefined) {
      output.say(
        `stopped after ${String(done)} of ${String(total)} runs; the same command goes on from here`,
      );
      output.answer({ stopped: true, done, total, folder });
      return EXIT.fine;
    }
    const facts = sweepFacts(plan.settings, tally, end, about.label);
    const reason = firstInvalid(plan, tally.firstInvalid);
    tell({ ...about, firstInvalidWhy: reason }, facts);
    return facts.top.length === 0 ? EXIT.degraded : EXIT.fine;
  } finally {
    progress?.stop();
    await runner.close();
    store.close();
    stop.dispose();
  }

  function tell(known: SweepAbout, facts: SweepFacts): void {
    const summary = sweepJson(plan.settings, facts, known);
    const best = bestJson(facts, known);
    writeTextFile(join(folder, 'sweep.json'), `${JSON.stringify(summary, null, 2)}\n`);
    writeTextFile(join(folder, 'best.json'), `${JSON.stringify(best, null, 2)}\n`);
    // Before what may fail: the table is what was waited for.
    if (!output.json) process.stdout.write(sweepText(facts, known));
    output.say(`In ${folder}: results.csv with a line per run, best.json, sweep.json.`);
    if (flags.csv !== undefined) copyTextFile(rowsPath, resolve(flags.csv));
    const written = exportBest(flags, values, facts, known, plan);
    output.answer({ ...summary, best: best['best'], folder, written });
    sayWritten(written, facts, output);
  }
}

/** A formula, or another kind that may hold one; a name that is wrong gets the whole list of kinds. */
function mayBeFormula({ kind, params, grid = '', space = '' }: SweepFlags): boolean {
  return `${kind} ${params} ${grid} ${space}`.includes('formula') || createKinds().find(kind) === undefined;
}

function nameOf(flags: SweepFlags, id: string): string {
  const name = flags.name ?? `${flags.kind}-${id.slice(0, 8)}`;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)) return name;
  throw new Problem('usage', `--name "${name}": letters, digits, dots, - and _ only, at most 80`, {
    hint: 'it is the name of a folder and of the study that the trials say they come from',
  });
}

function aboutOf(
  name: string,
  { settings, purgeBars, purgeFrom, holdoutFrom, kind, instrument }: SweepPlan,
  whole: MarketTable,
  values: ArenaConfig,
  { embargoBars, folds }: SweepWish,
): SweepAbout {
  const generated = values.market.source === 'generated';
  const symbols =
    whole.symbols.length <= 4 ? whole.symbols.join(', ') : `${String(whole.symbols.length)} symbols`;
  const place = generated ? 'GENERATED prices' : values.market.source;
  return {
    name,
    market: `${place}, ${symbols}, ${instrument}, ${whole.timeframe} bars`,
    generated,
    purgeBars,
    purgeFrom,
    embargoBars,
    foldsWanted: folds,
    fromMs: whole.openTimesMs[settings.first] ?? NaN,
    holdoutFromMs: holdoutFrom === undefined ? undefined : whole.openTimesMs[holdoutFrom],
    toMs: (whole.openTimesMs[whole.length - 1] ?? NaN) + timeframeMs(whole.timeframe),
    firstInvalidWhy: undefined,
    label(run) {
      const next = nthRun(settings, kind, run, instrument);
      if (next.kind === 'invalid') return 'n/a';
      const account = settings.accounts.length > 1 ? ` ${next.symbols.join('+')}` : '';
      return `${kind.label(next.params)}${account}`;
    },
  };
}

function firstInvalid(
  { settings, kind, instrument }: SweepPlan,
  run: number | undefined,
): string | undefined {
  if (run === undefined) return undefined;
  const next = nthRun(settings, kind, run, instrument);
  return next.kind === 'invalid' ? next.why : undefined;
}

const contestantsOf = (values: ArenaConfig): string => join(resolve(values.contestants.folder), 'local');
const trialsOf = (values: ArenaConfig): string => join(resolve(values.deployments.folder), 'trials');

/** A sweep takes hours: that its results have no place must be said before. */
function checkPlaces(flags: SweepFlags, values: ArenaConfig): void {
  if (flags.csv !== undefined) checkPlaceOf(resolve(flags.csv));
  if (flags.toContestants === true) makeFolder(contestantsOf(values));
  if (flags.toTrials === true) makeFolder(trialsOf(values));
}

function exportBest(
  flags: SweepFlags,
  values: ArenaConfig,
  facts: SweepFacts,
  about: SweepAbout,
  { settings }: SweepPlan,
): string[] {
  const origin = {
    study: about.name,
    timeframe: settings.timeframe,
    chosenSymbols: flags.symbols !== undefined || settings.accounts.length > 1,
  };
  return [
    ...(flags.toContestants === true ? writeContestants(contestantsOf(values), facts, origin) : []),
    ...(flags.toTrials === true ? [writeTrials(trialsOf(values), facts, origin)] : []),
  ];
}

function sayWritten(written: readonly string[], facts: SweepFacts, output: Output): void {
  for (const path of written) output.say(`  wrote ${path}`);
  if (written.length > 0 && facts.verdict !== 'better-than-luck')
    output.say('  they are worth watching in an arena; nothing here says that they are better than luck');
}
