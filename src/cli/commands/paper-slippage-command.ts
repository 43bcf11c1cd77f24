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
  const folder = resolve(configFor(flags).values.paper.folder);
  const store = journalOf(folder, true);
  try {
    const saved = store.meta('settings');
    if (saved === undefined)
      throw new Problem('not-running', `${folder}: there is no paper account yet`, { hint: 'npm run paper' });
    const { market, costs, fills, firstBarMs } = parsePaperSettings(saved, folder);
    if (fills !== 'quote')
      throw new Problem('input', `${folder} fills at the next open: there is no quote to compare with`, {
        hint: 'begin an account on a live market with: npm run paper -- --fills quote',
      });
    const { table } = loggedMarket(market.folder ?? '.', newestRound(store)?.barMs ?? firstBarMs);
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
        'Positive is dearer than simulated. Latency: from the close of the bar that was decided on to the quote.',
      );
    }
    if (flags.export === undefined) return EXIT.fine;
    const source = `quotes of ${market.exchange ?? ''} (${market.instrument ?? 'spot'}, ${market.timeframe}) against opens`;
    const costTable = costTableOf(samples, source);
    if (costTable === undefined)
      throw new Problem('input', `there is nothing to write to ${flags.export}: no fill at a quote yet`);
    writeTextFile(resolve(flags.export), costTableText(costTable));
    output.say(
      `${flags.export}: costs of ${String(costTable.symbols.length)} symbols, for npm run arena -- --costs`,
    );
    return EXIT.fine;
  } finally {
    store.close();
  }
}
