import type { Colour } from './chart-style.js';
import { CHART_WIDTH, type LegendEntry, bottomAxis, legend, marker } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { spreadPoints } from './spread-points.js';
import { element, emptyPicture, picture, px, shortened, textElement, tooltip, widthOf } from './svg.js';

export interface DistributionRow {
  readonly name: string;
  readonly points: readonly { readonly name: string; readonly value: number }[];
  readonly mean: number | undefined;
  readonly range: { readonly low: number; readonly high: number } | undefined;
}

export interface Distribution {
  readonly title: string;
  readonly valueTitle: string;
  readonly pointLabel: string;
  readonly meanLabel: string;
  readonly rows: readonly DistributionRow[];
  /** Across all rows: where most of something else lies. */
  readonly band: { readonly label: string; readonly low: number; readonly high: number } | undefined;
  /** Across all rows: single values to compare with. */
  readonly levels: readonly { readonly label: string; readonly value: number }[];
  readonly write: (value: number) => string;
}

const ROW_PX = 74;
/** The mean has its own line below the points, which would hide it. */
const POINTS_PX = -12;
const MEAN_PX = 23;
const NAME_LETTERS = 34;
const LEVEL_COLOURS: readonly Colour[] = ['green', 'purple', 'sky', 'red'];
const LEVEL_DASHES = ['6 3', '2 3', '9 3 2 3', '4 4'];

/** Every value of each row, its mean and how far that is known, on one axis with what rows are compared with. */
export function distributionChart(chart: Distribution): string {
  const { title, rows, band, valueTitle, write } = chart;
  const levels = chart.levels
    .filter(({ value }) => Number.isFinite(value))
    .map((level, i) => ({
      ...level,
      colour: LEVEL_COLOURS[i % LEVEL_COLOURS.length] ?? 'grey',
      dash: LEVEL_DASHES[i % LEVEL_DASHES.length],
    }));
  const used = rows.map((row) => ({
    ...row,
    points: row.points.filter(({ value }) => Number.isFinite(value)),
  }));
  const extent = extentOf(
    used.flatMap(({ points, range, mean }) => [
      mean ?? NaN,
      ...points.map(({ value }) => value),
      range?.low ?? NaN,
      range?.high ?? NaN,
    ]),
    levels.map(({ value }) => value),
    band === undefined ? [] : [band.low, band.high],
    [0],
  );
  if (extent === undefined || used.every(({ points }) => points.length === 0))
    return emptyPicture(CHART_WIDTH, title, 'nothing was measured');
  const names = used.map(({ name }) => shortened(name, NAME_LETTERS));
  const key = legend(legendOf(chart, levels), 4, CHART_WIDTH - 4, 4);
  const top = key.heightPx + 8;
  const area = {
    left: Math.max(...names.map(widthOf)) + 16,
    right: CHART_WIDTH - 20,
    top,
    bottom: top + used.length * ROW_PX,
  };
  const x = linearScale(extent, area.left, area.right);
  const bandPicture =
    band === undefined
      ? ''
      : element(
          'rect',
          {
            x: x.at(band.low),
            y: area.top,
            width: Math.max(1, x.at(band.high) - x.at(band.low)),
            height: area.bottom - area.top,
            class: 'soft grey',
          },
          tooltip(`${band.label}: ${write(band.low)} to ${write(band.high)}`),
        );
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    key.svg,
    bandPicture,
    bottomAxis(x, area, valueTitle, true),
    ...levels.map(({ label, value, colour, dash }) =>
      element(
        'path',
        {
          d: `M${px(x.at(value))} ${px(area.top)}V${px(area.bottom)}`,
          class: `line ${colour}`,
          'stroke-dasharray': dash,
        },
        tooltip(`${label}: ${write(value)}`),
      ),
    ),
    ...used.map((row, i) => rowOf(row, names[i] ?? '', area.top + (i + 0.5) * ROW_PX, x.at, chart)),
  ]);
}

function rowOf(
  { name, points, mean, range }: DistributionRow,
  shown: string,
  middle: number,
  at: (value: number) => number,
  { write, meanLabel }: Distribution,
): string {
  const offsets = spreadPoints(points.map(({ value }) => at(value)));
  const dots = points.map((point, i) =>
    marker(
      'dot',
      at(point.value),
      middle + POINTS_PX + (offsets[i] ?? 0),
      4,
      'blue',
      tooltip(`${point.name}: ${write(point.value)}`),
    ),
  );
  const words =
    mean === undefined
      ? ''
      : `${name}, ${meanLabel}: ${write(mean)}${range === undefined ? '' : ` (${write(range.low)} to ${write(range.high)})`}`;
  const line =
    range === undefined
      ? ''
      : element(
          'path',
          {
            d: `M${px(at(range.low))} ${px(middle + MEAN_PX)}H${px(at(range.high))}m0 -5v10M${px(at(range.low))} ${px(middle + MEAN_PX - 5)}v10`,
            class: 'line orange',
          },
          tooltip(words),
        );
  const centre =
    mean === undefined ? '' : marker('square', at(mean), middle + MEAN_PX, 5, 'orange', tooltip(words));
  return textElement(4, middle + 4, shown) + line + dots.join('') + centre;
}

function legendOf(
  { pointLabel, meanLabel, band }: Distribution,
  levels: readonly { readonly label: string; readonly colour: Colour; readonly dash: string | undefined }[],
): LegendEntry[] {
  return [
    { label: pointLabel, colour: 'blue', mark: 'dot' },
    { label: meanLabel, colour: 'orange', mark: 'square' },
    ...(band === undefined ? [] : [{ label: band.label, colour: 'grey', mark: 'area' } as const]),
    ...levels.map(({ label, colour, dash }) => ({
      label: shortened(label, NAME_LETTERS),
      colour,
      mark: 'line' as const,
      dash,
    })),
  ];
}
