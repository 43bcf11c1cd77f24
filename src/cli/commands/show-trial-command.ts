import { judgeTrial } from '../../app/judge-trials.js';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { printable, statesText, valueText } from '../../reporting/trials-text.js';
import type { RichTrial, TrialReading, UnfitTrial } from '../../ports/trial-source.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { type Output, createOutput } from '../output.js';
import { trialCourt } from '../trial-court.js';
import { type TrialFlags, allTrials } from '../trial-flags.js';

/** `trials show <study>/<number>`: all that is known of one trial, and what the arena says to it. */
export async function showTrialCommand(text: string, flags: TrialFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const reading = allTrials(values).read();
  const trial = findTrial(text, reading);
  const notes: string[] = [];
  const court = await trialCourt(values, reading, (note) => notes.push(note));
  const { verdict, fate } = judgeTrial(trial, court);
  const contestant = 'contestant' in trial ? trial.contestant : null;
  const { params, attributes, ...facts } = trial;
  output.answer({ ...facts, params, attributes, contestant, verdict, fate: fate ?? null, notes });
  if (!output.json) {
    const study = reading.studies.find((one) => one.study === trial.study && one.storage === trial.storage);
    output.say(`trial       ${printable(trial.study)}/${String(trial.number)}`);
    output.say(`value       ${valueText(trial)}`);
    output.say(`storage     ${printable(trial.storage)}`);
    if (study !== undefined) output.say(`study       ${statesText(study.states)}`);
    sayEntries('parameters', params, output);
    sayEntries('attributes', attributes, output);
    output.say(`contestant  ${contestant === null ? 'none' : JSON.stringify(contestant)}`);
    output.say(
      verdict.fit
        ? `verdict     can be a contestant: ${printable(verdict.name)}${verdict.id === undefined ? '' : ` (${verdict.id.slice(0, 8)})`}`
        : `verdict     cannot be a contestant: ${printable(verdict.why)}`,
    );
    output.say(`deployment  ${printable(fate ?? '-')}`);
  }
  for (const note of notes) process.stderr.write(`${note}\n`);
  return verdict.fit ? EXIT.fine : EXIT.degraded;
}

function sayEntries(title: string, entries: object, output: Output): void {
  const all = Object.entries(entries);
  const width = Math.max(0, ...all.map(([key]) => printable(key).length));
  output.say(`${title}${all.length === 0 ? '  none' : ''}`);
  for (const [key, value] of all) output.say(`  ${printable(key).padEnd(width)}  ${JSON.stringify(value)}`);
}

function findTrial(text: string, reading: TrialReading): RichTrial | UnfitTrial {
  // A study's name may have slashes itself.
  const match = /^(.+)\/(\d+)$/s.exec(text);
  if (match === null)
    throw new Problem('usage', `"${text}" names no trial`, { hint: 'write STUDY/NUMBER, e.g. mine/7' });
  const [, study = '', number = ''] = match;
  const all = [...reading.trials, ...reading.unfit];
  const found = all.find((trial) => trial.study === study && trial.number === Number(number));
  if (found !== undefined) return found;
  const numbers = all.filter((trial) => trial.study === study).map((trial) => trial.number);
  if (numbers.length > 0)
    throw new Problem('input', `study "${study}" has no completed trial ${number}`, {
      hint: `its completed trials go from ${String(numbers.reduce((a, b) => Math.min(a, b)))} to ${String(numbers.reduce((a, b) => Math.max(a, b)))}; npm run trials -- list`,
    });
  const studies = [...new Set(reading.studies.map((one) => one.study))];
  throw new Problem('input', `there is no completed trial of a study "${study}"`, {
    hint:
      studies.length === 0
        ? 'there are no trials yet; npm run trials -- --help'
        : `did you mean "${nearest(study, studies)}"? There are ${studies.slice(0, 10).join(', ')}`,
  });
}
