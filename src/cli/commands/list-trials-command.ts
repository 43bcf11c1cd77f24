import { type JudgedTrial, judgeTrial, orderTrials } from '../../app/judge-trials.js';
import { Problem } from '../../core/domain/problem.js';
import { printable, studiesText, trialsText } from '../../reporting/trials-text.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { trialCourt } from '../trial-court.js';
import { type TrialFlags, allTrials, trialsFolder } from '../trial-flags.js';

const LISTED = 20;

/** `trials list`: what the deployer would see, and what it has made of it. */
export async function listTrialsCommand(flags: TrialFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const limit = limitOf(flags);
  const reading = allTrials(values, flags.study).read();
  const ordered = orderTrials(reading);
  const notes: string[] = [];
  const court = await trialCourt(values, reading, (text) => notes.push(text));
  const judged = ordered.slice(0, limit).map((trial) => judgeTrial(trial, court));
  // What concerns single trials stands in the table.
  const rubbish = reading.rubbish.filter((item) => item.summary !== true);
  output.answer({
    studies: reading.studies,
    completed: ordered.length,
    trials: judged.map(asJson),
    rubbish,
    notes,
  });
  if (!output.json) {
    if (reading.studies.length > 0)
      output.say(
        studiesText(
          reading.studies.map((study) => ({
            ...study,
            direction: study.direction ?? 'unknown',
            refused: study.refused,
          })),
        ).join('\n'),
      );
    if (judged.length > 0)
      output.say(
        ['', ...trialsText(judged.map((item) => ({ ...asRow(item), fate: item.fate ?? '-' })))].join('\n'),
      );
    if (ordered.length > judged.length)
      output.say(`and ${String(ordered.length - judged.length)} more; --limit shows them`);
    if (ordered.length === 0)
      output.say(
        `no completed trials: put them as JSON into ${trialsFolder(values)}, name an Optuna storage under trials.sources in the settings, or bring a file in with: npm run trials -- import FILE`,
      );
  }
  for (const { where, why } of rubbish) process.stderr.write(`${printable(where)}: ${printable(why)}\n`);
  for (const note of notes) process.stderr.write(`${note}\n`);
  return rubbish.length > 0 ? EXIT.degraded : EXIT.fine;
}

function limitOf(flags: TrialFlags): number {
  if (flags.limit === undefined) return flags.json === true ? Infinity : LISTED;
  const limit = Number(flags.limit);
  if (!/^\d+$/.test(flags.limit) || limit < 1)
    throw new Problem('usage', `--limit "${flags.limit}" is not a whole number above 0`);
  return limit;
}

function asRow({ trial, verdict }: JudgedTrial): Omit<Parameters<typeof trialsText>[0][number], 'fate'> {
  return {
    study: trial.study,
    number: trial.number,
    objective: trial.objective,
    direction: trial.direction,
    contestant: verdict.fit ? verdict.name : `cannot be one: ${verdict.why}`,
  };
}

function asJson({ trial, verdict, fate }: JudgedTrial): unknown {
  const { study, number, objective, direction, storage } = trial;
  return {
    study,
    number,
    // Higher is better; the objective is as the study has it.
    value: trial.value ?? null,
    objective: objective ?? null,
    direction,
    storage,
    fit: verdict.fit,
    ...(verdict.fit ? { name: verdict.name, id: verdict.id ?? null } : { why: verdict.why }),
    fate: fate ?? null,
  };
}
