import { CHART_WIDTH, axisRoomPx, valueAxis } from './frame.js';
import { extentOf, linearScale } from './scale.js';
import { element, emptyPicture, picture, px, textElement, tooltip } from './svg.js';

/** A step moves the level; a total stands on zero. */
export interface WaterfallStep {
  readonly name: string;
  /** Undefined where the source does not tell it: no column, `n/a`. */
  readonly value: number | undefined;
  readonly total?: boolean;
}

const HEIGHT_PX = 230;

/** From one sum to another, step by step. */
export function waterfallChart(
  title: string,
  steps: readonly WaterfallStep[],
  valueTitle: string,
  write: (value: number) => string,
): string {
  let level = 0;
  const columns = steps.map((step) => {
    const from = step.total === true ? 0 : level;
    level = step.total === true ? (step.value ?? 0) : level + (step.value ?? 0);
    return { ...step, from, to: level };
  });
  const extent = extentOf(
    columns.flatMap(({ from, to }) => [from, to]),
    [0],
  );
  if (extent === undefined || columns.length === 0 || columns.every(({ value }) => value === undefined))
    return emptyPicture(CHART_WIDTH, title, 'no costs are known');
  const scaleOf = (from: number, to: number): ReturnType<typeof linearScale> => linearScale(extent, from, to);
  const area = {
    left: axisRoomPx(scaleOf(1, 0).ticks.map(({ label }) => label)),
    right: CHART_WIDTH - 14,
    top: 22,
    bottom: 22 + HEIGHT_PX,
  };
  const y = scaleOf(area.bottom, area.top);
  const slot = (area.right - area.left) / columns.length;
  return picture(CHART_WIDTH, area.bottom + 26, title, [
    valueAxis(y, area, valueTitle),
    ...columns.map(({ name, value, from, to, total }, i) => {
      const x = area.left + i * slot + slot * 0.15;
      const width = slot * 0.7;
      const upper = Math.min(y.at(from), y.at(to));
      const colour = total === true ? 'blue' : (value ?? 0) < 0 ? 'red' : 'green';
      const words = value === undefined ? 'n/a' : write(value);
      const next = columns[i + 1];
      return [
        element(
          'rect',
          {
            x,
            y: upper,
            width,
            height: Math.max(1, Math.abs(y.at(from) - y.at(to))),
            class: `fill ${colour}`,
          },
          tooltip(`${name}: ${words}`),
        ),
        next === undefined
          ? ''
          : element('path', { d: `M${px(x + width)} ${px(y.at(to))}H${px(x + slot)}`, class: 'zero' }),
        textElement(x + width / 2, upper - 5, words, { 'text-anchor': 'middle' }),
        textElement(x + width / 2, area.bottom + 17, name, { 'text-anchor': 'middle', class: 'muted' }),
      ].join('');
    }),
  ]);
}
