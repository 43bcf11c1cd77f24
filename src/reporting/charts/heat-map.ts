import { CHART_WIDTH } from './frame.js';
import { element, emptyPicture, picture, shortened, textElement, tooltip, widthOf } from './svg.js';

const NAME_LETTERS = 26;
const MOST_CELL_PX = 34;
/** Numbers fit into cells of this size. */
const WRITTEN_FROM_PX = 24;

/** Values from -1 to 1 of everybody with everybody: red together, blue against each other, pale nothing. */
export function heatMap(
  title: string,
  names: readonly string[],
  value: (row: number, column: number) => number | undefined,
): string {
  if (names.length < 2) return emptyPicture(CHART_WIDTH, title, 'it takes two to compare');
  const labels = names.map((name, i) => `${shortened(name, NAME_LETTERS)} · ${String(i + 1)}`);
  const left = Math.max(...labels.map(widthOf)) + 12;
  const cell = Math.min(MOST_CELL_PX, (CHART_WIDTH - left - 8) / names.length);
  const top = 22;
  const cells = names.flatMap((name, row) =>
    names.map((other, column) => {
      const r = value(row, column);
      const x = left + column * cell;
      const y = top + row * cell;
      const words = `${name} and ${other}: ${r === undefined ? 'n/a' : r.toFixed(2)}`;
      if (r === undefined)
        return element(
          'rect',
          { x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, class: 'empty' },
          tooltip(words),
        );
      const colour = r < 0 ? 'blue' : 'red';
      const strength = Math.min(1, Math.abs(r));
      return (
        element(
          'rect',
          {
            x: x + 0.5,
            y: y + 0.5,
            width: cell - 1,
            height: cell - 1,
            class: `fill ${colour}`,
            'fill-opacity': 0.06 + 0.84 * strength,
          },
          tooltip(words),
        ) +
        (cell < WRITTEN_FROM_PX || row === column
          ? ''
          : textElement(x + cell / 2, y + cell / 2 + 3, r.toFixed(1).replace('-0.0', '0.0'), {
              'text-anchor': 'middle',
              'font-size': 10,
            }))
      );
    }),
  );
  const size = names.length * cell;
  const key = [-1, -0.5, 0, 0.5, 1].map((r, i) => {
    const x = left + i * 58;
    return (
      element('rect', {
        x,
        y: top + size + 14,
        width: 18,
        height: 12,
        class: `fill ${r < 0 ? 'blue' : 'red'}`,
        'fill-opacity': 0.06 + 0.84 * Math.abs(r),
      }) + textElement(x + 23, top + size + 24, r.toFixed(1), { class: 'muted' })
    );
  });
  return picture(CHART_WIDTH, top + size + 34, title, [
    ...names.map((_, i) =>
      textElement(left + (i + 0.5) * cell, top - 6, String(i + 1), {
        'text-anchor': 'middle',
        class: 'muted',
        'font-size': 10,
      }),
    ),
    ...labels.map((label, i) =>
      textElement(left - 6, top + (i + 0.5) * cell + 4, label, { 'text-anchor': 'end' }),
    ),
    ...cells,
    ...key,
  ]);
}
