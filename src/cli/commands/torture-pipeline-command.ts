import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { uniformAt } from '../../core/domain/rng.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { positive } from '../parse-number.js';
import { type Actor, NAMES, type Stage, actor, foldersOf } from '../pipeline/processes.js';
import { PRELUDE_END, fileRequests, layOut, storyOf } from '../pipeline/story.js';
import { findingsOf, fingerprint, progressOf } from '../pipeline/traces.js';
import { startProgress } from '../progress.js';
import { readCandidates } from '../read-arena-files.js';
import { compiledFile } from '../compiled.js';

const MAIN = fileURLToPath(compiledFile('cli/main.cjs'));

/** Named places to die at, with the largest count that still comes within a short life. */
const FAULTS = [
  ['before-commit', 4],
  ['after-commit', 4],
  ['mid-group', 4],
  ['before-rename', 12],
  ['after-rename', 12],
  ['before-append', 3],
  ['after-append', 3],
] as const;
/** Of an undisturbed story's time, random kills strike within so much. */
const LIFE_SHARE = 0.4;
/** A whole story takes a tenth of this. */
const STUCK_MS = 300_000;
/** How many of a run's kills hit all three at once: one in so many. */
const ALL_AT_ONCE = 5;

interface Counts {
  kills: number;
  runs: number;
  lost: number;
  doubled: number;
  twoChampions: number;
  repeatedPromotions: number;
  same: boolean;
}

