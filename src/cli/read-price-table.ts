import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type PriceTable, parsePriceTable } from '../core/domain/model-prices.js';
import { Problem } from '../core/domain/problem.js';
import { parseJsonFile } from './parse-json-file.js';
import { PROGRAM_FOLDER } from './compiled.js';

/** The table that ships with the product. */
const SHIPPED = join(PROGRAM_FOLDER, 'prices/models.json');

/** A thousand entries are 300 kB. */
const MOST_BYTES = 10_000_000;

/** Prices of language models, from the shipped table or one of the user's own. */
export function readPriceTable(file: string = SHIPPED): PriceTable {
  const size = statSync(file, { throwIfNoEntry: false });
  if (size?.isFile() !== true)
    throw new Problem('input', `${file}: there is no such price table`, { hint: 'check the path' });
  if (size.size > MOST_BYTES)
    throw new Problem('input', `${file}: is ${String(size.size)} bytes, too large for a price table`);
  return parsePriceTable(parseJsonFile(readFileSync(file, 'utf8'), file), file);
}
