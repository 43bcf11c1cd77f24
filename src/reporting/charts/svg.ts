/**
 * Charts are text: pure functions from numbers to SVG. Colours are classes, so that one picture serves light and dark pages
 * (see chart-style.ts); every text is escaped here and every number must be one, so that no chart has to think of it.
 */
import { assertInvariant } from '../../core/domain/problem.js';
import { escapeHtml } from '../escape-html.js';

type Attribute = string | number | undefined;

/** One element. Children are markup already: words go through `textElement`. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? px(value) : escapeHtml(value ?? '')}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A coordinate: two decimals are a hundredth of a pixel. */
export function px(value: number): string {
  assertInvariant(Number.isFinite(value), () => `a coordinate of ${String(value)}`);
  return String(Number(value.toFixed(2)));
}

export function textElement(
  x: number,
  y: number,
  words: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): string {
  return element('text', { x, y, ...attributes }, escapeHtml(words));
}

/** What a pointer that rests on the element shows. */
export function tooltip(words: string): string {
  return `<title>${escapeHtml(words)}</title>`;
}

/** Letters of the charts' font are about so wide, at its size of 12. */
export const LETTER_PX = 6.9;

export function widthOf(words: string): number {
  return words.length * LETTER_PX;
}

export function shortened(words: string, letters: number): string {
  return words.length <= letters ? words : `${words.slice(0, letters - 1)}…`;
}

/** A whole picture. `title` is read aloud and shown by a resting pointer. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${px(width)} ${px(height)}`,
      width,
      height,
      role: 'img',
      'aria-label': title,
      class: 'chart',
    },
    ...parts,
  );
}

/** Where there is nothing to draw, and why. */
export function emptyPicture(width: number, title: string, why: string): string {
  const height = 64;
  return picture(width, height, title, [
    element('rect', { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 4, class: 'empty' }),
    textElement(width / 2, 37, `n/a: ${why}`, { class: 'muted', 'text-anchor': 'middle' }),
  ]);
}
