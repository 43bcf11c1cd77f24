import { resolve } from 'node:path';
import { GENERATED_FROM_MS } from '../app/choose-market.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { sliceMarket } from '../core/domain/slice-market.js';
import { DAY_MS, formatForPeople, timeframeMs } from '../core/domain/time.js';
import { GENERATED_SYMBOLS, generateMarket } from '../core/market/generate-market.js';
import type { ArenaConfig } from './config/schema.js';
import { parseEnd, parseFrom } from './parse-date.js';
import { positive } from './parse-number.js';
import { recordedTable } from './wire-candles.js';

const GENERATED_DEFAULT_DAYS = 60;
const GENERATED_DEFAULT_SYMBOLS = 10;

/** The candles and the index of the first decided bar; all earlier bars warm the indicators up. */
export function candlesFor(
  flags: { readonly days?: string; readonly from?: string; readonly to?: string },
  values: ArenaConfig,
): { table: MarketTable; first: number } {
  const { timeframe } = values.market;
  const barMs = timeframeMs(timeframe);
  if (values.market.source === 'generated') {
    const days = flags.days === undefined ? GENERATED_DEFAULT_DAYS : positive(flags.days, '--days');
    const warmup = values.market.warmupBars;
    const fromMs = flags.from === undefined ? GENERATED_FROM_MS : parseFrom(flags.from, '--from');
    const table = generateMarket({
      seed: values.market.seed,
      symbols: values.market.symbols ?? GENERATED_SYMBOLS.slice(0, GENERATED_DEFAULT_SYMBOLS),
      timeframe,
      startMs: fromMs - warmup * barMs,
      length: warmup + Math.round((days * DAY_MS) / barMs),
      perpetual: values.market.instrument === 'perpetual',
    });
    return { table, first: warmup };
  }
  const table = recordedTable(resolve(values.market.source), timeframe, values.market.symbols);
  const first = flags.from === undefined ? 0 : firstIndexAtOrAfter(table, parseFrom(flags.from, '--from'));
  const end =
    flags.to === undefined ? table.length : firstIndexAtOrAfter(table, parseEnd(flags.to, '--to', barMs));
  if (first >= end)
    throw new Problem('input', 'there are no candles between --from and --to', {
      hint: `the candles reach from ${formatForPeople(table.openTimesMs[0] ?? NaN)} to ${formatForPeople(table.openTimesMs[table.length - 1] ?? NaN)}`,
    });
  return { table: sliceMarket(table, 0, end), first };
}
