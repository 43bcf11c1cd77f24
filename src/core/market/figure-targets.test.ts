import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecordedWindow } from '../../../scripts/recorded-window.js';
import { FIGURE_TARGETS, REFERENCE_WINDOWS } from './figure-targets.js';
import { GENERATED_SYMBOLS, generateMarket } from './generate-market.js';
import { FIGURES, type MarketFigures, measureMarket } from './market-figures.js';

const MONDAY_MS = Date.UTC(2026, 0, 5);
const TWO_YEARS_HOURS = 17_532;
const SEEDS = [1, 2, 3, 4, 5];
const TEN = GENERATED_SYMBOLS.slice(0, 10);
const RECORDED = '../shared/data/crypto/binance';
const PAGE = 'docs/generated-market.md';

describe('two generated years, mean of five seeds', () => {
  const measured = SEEDS.map((seed) =>
    measureMarket(
      generateMarket({ seed, symbols: TEN, timeframe: '1h', startMs: MONDAY_MS, length: TWO_YEARS_HOURS }),
    ),
  );
  it.each(FIGURES)('have %s within the band of real markets', (figure) => {
    const mean = measured.reduce((sum, figures) => sum + figures[figure], 0) / SEEDS.length;
    expect(mean).toBeGreaterThanOrEqual(FIGURE_TARGETS[figure].low);
    expect(mean).toBeLessThanOrEqual(FIGURE_TARGETS[figure].high);
  });
});

describe('many generated years', () => {
  it('leave the market as a whole where it was: the mean log growth of an equal-weight basket is near zero', () => {
    const years = 300;
    let sum = 0;
    for (let seed = 1; seed <= years; seed++) {
      const table = generateMarket({ seed, symbols: TEN, timeframe: '1d', startMs: MONDAY_MS, length: 365 });
      const growth = table.candles.map((candles) => (candles.close[364] ?? NaN) / (candles.open[0] ?? NaN));
      sum += Math.log(growth.reduce((a, b) => a + b, 0) / growth.length);
    }
    // One year's growth has a standard deviation of about 0.6, so this is three standard errors.
    expect(Math.abs(sum / years)).toBeLessThan(0.1);
  });
});

describe('the page on the generated market', () => {
  it.each(FIGURES)('names the recorded value and the band of %s', (figure) => {
    const { recorded, low, high } = FIGURE_TARGETS[figure];
    const row = `| \`${figure}\` | ${String(recorded)} | ${String(low)} to ${String(high)} |`;
    expect(readFileSync(PAGE, 'utf8').replaceAll(/ +/g, ' ')).toContain(row);
  });
});

describe.skipIf(!existsSync(RECORDED))(`recorded candles (skipped without ${RECORDED})`, () => {
  const measure = (window: string): MarketFigures => {
    const [from = '', to = ''] = window.split('..');
    return measureMarket(
      readRecordedWindow(RECORDED, '1h', Date.parse(`${from}T00:00Z`), Date.parse(`${to}T00:00Z`)),
    );
  };

  it('have the documented figures in the first reference window', () => {
    const figures = measure(REFERENCE_WINDOWS[0]);
    for (const figure of FIGURES) {
      const { recorded } = FIGURE_TARGETS[figure];
      const digits = recorded > 10 ? 2 : 3;
      expect(Number(figures[figure].toFixed(digits)), figure).toBe(recorded);
    }
  });

  it.each(REFERENCE_WINDOWS)('lie within every band from %s', (window) => {
    const figures = measure(window);
    for (const figure of FIGURES) {
      expect(figures[figure], figure).toBeGreaterThanOrEqual(FIGURE_TARGETS[figure].low);
      expect(figures[figure], figure).toBeLessThanOrEqual(FIGURE_TARGETS[figure].high);
    }
  });
});
