/**
 * Measures recorded candles and the generated market and prints both as a markdown table:
 *   npx tsx scripts/measure-market.ts <folder> [from..to ...] [--timeframe 1h] [--seeds 5]
 * A window is two dates, e.g. 2023-04-01..2025-11-16, the second one not included.
 */
import { parseArgs } from 'node:util';
import { isTimeframe, timeframeMs } from '../src/core/domain/time.js';
import { GENERATED_SYMBOLS, generateMarket } from '../src/core/market/generate-market.js';
import { FIGURES, type MarketFigures, measureMarket } from '../src/core/market/market-figures.js';
import { FIGURE_TARGETS, REFERENCE_WINDOWS } from '../src/core/market/figure-targets.js';
import { readRecordedWindow } from './recorded-window.js';

const GENERATED_SYMBOL_COUNT = 10;
const GENERATED_YEARS = 2;
const MS_PER_YEAR = 8_766 * 3_600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { timeframe: { type: 'string', default: '1h' }, seeds: { type: 'string', default: '5' } },
});
const [folder, ...asked] = positionals;
const { timeframe } = values;
if (!isTimeframe(timeframe)) throw new Error(`unknown timeframe ${timeframe}`);

const columns: { title: string; figures: MarketFigures }[] = [];
if (folder !== undefined)
  for (const window of asked.length > 0 ? asked : REFERENCE_WINDOWS) {
    const [from = '', to = ''] = window.split('..');
    const table = readRecordedWindow(
      folder,
      timeframe,
      Date.parse(`${from}T00:00Z`),
      Date.parse(`${to}T00:00Z`),
    );
    columns.push({ title: window, figures: measureMarket(table) });
  }
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  const length = Math.round((GENERATED_YEARS * MS_PER_YEAR) / timeframeMs(timeframe));
  const table = generateMarket({
    seed,
    symbols: GENERATED_SYMBOLS.slice(0, GENERATED_SYMBOL_COUNT),
    timeframe,
    startMs: Date.UTC(2026, 0, 5),
    length,
  });
  columns.push({ title: `seed ${String(seed)}`, figures: measureMarket(table) });
}

const generated = columns.filter((column) => column.title.startsWith('seed'));
const cells = (of: (figures: MarketFigures) => number): string[] => [
  ...columns.map((column) => format(of(column.figures))),
  format(generated.reduce((sum, column) => sum + of(column.figures), 0) / generated.length),
];
const titles = ['figure', 'band (1h)', ...columns.map((column) => column.title), 'mean of seeds'];
console.log(`| ${titles.join(' | ')} |`);
console.log(`|${titles.map(() => '---').join('|')}|`);
for (const figure of FIGURES) {
  const target = FIGURE_TARGETS[figure];
  const band = `${String(target.low)} to ${String(target.high)}`;
  console.log(`| ${[figure, band, ...cells((figures) => figures[figure])].join(' | ')} |`);
}
console.log(`| ${['bars', '', ...columns.map((column) => String(column.figures.bars)), ''].join(' | ')} |`);

function format(value: number): string {
  return Number.isNaN(value) ? 'n/a' : value.toFixed(3);
}
