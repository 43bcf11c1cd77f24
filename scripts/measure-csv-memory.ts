/**
 * Loads a made CSV in a fresh process and prints what memory that took:
 *   npx tsx scripts/measure-csv-memory.ts [--megabytes 300] [--gzip] [--json]
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { loadRecordedMarket } from '../src/adapters/market-data/recorded-market.js';
import type { MarketTable } from '../src/core/domain/market-table.js';

const MEGABYTE = 1e6;
const START_MS = Date.UTC(2010, 0, 1);
const MINUTE_MS = 60_000;
const ROWS_A_PIECE = 20_000;
/** One piece of rows ends with a gap, so that bars have to be moved to their slots. */
const GAP_MINUTES = 3;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '300' },
    gzip: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    load: { type: 'string' },
  },
});
const loadSchema = z.object({
  rows: z.number(),
  tableBytes: z.number(),
  baselineBytes: z.number(),
  peakBytes: z.number(),
  ms: z.number(),
});

if (values.load !== undefined) console.log(JSON.stringify(measureLoad(values.load)));
else measureInChild(Number(values.megabytes) * MEGABYTE, values.gzip);

function measureInChild(textBytes: number, gzip: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), 'csv-memory-'));
  try {
    const file = join(folder, 'large', gzip ? 'MADE_1m.csv.gz' : 'MADE_1m.csv');
    for (const name of ['large', 'small']) mkdirSync(join(folder, name));
    writeMadeCsv(join(folder, 'small', 'MADE_1m.csv'), 100, false);
    writeMadeCsv(file, textBytes, gzip);
    const child = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, '--load', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const load = loadSchema.parse(JSON.parse(child.stdout));
    const overBaseline = load.peakBytes - load.baselineBytes;
    const figures = {
      fileBytes: statSync(file).size,
      rows: load.rows,
      tableBytes: load.tableBytes,
      peakOverBaselineBytes: overBaseline,
      beyondTableBytes: overBaseline - load.tableBytes,
      loadMs: Math.round(load.ms),
    };
    if (values.json) console.log(JSON.stringify(figures));
    else
      for (const [name, value] of Object.entries(figures))
        console.log(`${name.padEnd(22)} ${value.toLocaleString('en-US').padStart(14)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A small market first, so that code and its compilation count as baseline. */
function measureLoad(folder: string): z.infer<typeof loadSchema> {
  loadRecordedMarket({ folder: join(folder, 'small'), timeframe: '1m' });
  const baselineBytes = process.memoryUsage.rss();
  const start = performance.now();
  const { table, coverage } = loadRecordedMarket({ folder: join(folder, 'large'), timeframe: '1m' });
  const ms = performance.now() - start;
  return {
    rows: coverage[0]?.bars ?? 0,
    tableBytes: bytesOf(table),
    baselineBytes,
    peakBytes: peakRssBytes(),
    ms,
  };
}

function bytesOf({ openTimesMs, candles }: MarketTable): number {
  return candles
    .flatMap((columns) => Object.values(columns) as Float64Array[])
    .reduce((sum, column) => sum + column.byteLength, openTimesMs.byteLength);
}

/** Where /proc is, of this program alone; elsewhere the system's figure, which may count its parent's before it began. */
function peakRssBytes(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No /proc here.
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** Minute bars until the text has `textBytes`. */
function writeMadeCsv(file: string, textBytes: number, gzip: boolean): void {
  const pieces: Buffer[] = [];
  const handle = openSync(file, 'w');
  let written = 0;
  const write = (text: string): void => {
    written += text.length;
    if (gzip) pieces.push(Buffer.from(text));
    else writeSync(handle, text);
  };
  write('timestamp,open,high,low,close,volume\n');
  let random = 1;
  let price = 20_000;
  for (let minute = 0; written < textBytes; minute += GAP_MINUTES) {
    const lines: string[] = [];
    for (let row = 0; row < ROWS_A_PIECE; row++, minute++) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const close = price * (1 + (random / 2 ** 32 - 0.5) * 2e-3);
      const high = Math.max(price, close) + 1;
      const low = Math.min(price, close) - 1;
      const volume = (random % 1_000_003) / 1e4;
      lines.push(
        `${String(START_MS + minute * MINUTE_MS)},${price.toFixed(2)},${high.toFixed(2)},${low.toFixed(2)},${close.toFixed(2)},${volume.toFixed(4)}\n`,
      );
      price = close;
    }
    write(lines.join(''));
  }
  if (gzip) writeSync(handle, gzipSync(Buffer.concat(pieces), { level: 1 }));
  closeSync(handle);
}
