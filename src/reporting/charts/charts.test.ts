import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markupProblems } from '../../../test/support/well-formed.js';
import { DAY_MS, HOUR_MS } from '../../core/domain/time.js';
import { barChart } from './bar-chart.js';
import { candleChart } from './candle-chart.js';
import { standalonePicture } from './chart-style.js';
import { distributionChart } from './distribution-chart.js';
import { forestChart } from './forest-chart.js';
import { heatMap } from './heat-map.js';
import { histogramChart } from './histogram-chart.js';
import { extentOf, linearScale, logScale, timeScale } from './scale.js';
import { scatterChart } from './scatter-chart.js';
import { stripChart } from './strip-chart.js';
import { element } from './svg.js';
import { timeSeriesChart } from './time-series-chart.js';
import { waterfallChart } from './waterfall-chart.js';

const EVIL = `<script>alert("x")</script> & 'Co'\u0000\uD800`;
const START_MS = Date.UTC(2026, 0, 5);
/** Everything that a series may hold, money of any size, gaps and infinities. */
const anyNumber = fc.oneof(
  fc.double({ min: -1e9, max: 1e9 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e-12, 1e15, 100),
);
const anySeries = fc.array(anyNumber, { maxLength: 60 });
const write = (value: number): string => value.toFixed(2);

/** Every chart, drawn of the same numbers. */
function allCharts(values: readonly number[]): string[] {
  const column = Float64Array.from(values);
  const timesMs = Float64Array.from(values, (_, i) => START_MS + i * HOUR_MS);
  const optional = (value: number | undefined): number | undefined =>
    value === undefined || !Number.isFinite(value) ? undefined : value;
  const series = {
    title: EVIL,
    timesMs,
    valueTitle: EVIL,
    lines: [{ label: EVIL, values: column, colour: 'blue' as const, area: true }],
    bands: [{ label: EVIL, low: column, high: column, colour: 'grey' as const }],
    levels: [{ value: 100, label: EVIL }],
  };
  return [
    timeSeriesChart(series),
    timeSeriesChart({ ...series, logarithmic: true }),
    distributionChart({
      title: EVIL,
      valueTitle: EVIL,
      pointLabel: EVIL,
      meanLabel: EVIL,
      rows: [
        {
          name: EVIL,
          points: values.map((value) => ({ name: EVIL, value })),
          mean: optional(values[0]),
          range: undefined,
        },
        { name: 'none', points: [], mean: undefined, range: { low: -1, high: 1 } },
      ],
      band: { label: EVIL, low: -2, high: 3 },
      levels: values.slice(0, 6).map((value) => ({ label: EVIL, value })),
      write,
    }),
    barChart(
      EVIL,
      values.map((value) => ({ name: EVIL, value: optional(value) })),
      EVIL,
      write,
    ),
    waterfallChart(
      EVIL,
      values.slice(0, 7).map((value, i) => ({ name: EVIL, value: optional(value), total: i === 0 })),
      EVIL,
      write,
    ),
    histogramChart({
      title: EVIL,
      counted: EVIL,
      values: column,
      valueTitle: EVIL,
      mean: 0,
      deviation: 1,
      marks: [],
    }),
    scatterChart(
      EVIL,
      values.map((x, i) => ({
        x,
        y: values[values.length - 1 - i] ?? NaN,
        name: EVIL,
        group: 'a',
        labelled: true,
      })),
      [{ name: 'a', colour: 'blue', mark: 'cross' }],
      EVIL,
      EVIL,
    ),
    forestChart(
      EVIL,
      values.map((value) => {
        const known = optional(value);
        return {
          name: EVIL,
          value: known,
          range: known === undefined ? undefined : { low: known - 1, high: known + 1 },
          colour: 'blue',
        };
      }),
      EVIL,
      write,
    ),
    heatMap(
      EVIL,
      values.slice(0, 12).map(() => EVIL),
      (row) => optional(Math.tanh(values[row] ?? NaN)),
    ),
    stripChart(
      EVIL,
      [
        {
          name: EVIL,
          colour: 'red',
          mark: 'dot',
          points: values.filter((value) => Number.isFinite(value)).map((value) => ({ name: EVIL, value })),
        },
      ],
      EVIL,
    ),
    candleChart(
      EVIL,
      values.map((value, i) => ({
        openMs: START_MS + i * HOUR_MS,
        open: value,
        high: value,
        low: value,
        close: value,
      })),
      HOUR_MS,
      [{ timeMs: START_MS, price: 100, label: EVIL, direction: 'up' }],
      EVIL,
    ),
  ];
}

describe('every chart', () => {
  it('is well formed, escaped, and has no coordinate that is no number, of whatever it is drawn', () => {
    fc.assert(
      fc.property(anySeries, (values) => {
        for (const chart of allCharts(values)) {
          expect(markupProblems(chart)).toEqual([]);
          expect(chart).not.toContain('<script');
          expect(markupProblems(standalonePicture(chart).replace(/^<\?xml[^>]*>\n/, ''))).toEqual([]);
        }
      }),
      { numRuns: 150, examples: [[[]], [[5]], [[NaN, NaN]], [[7, 7, 7]], [[0, 0]], [[1e15, -1e15]]] },
    );
  });

  it('says n/a and why where there is nothing to draw', () => {
    for (const chart of allCharts([])) expect(chart).toContain('n/a: ');
  });

  it('of a year of hours is no larger than its pixels need, and keeps the highest peak', () => {
    const values = Float64Array.from({ length: 8760 * 3 }, (_, i) => (i === 12_345 ? 500 : (i * 7919) % 100));
    const chart = timeSeriesChart({
      title: 'long',
      timesMs: Float64Array.from(values, (_, i) => START_MS + i * HOUR_MS),
      valueTitle: 'x',
      lines: [{ label: 'a', values, colour: 'blue' }],
    });
    expect(chart.length).toBeLessThan(80_000);
    const ys = [...chart.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((match) => Number(match[1]));
    const top = Math.min(...ys);
    expect(
      ys.filter((y) => y === top),
      'one point alone is as high as that',
    ).toHaveLength(1);
  });
});

describe('an element', () => {
  it('refuses a coordinate that is no number', () => {
    expect(() => element('rect', { x: NaN })).toThrow('a coordinate of NaN');
  });
});

describe('an axis', () => {
  it('has ticks that are round, ascend, and enclose the values', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (low, span) => {
          const scale = linearScale({ low, high: low + span }, 0, 100);
          const values = scale.ticks.map(({ value }) => value);
          expect(values.length).toBeGreaterThan(1);
          expect(values.length).toBeLessThan(20);
          const rounding = 1e-6 * (span + Math.abs(low)) + 1e-9;
          expect(scale.low).toBeLessThanOrEqual(low + rounding);
          expect(scale.high).toBeGreaterThanOrEqual(low + span - rounding);
          values.slice(1).forEach((value, i) => {
            expect(value).toBeGreaterThan(values[i] ?? NaN);
          });
        },
      ),
    );
  });

  it('writes each tick differently', () => {
    for (const extent of [
      { low: 0, high: 0.0003 },
      { low: 9_999, high: 10_001 },
      { low: -2.5, high: 10 },
      { low: 0.123, high: 0.126 },
    ]) {
      const labels = linearScale(extent, 0, 1).ticks.map(({ label }) => label);
      expect(new Set(labels).size, labels.join(' ')).toBe(labels.length);
    }
  });

  it('of time has its ticks at round hours, days, weeks or months, a readable number of them', () => {
    for (const days of [0.02, 0.3, 2, 9, 30, 60, 200, 400, 3_000]) {
      const { ticks } = timeScale({ low: START_MS, high: START_MS + days * DAY_MS }, 0, 1);
      expect(ticks.length, `${String(days)} days`).toBeGreaterThan(1);
      expect(ticks.length, `${String(days)} days`).toBeLessThan(13);
    }
    const weeks = timeScale({ low: START_MS, high: START_MS + 60 * DAY_MS }, 0, 1).ticks;
    expect(weeks.map(({ value }) => new Date(value).getUTCDay())).toEqual(weeks.map(() => 1));
  });

  it('of powers of ten encloses what it shows', () => {
    const { low, high, at } = logScale({ low: 0.3, high: 480 }, 0, 100);
    expect([low, high, at(1)]).toEqual([0.1, 1000, 25]);
  });

  it('has no extent without a finite value', () => {
    expect(extentOf([NaN, Infinity], [])).toBeUndefined();
    expect(extentOf([NaN, 3], [-1])).toEqual({ low: -1, high: 3 });
  });
});
