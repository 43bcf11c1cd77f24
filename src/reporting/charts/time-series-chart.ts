import type { Colour } from './chart-style.js';
import { CHART_WIDTH, axisRoomPx, bottomAxis, legend, valueAxis, type LegendEntry } from './frame.js';
import { bandPath, linePath } from './path-of.js';
import { extentOf, linearScale, logScale, timeScale } from './scale.js';
import { element, emptyPicture, picture, px, textElement } from './svg.js';

export interface SeriesLine {
  readonly label: string;
  readonly values: Float64Array;
  readonly colour: Colour;
  readonly dash?: string;
  /** Filled down (or up) to zero. */
  readonly area?: boolean;
}

export interface SeriesBand {
  readonly label: string;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly colour: Colour;
}

export interface TimeSeries {
  readonly title: string;
  readonly timesMs: Float64Array;
  /** With the unit, e.g. `equity (USD)`. */
  readonly valueTitle: string;
  readonly lines: readonly SeriesLine[];
  readonly bands?: readonly SeriesBand[];
  /** Levels that mean something, e.g. a threshold. */
  readonly levels?: readonly { readonly value: number; readonly label: string }[];
  readonly label?: (value: number, decimals: number) => string;
  readonly logarithmic?: boolean;
  readonly heightPx?: number;
}

const PLOT_PX = 240;
const RIGHT_PX = 14;
/** Below this a power of ten is no double any more. */
const LEAST_POSITIVE = 1e-300;

/** Lines and bands over time. */
export function timeSeriesChart(series: TimeSeries): string {
  const { title, timesMs } = series;
  const logarithmic = series.logarithmic === true;
  const positive = (values: Float64Array): Float64Array =>
    logarithmic ? values.map((value) => (value > LEAST_POSITIVE ? value : NaN)) : values;
  // There is no zero on a logarithmic axis to fill an area down to.
  const drawn = series.lines.map((line) => ({
    ...line,
    values: positive(line.values),
    area: line.area === true && !logarithmic,
  }));
  const bands = (series.bands ?? []).map((band) => ({
    ...band,
    low: positive(band.low),
    high: positive(band.high),
  }));
  const levels = (series.levels ?? []).filter(({ value }) => !logarithmic || value > LEAST_POSITIVE);
  const extent = extentOf(
    ...drawn.map((line) => line.values),
    ...bands.flatMap((band) => [band.low, band.high]),
    levels.map(({ value }) => value),
    drawn.some((line) => line.area) ? [0] : [],
  );
  const times = extentOf(timesMs);
  const known = drawn.some((line) => extentOf(line.values) !== undefined);
  if (extent === undefined || times === undefined || !known)
    return emptyPicture(CHART_WIDTH, title, 'nothing was measured');

  const entries: LegendEntry[] = [
    ...drawn.map(({ label, colour, dash, area }) => ({
      label,
      colour,
      dash,
      mark: area ? ('area' as const) : ('line' as const),
    })),
    ...bands.map(({ label, colour }) => ({ label, colour, mark: 'area' as const })),
  ];
  const height = series.heightPx ?? PLOT_PX;
  const scaleOf = (from: number, to: number): ReturnType<typeof linearScale> =>
    series.logarithmic === true
      ? logScale(extent, from, to)
      : linearScale(extent, from, to, series.label ?? undefined);
  const left = axisRoomPx(scaleOf(1, 0).ticks.map(({ label }) => label));
  const head = legend(entries, left, CHART_WIDTH - RIGHT_PX, 0);
  const area = {
    left,
    right: CHART_WIDTH - RIGHT_PX,
    top: head.heightPx + 6,
    bottom: head.heightPx + 6 + height,
  };
  const y = scaleOf(area.bottom, area.top);
  const x = timeScale(times, area.left, area.right);
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    head.svg,
    valueAxis(y, area, series.valueTitle),
    bottomAxis(x, area, 'time (UTC)'),
    ...bands.map(({ low, high, colour }) =>
      element('path', { d: bandPath(timesMs, low, high, x.at, y.at), class: `soft ${colour}` }),
    ),
    ...drawn
      .filter((line) => line.area)
      .map(({ values, colour }) =>
        element('path', {
          d: bandPath(timesMs, new Float64Array(values.length), values, x.at, y.at),
          class: `soft ${colour}`,
        }),
      ),
    ...drawn.map(({ values, colour, dash }) =>
      element('path', {
        d: linePath(timesMs, values, x.at, y.at),
        class: `line ${colour}`,
        'stroke-dasharray': dash,
      }),
    ),
    ...levels.map(({ value, label }) => {
      const at = y.at(value);
      return (
        element('path', {
          d: `M${px(area.left)} ${px(at)}H${px(area.right)}`,
          class: 'line thin red',
          'stroke-dasharray': '8 4',
        }) + textElement(area.right - 4, at - 5, label, { 'text-anchor': 'end', class: 'over' })
      );
    }),
  ]);
}
