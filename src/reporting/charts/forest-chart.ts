import type { Colour } from './chart-style.js';
import { CHART_WIDTH, bottomAxis } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { element, emptyPicture, picture, px, shortened, textElement, tooltip, widthOf } from './svg.js';

export interface ForestRow {
  readonly name: string;
  readonly value: number | undefined;
  readonly range: { readonly low: number; readonly high: number } | undefined;
  readonly colour: Colour;
}

const ROW_PX = 19;
const NAME_LETTERS = 30;

/** A point and its range per row: what lies across zero may be nothing. */
export function forestChart(
  title: string,
  rows: readonly ForestRow[],
  valueTitle: string,
  write: (value: number) => string,
): string {
  const extent = extentOf(
    rows.flatMap(({ value, range }) => [value ?? NaN, range?.low ?? NaN, range?.high ?? NaN]),
    [0],
  );
  if (rows.length === 0 || extent === undefined || rows.every(({ value }) => value === undefined))
    return emptyPicture(CHART_WIDTH, title, 'nobody was measured');
  const words = rows.map(({ value, range }) =>
    value === undefined
      ? 'n/a'
      : range === undefined
        ? write(value)
        : `${write(value)}  (${write(range.low)} to ${write(range.high)})`,
  );
  const names = rows.map(({ name }) => shortened(name, NAME_LETTERS));
  const area = {
    left: Math.max(...names.map(widthOf)) + 16,
    right: CHART_WIDTH - Math.max(...words.map(widthOf)) - 16,
    top: 4,
    bottom: 4 + rows.length * ROW_PX,
  };
  const x = linearScale(extent, area.left, area.right);
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    bottomAxis(x, area, valueTitle, true),
    ...rows.map(({ name, value, range, colour }, i) => {
      const y = area.top + i * ROW_PX + ROW_PX / 2;
      const line =
        range === undefined
          ? ''
          : element('path', {
              d: `M${px(x.at(range.low))} ${px(y)}H${px(x.at(range.high))}m0 -4v8M${px(x.at(range.low))} ${px(y - 4)}v8`,
              class: `line ${colour}`,
            });
      const point =
        value === undefined
          ? ''
          : element(
              'circle',
              { cx: x.at(value), cy: y, r: 4, class: `fill ${colour}` },
              tooltip(`${name}: ${words[i] ?? ''}`),
            );
      return [
        textElement(4, y + 4, names[i] ?? ''),
        line,
        point,
        textElement(CHART_WIDTH - 4, y + 4, words[i] ?? '', { 'text-anchor': 'end', class: 'muted' }),
      ].join('');
    }),
  ]);
}
