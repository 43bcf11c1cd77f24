import { basename, dirname } from 'node:path';
import { Problem } from '../core/domain/problem.js';
import { TRADES_HEADER } from '../reporting/paper-files.js';
import { appendLine, folderProjections } from './wire.js';

/**
 * A second copy of `trades.csv` at a place of one's own: only ever appended to. `past` are all lines of the account so
 * far; those behind the last one that the file has are added, so that a crash between commit and append loses none.
 */
export function openTradeLog(path: string, past: readonly string[]): (lines: readonly string[]) => void {
  const text = folderProjections(dirname(path)).read(basename(path)) ?? '';
  const [header = '', ...lines] = text.split('\n');
  // A header that a crash tore has no end of line, and the first append cuts it off.
  const fresh = lines.length === 0 && TRADES_HEADER.startsWith(header);
  if (!fresh && header !== TRADES_HEADER)
    throw new Problem('usage', `${path} is not a trade log: it begins with "${header.slice(0, 60)}"`, {
      hint: `name another file for --trade-log; one of its own begins with ${TRADES_HEADER}`,
    });
  const append = (more: readonly string[]): void => {
    for (const line of more) appendLine(path, line);
  };
  if (fresh) append([TRADES_HEADER]);
  // What follows the last end of line is torn, and is written anew.
  const last = lines.at(-2) ?? '';
  append(past.slice(past.lastIndexOf(last) + 1));
  return append;
}
