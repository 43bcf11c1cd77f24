import type { Colour } from './chart-style.js';
import { CHART_WIDTH, bottomAxis } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { element, emptyPicture, picture, shortened, textElement, tooltip, widthOf } from './svg.js';

export interface Bar {
  readonly name: string;
  /** Undefined where it cannot be measured: no bar, `n/a`. */
  readonly value: number | undefined;
}

const ROW_PX = 22;
const MOST_BARS = 60;
const NAME_LETTERS = 26;

/** One lying bar per name, from zero to the right or the left; gains and losses differ in colour and side. */
export function barChart(
  title: string,
  bars: readonly Bar[],
  valueTitle: string,
  write: (value: number) => string,
  colours: { readonly up: Colour; readonly down: Colour } = { up: 'blue', down: 'red' },
): string {
  const shown = bars.slice(0, MOST_BARS);
  const extent = extentOf(
    shown.map(({ value }) => value ?? NaN),
    [0],
  );
  if (shown.length === 0 || extent === undefined)
    return emptyPicture(CHART_WIDTH, title, 'nothing to compare');
  const labels = shown.map(({ value }) => (value === undefined ? 'n/a' : write(value)));
  const names = shown.map(({ name }) => shortened(name, NAME_LETTERS));
  const room = Math.max(...labels.map(widthOf)) + 8;
  const left = Math.max(...names.map(widthOf)) + 16 + (extent.low < 0 ? room : 0);
  const area = { left, right: CHART_WIDTH - room - 6, top: 4, bottom: 4 + shown.length * ROW_PX };
  const x = linearScale(extent, area.left, area.right);
  const zero = x.at(0);
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    bottomAxis(x, area, valueTitle, true),
    ...shown.map(({ name, value }, i) => {
      const y = area.top + i * ROW_PX;
      const to = value === undefined ? zero : x.at(value);
      const loss = (value ?? 0) < 0;
      return [
        textElement(4, y + 15, names[i] ?? ''),
        element(
          'rect',
          {
            x: Math.min(zero, to),
            y: y + 4,
            width: Math.abs(to - zero),
            height: ROW_PX - 8,
            class: `fill ${loss ? colours.down : colours.up}`,
          },
          tooltip(`${name}: ${labels[i] ?? ''}`),
        ),
        textElement(loss ? to - 4 : to + 4, y + 15, labels[i] ?? '', {
          'text-anchor': loss ? 'end' : 'start',
        }),
      ].join('');
    }),
  ]);
}
