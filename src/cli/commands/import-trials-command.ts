import { join, resolve } from 'node:path';
import { type TrialCourt, judgeTrial, orderTrials } from '../../app/judge-trials.js';
import { canonicalJson } from '../../core/domain/canonical-json.js';
import { Problem } from '../../core/domain/problem.js';
import type { RichTrial, TrialReading, UnfitTrial } from '../../ports/trial-source.js';
import { printable } from '../../reporting/trials-text.js';
import { configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { namedTrials } from '../named-trials.js';
import { type Output, createOutput } from '../output.js';
import { trialCourt } from '../trial-court.js';
import { type TrialFlags, trialsFolder } from '../trial-flags.js';
import { makeFolder, sha256, trialsOfFile, trialSource, writeTextFile } from '../wire.js';

/** Trials in one written file: each file is taken whole or not at all, and stays far below what is read. */
const TRIALS_PER_FILE = 2000;
const REASONS_TOLD = 10;

interface Refused {
  readonly where: string;
  readonly why: string;
}

/** `trials import FILE`: the completed trials of a file, as JSON among those that the deployer reads. */
export async function importTrialsCommand(file: string, flags: TrialFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const path = resolve(file);
  const reading = trialsOfFile(namedTrials(path, flags, values)).read();
  refuseUnreadable(path, reading);
  const notes: string[] = [];
  const court = await trialCourt(values, reading, (note) => notes.push(note));
  const { fresh, present, refused } = sortOut(reading, court, values);
  const files = flags.dryRun === true ? [] : write(fresh, trialsFolder(values));
  output.answer({ imported: fresh.length, present, refused, files, dryRun: flags.dryRun === true, notes });
  output.say(
    `${flags.dryRun === true ? 'would import' : 'imported'} ${String(fresh.length)} of ${String(fresh.length + present + refused.length)} completed trials of ${path}`,
  );
  for (const written of files) output.say(`  into ${written}`);
  if (present > 0) output.say(`  ${String(present)} were there already`);
  if (refused.length > 0) output.say(`  ${String(refused.length)} were refused:`);
  sayReasons(refused, output);
  for (const note of notes) process.stderr.write(`${note}\n`);
  if (refused.length === 0) return EXIT.fine;
  return fresh.length + present === 0 ? EXIT.usage : EXIT.degraded;
}

/** A file that has nothing at all to offer but complaints is wrong input. */
function refuseUnreadable(path: string, { trials, unfit, studies, rubbish }: TrialReading): void {
  const [first] = rubbish;
  if (first === undefined || trials.length + unfit.length > 0) return;
  if (studies.some((study) => study.refused === undefined)) return;
  throw new Problem('input', `${printable(first.where)}: ${printable(first.why)}`, {
    hint: `${path} has no trials that can be used`,
  });
}

function sortOut(
  reading: TrialReading,
  court: TrialCourt,
  values: ArenaConfig,
): { fresh: RichTrial[]; present: number; refused: Refused[] } {
  const key = ({ study, number }: RichTrial): string => JSON.stringify([study, number]);
  const content = ({ value, contestant }: RichTrial): string => canonicalJson({ value, contestant });
  const known = new Map(
    trialSource(trialsFolder(values))
      .read()
      .trials.map((trial) => [key(trial), trial]),
  );
  const fresh: RichTrial[] = [];
  const refused: Refused[] = reading.rubbish.filter((item) => item.summary !== true);
  let present = 0;
  for (const trial of orderTrials(reading)) {
    const { verdict } = judgeTrial(trial, court);
    if (!verdict.fit) {
      refused.push({ where: nameOf(trial), why: verdict.why });
      continue;
    }
    const rich = trial as RichTrial;
    const before = known.get(key(rich));
    if (before === undefined) fresh.push(rich);
    else if (content(before) === content(rich)) present++;
    else refused.push({ where: nameOf(trial), why: `stands in ${before.where} with other content` });
  }
  return { fresh, present, refused };
}

/** Trials of one study usually fail for one reason. */
function sayReasons(refused: readonly Refused[], output: Output): void {
  const byReason = new Map<string, string[]>();
  for (const { where, why } of refused) {
    const before = byReason.get(why);
    if (before === undefined) byReason.set(why, [where]);
    else before.push(where);
  }
  for (const [why, [first = '', ...others]] of [...byReason].slice(0, REASONS_TOLD))
    output.say(
      `    ${printable(first)}${others.length === 0 ? '' : ` and ${String(others.length)} more`}: ${printable(why)}`,
    );
  if (byReason.size > REASONS_TOLD)
    output.say(`    and ${String(byReason.size - REASONS_TOLD)} other reasons; --json has them all`);
}

function nameOf(trial: RichTrial | UnfitTrial): string {
  return `${trial.study}/${String(trial.number)}`;
}

/** The name of a file comes from its content: the same import again would replace it by itself. */
function write(trials: readonly RichTrial[], folder: string): string[] {
  if (trials.length === 0) return [];
  makeFolder(folder);
  const written: string[] = [];
  for (let at = 0; at < trials.length; at += TRIALS_PER_FILE) {
    const text = `[\n${trials
      .slice(at, at + TRIALS_PER_FILE)
      .map((trial) => `  ${JSON.stringify(stored(trial))}`)
      .join(',\n')}\n]\n`;
    const path = join(folder, `import-${sha256(text).slice(0, 16)}.json`);
    writeTextFile(path, text);
    written.push(path);
  }
  return written;
}

function stored(trial: RichTrial): object {
  const { study, number, objective, direction, contestant, params, attributes, storage } = trial;
  return {
    study,
    number,
    value: objective,
    direction,
    state: 'COMPLETE',
    contestant,
    params,
    attributes,
    storage,
  };
}
