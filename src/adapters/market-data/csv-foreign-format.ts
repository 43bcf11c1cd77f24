import { Problem } from '../../core/domain/problem.js';

const TO_CSV = 'convert it to CSV: timestamp,open,high,low,close,volume';

const PARQUET = 'is a Parquet file, which is not read yet';

/** First bytes of files that people take for CSV, and what to do with each. */
const FOREIGN: readonly { starts: readonly number[]; is: string; hint: string }[] = [
  { starts: [0x50, 0x41, 0x52, 0x31], is: PARQUET, hint: TO_CSV },
  { starts: [0x1f, 0x8b], is: 'is gzip under another name', hint: 'name it .csv.gz' },
  { starts: [0x50, 0x4b, 3, 4], is: 'is a zip archive or an Excel sheet', hint: TO_CSV },
  { starts: [0xff, 0xfe], is: 'is text in UTF-16', hint: 'save it as UTF-8' },
  { starts: [0xfe, 0xff], is: 'is text in UTF-16', hint: 'save it as UTF-8' },
];

/** Throws when the first bytes of a file tell that it is no CSV. */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  const foreign = FOREIGN.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte));
  if (foreign !== undefined)
    throw new Problem('input', `${file}: ${foreign.is}, expected CSV`, { hint: foreign.hint });
}

export function refuseParquet(file: string): void {
  if (file.endsWith('.parquet'))
    throw new Problem('input', `${file}: ${PARQUET}, expected CSV`, { hint: TO_CSV });
}
