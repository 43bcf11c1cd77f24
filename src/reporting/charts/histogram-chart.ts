import { CHART_WIDTH, axisRoomPx, bottomAxis, legend, valueAxis, type LegendEntry } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { element, emptyPicture, picture, px, textElement, tooltip, widthOf } from './svg.js';

export interface Histogram {
  readonly title: string;
  readonly values: Float64Array;
  /** What is counted, e.g. `returns`. */
  readonly counted: string;
  /** With the unit. */
  readonly valueTitle: string;
  /** Of the normal curve with the same mean and deviation; undefined where there is none. */
  readonly mean: number | undefined;
  readonly deviation: number | undefined;
  /** Places that mean something, e.g. the value at risk. */
  readonly marks: readonly { readonly value: number; readonly label: string }[];
}

const HEIGHT_PX = 220;
const MOST_BINS = 61;
const FEWEST_BINS = 9;
/** A few returns far out must not squeeze all others into one bin: what is beyond is in the outermost ones. */
const TAIL_FRACTION = 0.002;

/** How often which return occurred, beside the normal curve of the same mean and deviation. */
export function histogramChart({
  title,
  values,
  counted,
  valueTitle,
  mean,
  deviation,
  marks,
}: Histogram): string {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  const extent = extentOf(sorted);
  if (extent === undefined || sorted.length < 2 || extent.high === extent.low)
    return emptyPicture(CHART_WIDTH, title, `${counted} do not deviate`);
  // Rice's rule, a little finer: 2 n^(1/3) bins.
  const bins = Math.round(Math.min(MOST_BINS, Math.max(FEWEST_BINS, 2.5 * Math.cbrt(sorted.length))));
  const cut = Math.floor(sorted.length * TAIL_FRACTION);
  const low = Math.min(sorted[cut] ?? extent.low, ...marks.map(({ value }) => value));
  const high = Math.max(sorted[sorted.length - 1 - cut] ?? extent.high, ...marks.map(({ value }) => value));
  const width = (high - low) / bins || 1;
  const counts = new Float64Array(bins);
  for (const value of sorted) {
    const bin = Math.max(0, Math.min(bins - 1, Math.floor((value - low) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const normal = normalCurve(low, high, mean, deviation, sorted.length * width);
  const most = Math.max(...counts);
  const entries: LegendEntry[] = [
    { label: `${counted} (${String(sorted.length)})`, colour: 'sky', mark: 'square' },
    ...(normal === undefined
      ? []
      : [
          {
            label: 'normal with the same mean and deviation',
            colour: 'purple' as const,
            mark: 'line' as const,
          },
        ]),
  ];
  const scaleOf = (from: number, to: number): ReturnType<typeof linearScale> =>
    linearScale({ low: 0, high: Math.max(most, normal?.top ?? 0) }, from, to, undefined, 5);
  const left = axisRoomPx(scaleOf(1, 0).ticks.map(({ label }) => label));
  const head = legend(entries, left, CHART_WIDTH, 0);
  const top = head.heightPx + 18;
  const area = { left, right: CHART_WIDTH - 14, top, bottom: top + HEIGHT_PX };
  const y = scaleOf(area.bottom, area.top);
  const x = linearScale({ low, high }, area.left, area.right);
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    head.svg,
    valueAxis(y, area, 'count'),
    ...[...counts].map((count, bin) =>
      count === 0
        ? ''
        : element(
            'rect',
            {
              x: x.at(low + bin * width) + 0.5,
              y: y.at(count),
              width: Math.max(0.5, x.at(low + width) - x.at(low) - 1),
              height: area.bottom - y.at(count),
              class: 'fill sky',
            },
            tooltip(
              `${(low + bin * width).toFixed(3)} to ${(low + (bin + 1) * width).toFixed(3)}: ${String(count)}`,
            ),
          ),
    ),
    normal === undefined
      ? ''
      : element('path', {
          d: normal.points.map(([v, c], i) => `${i === 0 ? 'M' : 'L'}${px(x.at(v))} ${px(y.at(c))}`).join(''),
          class: 'line purple',
        }),
    bottomAxis(x, area, valueTitle),
    ...marks.map(({ value, label }) => {
      const at = x.at(value);
      const before = at + widthOf(label) + 6 > area.right;
      return (
        element('path', { d: `M${px(at)} ${px(area.top - 12)}V${px(area.bottom)}`, class: 'line red' }) +
        textElement(before ? at - 5 : at + 5, area.top - 5, label, {
          'text-anchor': before ? 'end' : 'start',
        })
      );
    }),
  ]);
}

function normalCurve(
  low: number,
  high: number,
  mean: number | undefined,
  deviation: number | undefined,
  area: number,
): { readonly points: readonly (readonly [number, number])[]; readonly top: number } | undefined {
  if (mean === undefined || deviation === undefined || !(deviation > 0)) return undefined;
  const top = area / (deviation * Math.sqrt(2 * Math.PI));
  const points = Array.from({ length: 121 }, (_, i) => {
    const value = low + ((high - low) * i) / 120;
    return [value, top * Math.exp(-(((value - mean) / deviation) ** 2) / 2)] as const;
  });
  return { points, top };
}
