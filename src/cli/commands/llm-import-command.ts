import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { IMPORTED } from '../../app/model-desk.js';
import { readRecordedRuns } from '../../app/recorded-run.js';
import { Problem } from '../../core/domain/problem.js';
import {
  TIMEFRAMES,
  type Timeframe,
  formatForPeople,
  isTimeframe,
  timeframeMs,
} from '../../core/domain/time.js';
import { type Column, textTable } from '../../reporting/text-table.js';
import type { ImportedRun } from '../../ports/model-recordings.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { parseJsonFile } from '../parse-json-file.js';
import { recordingsIn } from '../wire.js';

/** More is no export of a run. */
const MAX_BYTES = 500_000_000;

/** `llm import`: takes runs that were made elsewhere into the recording, by run and time. */
export function llmImportCommand(files: readonly string[], flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const { timeframe } = flags;
  if (timeframe === undefined || !isTimeframe(timeframe))
    throw new Problem('usage', `--timeframe "${timeframe ?? ''}" is no bar length`, {
      hint: `one of ${TIMEFRAMES.join(' ')}: the bars that the runs traded`,
    });
  const runs = files.flatMap((file) => readRecordedRuns(parseJsonFile(textOf(file), file), file, timeframe));
  const recordings = recordingsIn(resolve(values.llm.recordings));
  try {
    for (const { run, model, provider, answers } of runs)
      recordings.importReplies(
        [...answers].map(([atMs, text]) => ({ run, atMs, model: model ?? provider ?? run, text })),
      );
    const names = new Set(runs.map(({ run }) => run));
    const imported = recordings.importedRuns().filter(({ run }) => names.has(run));
    output.answer({ imported });
    if (output.json) return EXIT.fine;
    process.stdout.write(`${textTable(COLUMNS, imported).join('\n')}\n`);
    output.say(
      `A contestant repeats one with "provider": "${IMPORTED}", "model": "<run>", "interval": "${timeframe}".`,
    );
    output.say(windowHint(imported, timeframe));
    return EXIT.fine;
  } finally {
    recordings.close();
  }
}

/** A decision is made at a close and filled at the next open: a window from decision to decision loses the first and the last. */
function windowHint(imported: readonly ImportedRun[], timeframe: Timeframe): string {
  const fromMs = Math.min(...imported.map(({ firstMs }) => firstMs)) - timeframeMs(timeframe);
  const toMs = Math.max(...imported.map(({ lastMs }) => lastMs));
  const date = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16);
  return `All their decisions are played, and the last one filled, with --from ${date(fromMs)} --to ${date(toMs)}.`;
}

const COLUMNS: Column<ImportedRun>[] = [
  { title: 'Run', align: 'left', cell: (r) => r.run },
  { title: 'Model', align: 'left', cell: (r) => r.model },
  { title: 'Replies', align: 'right', cell: (r) => String(r.replies) },
  { title: 'First decision (UTC)', align: 'left', cell: (r) => formatForPeople(r.firstMs) },
  { title: 'Last decision (UTC)', align: 'left', cell: (r) => formatForPeople(r.lastMs) },
];

function textOf(file: string): string {
  const path = resolve(file);
  if (!existsSync(path))
    throw new Problem('input', `${path}: there is no such file`, { hint: 'check the path' });
  const bytes = readFileSync(path);
  try {
    return (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString(
      'utf8',
    );
  } catch (error) {
    throw new Problem(
      'input',
      `${path}: cannot be unpacked (${error instanceof Error ? error.message : ''})`,
      {
        hint: 'it is named .gz; is it whole?',
      },
    );
  }
}
