import type { Colour } from './chart-style.js';
import type { Scale } from './scale.js';
import { LETTER_PX, element, px, textElement, widthOf } from './svg.js';

/** The usual width of a chart; a page scales it. */
export const CHART_WIDTH = 860;

export interface LegendEntry {
  readonly label: string;
  readonly colour: Colour;
  readonly mark: 'line' | 'area' | 'dot' | 'square' | 'cross';
  readonly dash?: string | undefined;
}

const ROW_PX = 18;

/** Legend rows from the left, as many as the width needs, and how high they are together. */
export function legend(
  entries: readonly LegendEntry[],
  left: number,
  right: number,
  top: number,
): { readonly svg: string; readonly heightPx: number } {
  let x = left;
  let row = 0;
  const parts: string[] = [];
  for (const entry of entries) {
    const width = 26 + widthOf(entry.label) + 18;
    if (x > left && x + width > right) {
      x = left;
      row++;
    }
    const y = top + row * ROW_PX + 9;
    parts.push(swatch(entry, x, y), textElement(x + 26, y + 4, entry.label));
    x += width;
  }
  return { svg: parts.join(''), heightPx: entries.length === 0 ? 0 : (row + 1) * ROW_PX + 6 };
}

function swatch({ colour, mark, dash }: LegendEntry, x: number, y: number): string {
  if (mark === 'line')
    return element('path', { d: `M${px(x)} ${px(y)}h20`, class: `line ${colour}`, 'stroke-dasharray': dash });
  if (mark === 'area')
    return element('rect', { x, y: y - 5, width: 20, height: 10, class: `soft ${colour}` });
  return marker(mark, x + 10, y, 4, colour);
}

/** A point of a scatter plot; shapes differ as well as colours. */
export function marker(
  mark: 'dot' | 'square' | 'cross',
  x: number,
  y: number,
  radius: number,
  colour: Colour,
  title = '',
): string {
  if (mark === 'dot')
    return element('circle', { cx: x, cy: y, r: radius, class: `fill halo ${colour}` }, title);
  if (mark === 'square')
    return element(
      'rect',
      {
        x: x - radius * 0.9,
        y: y - radius * 0.9,
        width: radius * 1.8,
        height: radius * 1.8,
        class: `fill halo ${colour}`,
      },
      title,
    );
  const r = radius * 0.8;
  const d = `M${px(x - r)} ${px(y - r)}L${px(x + r)} ${px(y + r)}M${px(x - r)} ${px(y + r)}L${px(x + r)} ${px(y - r)}`;
  return element('path', { d, class: `line ${colour}` }, title);
}

export interface FrameArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room for the labels of a value axis and its title. */
export function axisRoomPx(labels: readonly string[]): number {
  return 30 + LETTER_PX * Math.max(0, ...labels.map((label) => label.length));
}

/** Grid and ticks of the value axis on the left, with its title standing. */
export function valueAxis(scale: Scale, area: FrameArea, title: string): string {
  const middle = (area.top + area.bottom) / 2;
  const parts = scale.ticks.map(({ value, label }) => {
    const y = scale.at(value);
    const line = element('path', {
      d: `M${px(area.left)} ${px(y)}H${px(area.right)}`,
      class: value === 0 ? 'axis' : 'grid',
    });
    return line + textElement(area.left - 6, y + 4, label, { 'text-anchor': 'end', class: 'muted' });
  });
  const standing = textElement(12, middle, title, {
    'text-anchor': 'middle',
    class: 'muted',
    transform: `rotate(-90 12 ${px(middle)})`,
  });
  return parts.join('') + standing;
}

/** Ticks below the plot; labels that would touch the one before are left out. */
export function bottomAxis(scale: Scale, area: FrameArea, title: string, grid = false): string {
  const parts: string[] = [];
  let free = -Infinity;
  for (const { value, label } of scale.ticks) {
    const x = scale.at(value);
    if (x < area.left - 0.5 || x > area.right + 0.5) continue;
    parts.push(
      element('path', {
        d: grid ? `M${px(x)} ${px(area.top)}V${px(area.bottom + 4)}` : `M${px(x)} ${px(area.bottom)}v4`,
        class: grid && value !== 0 ? 'grid' : 'axis',
      }),
    );
    const half = widthOf(label) / 2;
    // The last label stays inside the picture.
    const middle = Math.min(x, CHART_WIDTH - half - 1);
    if (middle - half < free) continue;
    free = middle + half + 8;
    parts.push(textElement(middle, area.bottom + 17, label, { 'text-anchor': 'middle', class: 'muted' }));
  }
  parts.push(element('path', { d: `M${px(area.left)} ${px(area.bottom)}H${px(area.right)}`, class: 'axis' }));
  parts.push(
    textElement((area.left + area.right) / 2, area.bottom + 34, title, {
      'text-anchor': 'middle',
      class: 'muted',
    }),
  );
  return parts.join('');
}
