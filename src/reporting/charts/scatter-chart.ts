import type { Colour } from './chart-style.js';
import { CHART_WIDTH, axisRoomPx, bottomAxis, legend, marker, valueAxis, type LegendEntry } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { element, emptyPicture, picture, px, shortened, textElement, tooltip, widthOf } from './svg.js';

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly group: string;
  /** Written beside the point where there is room. */
  readonly labelled?: boolean;
}

export interface ScatterGroup {
  readonly name: string;
  readonly colour: Colour;
  readonly mark: 'dot' | 'square' | 'cross';
}

const HEIGHT_PX = 380;
const RADIUS_PX = 4.5;

/** Points of several groups; shapes and colours tell them apart. */
export function scatterChart(
  title: string,
  points: readonly ScatterPoint[],
  groups: readonly ScatterGroup[],
  xTitle: string,
  yTitle: string,
): string {
  const known = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const xs = extentOf(
    known.map(({ x }) => x),
    [0],
  );
  const ys = extentOf(
    known.map(({ y }) => y),
    [0],
  );
  if (known.length === 0 || xs === undefined || ys === undefined)
    return emptyPicture(CHART_WIDTH, title, 'nobody was measured');
  const used = groups.filter(({ name }) => known.some(({ group }) => group === name));
  const entries: LegendEntry[] = used.map(({ name, colour, mark }) => ({ label: name, colour, mark }));
  const left = axisRoomPx(linearScale(ys, 1, 0).ticks.map(({ label }) => label));
  const head = legend(entries, left, CHART_WIDTH, 0);
  const top = head.heightPx + 6;
  const area = { left, right: CHART_WIDTH - 20, top, bottom: top + HEIGHT_PX };
  const y = linearScale(ys, area.bottom, area.top);
  const x = linearScale(xs, area.left, area.right);
  const boxes: Box[] = known.map((point) => around(x.at(point.x), y.at(point.y), RADIUS_PX));
  const labels = known
    .filter(({ labelled }) => labelled === true)
    .map((point) => labelFor(shortened(point.name, 24), x.at(point.x), y.at(point.y), boxes, area));
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    head.svg,
    valueAxis(y, area, yTitle),
    bottomAxis(x, area, xTitle, true),
    ...known.map((point) => {
      const { colour, mark } = groups.find(({ name }) => name === point.group) ?? {
        colour: 'grey' as const,
        mark: 'dot' as const,
      };
      const words = `${point.name}: ${point.x.toFixed(2)}, ${point.y.toFixed(2)}`;
      return marker(mark, x.at(point.x), y.at(point.y), RADIUS_PX, colour, tooltip(words));
    }),
    ...labels,
  ]);
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function touches(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Right, left, above or below the point, further away if need be; left out where every place is taken. */
function labelFor(words: string, x: number, y: number, taken: Box[], area: Box): string {
  const width = widthOf(words);
  for (const away of [0, 12, 24, 40])
    for (const [dx, dy] of [
      [8, -away],
      [-8 - width, -away],
      [8, away],
      [-8 - width, away],
      [-width / 2, -13 - away],
      [-width / 2, 13 + away],
    ] as const) {
      const box = { left: x + dx, right: x + dx + width, top: y + dy - 7, bottom: y + dy + 7 };
      const inside =
        box.left > area.left && box.right < area.right && box.top > area.top && box.bottom < area.bottom;
      if (!inside || taken.some((other) => touches(box, other))) continue;
      taken.push(box);
      const lead =
        away === 0
          ? ''
          : element('path', {
              d: `M${px(x)} ${px(y)}L${px(Math.max(box.left, Math.min(box.right, x)))} ${px(y + dy + (dy < 0 ? 6 : -6))}`,
              class: 'axis thin',
            });
      return lead + textElement(box.left, y + dy + 4, words, { class: 'over' });
    }
  return '';
}
