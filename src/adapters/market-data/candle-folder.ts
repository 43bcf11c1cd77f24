import type { CandleFolder } from '../../ports/candle-folder.js';
import { refuseParquet } from './csv-foreign-format.js';
import { CANDLE_COLUMNS, FUNDING_COLUMNS } from './csv-header.js';
import { createCsvParser } from './csv-parser.js';
import { findCandleFiles } from './find-candle-files.js';
import { instrumentFor, readMarketDescription } from './market-description.js';
import { readCsvFile } from './read-csv-file.js';
import { watchEnd } from './watch-end.js';

/** The files of a folder as they are; what a load of the market would refuse is read all the same. */
export function openCandleFolder(folder: string): CandleFolder {
  const all = findCandleFiles(folder);
  const description = readMarketDescription(
    folder,
    all.map(({ symbol }) => symbol),
  );
  return {
    folder,
    calendar: description?.calendar,
    symbols: all.map(({ symbol, candles, funding }) => ({
      symbol,
      instrumentType: instrumentFor(symbol, description, funding !== undefined).type,
      timeframes: [...candles.keys()],
      read(timeframe) {
        const file = candles.get(timeframe) ?? '';
        refuseParquet(file);
        const end = watchEnd();
        const parser = createCsvParser(file, CANDLE_COLUMNS);
        const csv = readCsvFile(file, {
          ...parser,
          push(chunk) {
            end.see(chunk);
            parser.push(chunk);
          },
        });
        const [openTimesMs, open, high, low, close, volume] = csv.columns;
        if (!openTimesMs || !open || !high || !low || !close || !volume)
          throw new Error('a candle parser has six columns');
        return { openTimesMs, open, high, low, close, volume, mayBeTorn: end.mayBeTorn() };
      },
      fundingTimesMs: () =>
        funding === undefined
          ? undefined
          : readCsvFile(funding, createCsvParser(funding, FUNDING_COLUMNS)).columns[0],
    })),
  };
}
