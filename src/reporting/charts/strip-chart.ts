import type { Colour } from './chart-style.js';
import { CHART_WIDTH, bottomAxis, marker } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { spreadPoints } from './spread-points.js';
import { element, emptyPicture, picture, px, textElement, tooltip, widthOf } from './svg.js';

export interface StripGroup {
  readonly name: string;
  readonly colour: Colour;
  readonly mark: 'dot' | 'square' | 'cross';
  readonly points: readonly { readonly name: string; readonly value: number }[];
  /** From, middle, to: where most of the group lies. */
  readonly band?: { readonly low: number; readonly middle: number; readonly high: number } | undefined;
}

const ROW_PX = 76;

/** One row of points per group on a common axis, each row with its band: what one group does beside another. */
export function stripChart(title: string, groups: readonly StripGroup[], valueTitle: string): string {
  const used = groups.filter(({ points }) => points.length > 0);
  const extent = extentOf(
    used.flatMap(({ points }) => points.map(({ value }) => value)),
    [0],
  );
  if (used.length === 0 || extent === undefined)
    return emptyPicture(CHART_WIDTH, title, 'nobody was measured');
  const left = Math.max(...used.map(({ name }) => widthOf(name))) + 16;
  const area = { left, right: CHART_WIDTH - 20, top: 4, bottom: 4 + used.length * ROW_PX };
  const x = linearScale(extent, area.left, area.right);
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    bottomAxis(x, area, valueTitle, true),
    ...used.map(({ name, colour, mark, points, band }, row) => {
      const middle = area.top + row * ROW_PX + ROW_PX / 2;
      const box =
        band === undefined
          ? ''
          : element('rect', {
              x: x.at(band.low),
              y: middle - 26,
              width: Math.max(1, x.at(band.high) - x.at(band.low)),
              height: 52,
              class: `soft ${colour}`,
            }) +
            element('path', {
              d: `M${px(x.at(band.middle))} ${px(middle - 26)}v52`,
              class: `line ${colour}`,
            });
      return (
        textElement(4, middle + 4, name) +
        box +
        spreadPoints(points.map(({ value }) => x.at(value)))
          .map((offset, i) => {
            const point = points[i];
            if (point === undefined) return '';
            const words = `${point.name}: ${point.value.toFixed(2)}`;
            return marker(mark, x.at(point.value), middle + offset, 4, colour, tooltip(words));
          })
          .join('')
      );
    }),
  ]);
}