/** `torture pipeline`: arena, deployer and paper trader in lock step, killed again and again, against an undisturbed run. */
export async function torturePipelineCommand(flags: {
  kills: string;
  seed: string;
  hours: string;
  json?: boolean;
}): Promise<number> {
  const output = createOutput(flags.json === true);
  const kills = positive(flags.kills, '--kills');
  const seed = positive(flags.seed, '--seed');
  const story = storyOf(positive(flags.hours, '--hours'));
  const root = mkdtempSync(join(tmpdir(), 'arena-pipeline-'));
  const progress = startProgress(kills, output.json);
  const stage = (name: string, end: string): Stage => ({ main: MAIN, root, folder: join(root, name), end });
  const begin = (name: string): Stage => {
    cpSync(join(root, 'base'), join(root, name), { recursive: true });
    return stage(name, story.end);
  };
  try {
    prelude(root);
    const hash = await rehearse({ ...begin('rehearsal'), end: story.rehearsalEnd });
    const reference = begin('undisturbed');
    fileRequests(reference.folder, hash);
    const startedAt = performance.now();
    await play(reference, () => undefined);
    const lifeMs = LIFE_SHARE * (performance.now() - startedAt);
    let plans = 0;
    const expected = fingerprint(reference.folder);
    const counts: Counts = { kills: 0, runs: 0, lost: 0, same: true, ...findingsOf(reference.folder) };
    while (counts.kills < kills) {
      const victim = begin(`victim-${String(counts.runs)}`);
      fileRequests(victim.folder, hash);
      await play(
        victim,
        () => (counts.kills >= kills ? undefined : killPlan(plans++, seed, lifeMs)),
        counts,
        () => {
          progress.update(counts.kills, { date: `run ${String(counts.runs + 1)}`, doing: 'n/a' });
        },
      );
      counts.runs++;
      const found = findingsOf(victim.folder);
      counts.doubled += found.doubled;
      counts.twoChampions += found.twoChampions;
      counts.repeatedPromotions += found.repeatedPromotions;
      if (fingerprint(victim.folder) !== expected) counts.same = false;
      rmSync(victim.folder, { recursive: true, force: true });
    }
    progress.stop();
    output.say(
      `${String(counts.kills)} kills in ${String(counts.runs)} runs: ${String(counts.lost)} lost, ${String(counts.doubled)} doubled, ` +
        `${String(counts.twoChampions)} times two champions, ${String(counts.repeatedPromotions)} repeated promotions; ` +
        `journals and files of all three ${counts.same ? 'the same as undisturbed' : 'DIFFERENT'}`,
    );
    output.answer(counts);
    const { lost, doubled, twoChampions, repeatedPromotions } = counts;
    const clean = counts.same && lost + doubled + twoChampions + repeatedPromotions === 0;
    return clean ? EXIT.fine : EXIT.damaged;
  } finally {
    progress.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

/** The arena alone until candidates may stand, and a paper account that has seen nothing yet. */
function prelude(root: string): void {
  const folder = join(root, 'base');
  mkdirSync(folder);
  layOut(root, folder);
  const place = foldersOf(folder);
  const run = (args: readonly string[]): void => {
    const result = spawnSync(process.execPath, [MAIN, ...args], { cwd: root, encoding: 'utf8' });
    if (result.status !== 0)
      throw new Error(`the prelude ended with ${String(result.status)}: ${result.stderr}`);
  };
  run(['arena', ...place, '--to', PRELUDE_END, '--quiet']);
  run(['paper', ...place, '--once']);
}

/** Plays the beginning once, to learn what there will be to approve. */
async function rehearse(stage: Stage): Promise<string> {
  await play(stage, () => undefined);
  const hash = readCandidates(join(stage.folder, 'arena_state'))?.hash;
  rmSync(stage.folder, { recursive: true, force: true });
  if (hash === undefined) throw new Error('the story has no candidate');
  return hash;
}

interface Kill {
  /** Which one; undefined for all three. */
  readonly victim: number | undefined;
  readonly fault: string | undefined;
  readonly afterMs: number;
  /** How long a named place may take to be reached. */
  readonly patienceMs: number;
}

/** The number of the plan is what is random about it: one that came too late must not come again. */
function killPlan(plan: number, seed: number, lifeMs: number): Kill {
  const random = (draw: number): number => uniformAt(seed, plan * 60_000, draw);
  const all = random(0) * ALL_AT_ONCE < 1;
  const fault = FAULTS[Math.floor(random(1) * FAULTS.length)];
  const named = !all && fault !== undefined && random(2) < 0.5;
  return {
    victim: all ? undefined : Math.floor(random(3) * NAMES.length),
    fault: named ? `${fault[0]}:${String(1 + Math.floor(random(4) * fault[1]))}` : undefined,
    afterMs: random(5) * lifeMs,
    patienceMs: 2 * lifeMs,
  };
}

/** Plays the story to its end, with as many kills as `next` gives. */
async function play(
  stage: Stage,
  next: () => Kill | undefined,
  counts?: Counts,
  told: () => void = () => undefined,
): Promise<void> {
  const actors = NAMES.map((name) => actor(name, stage));
  const [arena, ...others] = actors;
  if (arena === undefined) return;
  const before = [0, 0, 0];
  try {
    for (const one of actors) one.start();
    while (arena.code() !== 0) {
      const kill = next();
      if (kill === undefined || counts === undefined) {
        await Promise.race([...actors.map((one) => one.ended), stuck(stage)]);
        continue;
      }
      const died = await strike(actors, arena, kill);
      if (died === 0) break;
      counts.kills += died;
      told();
      progressOf(stage.folder).forEach((seq, i) => {
        if (seq < (before[i] ?? 0)) counts.lost++;
        before[i] = seq;
      });
      for (const one of actors) if (!one.running() && one.code() !== 0) one.start();
    }
    for (const one of others) one.kill('SIGTERM');
    await Promise.all(others.map((one) => one.ended));
  } finally {
    for (const one of actors) one.kill('SIGKILL');
  }
}

/** Without an end a story hangs, and that is a finding too. */
async function stuck({ folder }: Stage): Promise<never> {
  await sleep(STUCK_MS, undefined, { ref: false });
  throw new Error(`the story in ${folder} did not go on for ${String(STUCK_MS / 1000)} s`);
}

/** How many died; none when the story was over first. */
async function strike(actors: readonly Actor[], arena: Actor, kill: Kill): Promise<number> {
  const victims = kill.victim === undefined ? actors : actors.slice(kill.victim, kill.victim + 1);
  if (kill.fault !== undefined) {
    // It has to be started with the fault: it dies once to begin with.
    for (const one of victims) {
      one.kill('SIGKILL');
      await one.ended;
      if (one.code() !== 0) one.start(kill.fault);
    }
    const deaths = Promise.race([
      Promise.all(victims.map((one) => one.ended)),
      arena.ended,
      sleep(kill.patienceMs),
    ]);
    await deaths;
  } else await Promise.race([sleep(kill.afterMs), arena.ended]);
  if (arena.code() === 0) return 0;
  for (const one of victims) one.kill('SIGKILL');
  await Promise.all(victims.map((one) => one.ended));
  return victims.length * (kill.fault === undefined ? 1 : 2);
}
