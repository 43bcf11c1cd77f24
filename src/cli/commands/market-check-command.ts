import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkMarket } from '../../app/check-market.js';
import { checkMarketLog } from '../../app/check-market-log.js';
import { Problem } from '../../core/domain/problem.js';
import { folderLookText, pairLookText } from '../../reporting/market-check-text.js';
import { marketLogText } from '../../reporting/market-log-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { type Output, createOutput } from '../output.js';
import { candleFolder, marketLogOf } from '../wire.js';

/** Where downloads go. */
const DOWNLOADS = 'data';
/** Troubles that are repeated in the last line. */
const SHOWN = 3;

/** `market check`: 0 nothing to look at, 1 something. */
export function marketCheckCommand(dirs: readonly string[], flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const { state, market } = configFor(flags).values;
  if (flags.state !== undefined) {
    if (dirs.length > 0)
      throw new Problem('usage', 'give folders of candles or --state, not both', { hint: 'leave one away' });
    return checkLog(resolve(state.folder), output);
  }
  const folders = dirs.length > 0 ? dirs : defaultFolders(market.source);
  const timeframe = flags.timeframe === undefined ? undefined : market.timeframe;
  const opened = folders.map((folder) => candleFolder(folder));
  // Folders that nobody named are not compared: they may hold anything.
  const checks =
    dirs.length > 0
      ? [checkMarket(opened, timeframe)]
      : opened.map((folder) => checkMarket([folder], timeframe));
  const check = {
    folders: checks.flatMap((one) => one.folders),
    pairs: checks.flatMap((one) => one.pairs),
    troubles: checks.flatMap((one) => one.troubles),
  };
  output.answer(check);
  if (!output.json) {
    for (const folder of check.folders) output.say(`${folderLookText(folder)}\n`);
    for (const other of new Set(check.pairs.map(({ otherFolder }) => otherFolder)))
      output.say(
        `${pairLookText(
          dirs[0] ?? '',
          other,
          check.pairs.filter(({ otherFolder }) => otherFolder === other),
        )}
`,
      );
    output.say(
      check.troubles.length === 0
        ? 'nothing to look at'
        : `${String(check.troubles.length)} to look at: ${check.troubles.slice(0, SHOWN).join('; ')}${check.troubles.length > SHOWN ? '; ...' : ''}`,
    );
  }
  return check.troubles.length === 0 ? EXIT.fine : EXIT.degraded;
}

function checkLog(folder: string, output: Output): number {
  const log = marketLogOf(folder, { readOnly: true });
  try {
    const check = checkMarketLog(log);
    if (check === undefined)
      throw new Problem('not-running', `${folder}: no live market has been followed here yet`, {
        hint: 'start one with: npm run arena -- --market live --exchange binance',
      });
    output.answer(check);
    if (!output.json) {
      output.say(marketLogText(check));
      if (check.events.length === 0) output.say('nothing to look at');
    }
    return check.events.length === 0 ? EXIT.fine : EXIT.degraded;
  } finally {
    log.close();
  }
}

/** Without a name: the folder of the settings, else all downloads. */
function defaultFolders(source: string): readonly string[] {
  if (source !== 'generated' && source !== 'live') return [source];
  const isFolder = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = isFolder(DOWNLOADS)
    ? readdirSync(DOWNLOADS)
        .sort()
        .map((name) => join(DOWNLOADS, name))
        .filter(isFolder)
    : [];
  if (found.length > 0) return found;
  throw new Problem('usage', `there is nothing to check: ${DOWNLOADS}/ has no folders of candles`, {
    hint: 'name a folder, download one (npm run market -- download --help), or give --state for the log of a live arena',
  });
}
