import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { TIMEFRAMES, type Timeframe } from '../../core/domain/time.js';

/** Where one symbol's files lie. */
export interface SymbolFiles {
  readonly symbol: string;
  readonly candles: ReadonlyMap<Timeframe, string>;
  readonly funding: string | undefined;
}

const IN_FOLDER = new RegExp(`^(${TIMEFRAMES.join('|')})\\.(csv|csv\\.gz|parquet)$`);
const FLAT = new RegExp(`^(.+?)[_-](${TIMEFRAMES.join('|')})(?:[_-].*)?\\.(csv|csv\\.gz|parquet)$`);
const FLAT_FUNDING = /^(.+?)[_-]funding(?:[_-].*)?\.csv(\.gz)?$/;

export const LAYOUTS = '<SYMBOL>/1h.csv[.gz] or <SYMBOL>_1h.csv[.gz]';

/** All symbols of a folder, sorted by name. */
export function findCandleFiles(folder: string): SymbolFiles[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Problem('input', `${folder}: there is no such folder of candles`, { hint: 'check --market' });
  const found = new Map<string, { candles: Map<Timeframe, string>; funding: string | undefined }>();
  const of = (symbol: string): { candles: Map<Timeframe, string>; funding: string | undefined } => {
    const entry = found.get(symbol) ?? { candles: new Map<Timeframe, string>(), funding: undefined };
    found.set(symbol, entry);
    return entry;
  };
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      for (const inner of readdirSync(path).sort()) {
        const match = IN_FOLDER.exec(inner);
        if (match !== null) addCandles(of(name).candles, match[1] as Timeframe, join(path, inner));
        else if (/^funding\.csv(\.gz)?$/.test(inner)) of(name).funding = join(path, inner);
      }
      continue;
    }
    const funding = FLAT_FUNDING.exec(name);
    const flat = FLAT.exec(name);
    if (funding?.[1] !== undefined) of(funding[1]).funding = path;
    else if (flat?.[1] !== undefined) addCandles(of(flat[1]).candles, flat[2] as Timeframe, path);
  }
  const symbols = [...found]
    .filter(([, entry]) => entry.candles.size > 0)
    .map(([symbol, entry]) => ({ symbol, candles: entry.candles, funding: entry.funding }));
  if (symbols.length === 0)
    throw new Problem('input', `${folder}: no candle files in it`, { hint: `looked for ${LAYOUTS}` });
  return symbols.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function addCandles(candles: Map<Timeframe, string>, timeframe: Timeframe, path: string): void {
  const other = candles.get(timeframe);
  if (other !== undefined)
    throw new Problem('input', `${path}: there is a second file for the same bars, ${other}`, {
      hint: 'keep one of them',
    });
  candles.set(timeframe, path);
}
