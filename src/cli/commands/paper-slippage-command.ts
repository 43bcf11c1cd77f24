import { resolve } from 'node:path';
import { costTableOf, slippageSamples } from '../../app/measure-slippage.js';
import { parsePaperSettings } from '../../app/paper-settings.js';
import { newestRound } from '../../app/round-at.js';
import { costTableText } from '../../core/domain/cost-table.js';
import { Problem } from '../../core/domain/problem.js';
import { slippageRows, slippageText } from '../../reporting/slippage-text.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { journalOf, loggedMarket, writeTextFile } from '../wire.js';

/** `paper slippage`: fills at live quotes against simulated ones, and what they cost as a file. */
export function paperSlippageCommand(flags: PaperFlags & { readonly export?: string }): number {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.paper.folder);
  const arenaFolder = resolve(values.state.folder);
  const store = accountIn(folder);
  try {
    const saved = store.meta('settings');
    if (saved === undefined) throw noAccount(folder);
    const { market, costs, fills, firstBarMs } = parsePaperSettings(saved, folder, arenaFolder);
    if (fills !== 'quote')
      throw new Problem('input', `${folder} fills at the next open: there is no quote to compare with`, {
        hint: 'begin an account on a live market with: npm run paper -- --fills quote',
      });
    const { table } = loggedMarket(arenaFolder, newestRound(store)?.barMs ?? firstBarMs);
    const samples = slippageSamples(store.rounds(1), table, costs);
    const rows = slippageRows(samples);
    output.answer({ rows, fills: samples.length });
    if (samples.length === 0) output.say('no order has been filled at a quote yet');
    else {
      output.say(`${slippageText(rows)}\n`);
      output.say(
        'Fill at the quote against the fill that the arena would have given at the open of the same bar.',
      );
      output.say(
        'Positive is dearer than simulated. Latency: from the close of the bar that was decided on to the quote; of it',
      );
      output.say(
        'Decide: settling the bar and deciding, Think: waiting for language models, Quote: from the decision to the quote.',
      );
      for (const row of rows.filter(({ hourUtc, fills }) => hourUtc === undefined && fills < FEW_FILLS))
        output.say(
          `${row.symbol}: ${count(row.fills)} only; a few fills are examples, not costs to count on`,
        );
    }
    if (flags.export === undefined) return EXIT.fine;
    const source = `quotes of ${market.exchange ?? ''} (${market.instrument ?? 'spot'}, ${market.timeframe}) against opens`;
    const costTable = costTableOf(samples, source);
    if (costTable === undefined)
      throw new Problem('input', `there is nothing to write to ${flags.export}: no fill at a quote yet`, {
        hint: 'let the paper trader go on; npm run paper -- trades shows what it has done',
      });
    writeTextFile(resolve(flags.export), costTableText(costTable));
    output.say(
      `${flags.export}: costs of ${costTable.symbols.map(({ symbol }) => symbol).join(', ')}; start an arena with them: npm run arena -- --costs ${flags.export} --state DIR`,
    );
    return EXIT.fine;
  } finally {
    store.close();
  }
}

/** Below this a median says little. */
const FEW_FILLS = 20;

function count(fills: number): string {
  return fills === 1 ? '1 fill' : `${String(fills)} fills`;
}

function accountIn(folder: string): ReturnType<typeof journalOf> {
  try {
    return journalOf(folder, true);
  } catch (error) {
    throw error instanceof Problem && error.kind === 'not-running' ? noAccount(folder) : error;
  }
}

function noAccount(folder: string): Problem {
  return new Problem('not-running', `${folder}: there is no paper account yet`, {
    hint: 'beside an arena on a live market: npm run paper -- --fills quote',
  });
}
