import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { rescoreArena } from '../../app/rescore-arena.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople } from '../../core/domain/time.js';
import { rescoreText, rescoredRows } from '../../reporting/rescore-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { createOutput } from '../output.js';
import { recordedReplies } from '../recorded-replies.js';
import { journalOf, marketLogOf, sha256 } from '../wire.js';

/** `arena diff`: what bars that came late or were revised would have changed. Reads only. */
export async function rescoreCommand(flags: ArenaFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.state.folder);
  const kinds = await loadKinds(values.contestants.folder);
  const store = journalOf(folder, true);
  try {
    const saved = store.meta('settings');
    if (saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const settings = parseSettings(saved, folder);
    if (settings.market.source !== 'live')
      throw new Problem('usage', `${folder}: its candles come from a file, which is never corrected`, {
        hint: 'diff is for arenas on a live market',
      });
    const log = marketLogOf(folder, { readOnly: true, isBegun: true });
    try {
      const world = { store, settings, kinds, hash: sha256, findReply: recordedReplies(values) };
      const corrections = log.corrections();
      const played = rescoreArena(world, log.load().table);
      const corrected = rescoreArena(world, log.corrected());
      if (played === undefined || corrected === undefined)
        throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
      const rows = rescoredRows(played, corrected);
      const { symbols } = settings.market;
      for (const { openMs, symbol, kind, bar } of corrections)
        output.say(
          `${kind === 'late' ? 'came late ' : 'revised   '} ${symbols[symbol] ?? ''} ${formatForPeople(openMs)}: close ${String(bar.close)}`,
        );
      const lateFunding = log.lateFunding();
      for (const { symbol, timeMs, rate } of lateFunding)
        output.say(`came late  ${symbols[symbol] ?? ''} ${formatForPeople(timeMs)}: funding ${String(rate)}`);
      if (corrections.length + lateFunding.length > 0) output.say('');
      if (!output.json) output.say(rescoreText(rows).trimEnd());
      output.answer({
        corrections: corrections.map(({ openMs, symbol, kind, bar }) => ({
          symbol: symbols[symbol] ?? null,
          bar: new Date(openMs).toISOString(),
          kind,
          ...bar,
        })),
        lateFunding: lateFunding.map(({ symbol, timeMs, rate }) => ({
          symbol: symbols[symbol] ?? null,
          time: new Date(timeMs).toISOString(),
          rate,
        })),
        changed: rows,
      });
      return EXIT.fine;
    } finally {
      log.close();
    }
  } finally {
    store.close();
  }
}
