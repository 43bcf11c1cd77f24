import { resolve } from 'node:path';
import { modelCosts } from '../../app/model-costs.js';
import { readContestantRow } from '../../app/stored-contestants.js';
import { askedDays } from '../../core/arena/model-figures.js';
import { Problem } from '../../core/domain/problem.js';
import { modelCostsText } from '../../reporting/model-costs-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { journalOf } from '../wire.js';

/** `llm costs`: what contestants spent on language models, by contestant and day, and what a week would cost. */
export function llmCostsCommand(flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  const store = journalOf(folder, true);
  try {
    if (store.lastCommit() === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const contestants = new Map(store.contestants().map((row) => [row.position, readContestantRow(row)]));
    const rows = modelCosts(store, (c) => contestants.get(c)?.name ?? '').map((spend) => {
      const timeframe = contestants.get(spend.contestant)?.manifest.timeframe;
      if (timeframe === undefined) throw new Error(`no contestant ${String(spend.contestant)}`);
      const perDayUsd = spend.costUsd / askedDays(spend.firstMs, spend.lastMs, timeframe);
      return { ...spend, perDayUsd, perWeekUsd: 7 * perDayUsd };
    });
    output.answer({ contestants: rows, totalUsd: rows.reduce((sum, { costUsd }) => sum + costUsd, 0) });
    if (!output.json) process.stdout.write(modelCostsText(rows));
    return EXIT.fine;
  } finally {
    store.close();
  }
}
