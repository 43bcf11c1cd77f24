import { CHART_WIDTH, axisRoomPx, bottomAxis, legend, valueAxis } from './frame.js';
import { extentOf, linearScale, timeScale } from './scale.js';
import { element, emptyPicture, picture, px, textElement, tooltip, widthOf } from './svg.js';

export interface ChartCandle {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Where a trade was entered or left. */
export interface TradeMark {
  readonly timeMs: number;
  readonly price: number;
  readonly label: string;
  /** Up: bought; down: sold. */
  readonly direction: 'up' | 'down';
}

const HEIGHT_PX = 190;

/** Prices as candles, with where a trade began and ended. */
export function candleChart(
  title: string,
  candles: readonly ChartCandle[],
  barMs: number,
  marks: readonly TradeMark[],
  timeTitle: string,
): string {
  const known = candles.filter(({ open, high, low, close }) => Number.isFinite(open + high + low + close));
  const prices = extentOf(
    known.flatMap(({ high, low }) => [high, low]),
    marks.map(({ price }) => price),
  );
  const times = extentOf(known.flatMap(({ openMs }) => [openMs, openMs + barMs]));
  if (prices === undefined || times === undefined)
    return emptyPicture(CHART_WIDTH, title, 'there are no candles of these bars');
  const left = axisRoomPx(linearScale(prices, 1, 0).ticks.map(({ label }) => label));
  const head = legend(
    [
      { label: 'close above open', colour: 'sky', mark: 'square' },
      { label: 'close below open', colour: 'orange', mark: 'square' },
    ],
    left,
    CHART_WIDTH,
    0,
  );
  const top = head.heightPx + 16;
  const area = { left, right: CHART_WIDTH - 14, top, bottom: top + HEIGHT_PX };
  const y = linearScale(prices, area.bottom, area.top, undefined, 5);
  const x = timeScale(times, area.left, area.right);
  const body = Math.max(
    1,
    Math.min(9, ((area.right - area.left) / ((times.high - times.low) / barMs)) * 0.7),
  );
  const drawn = known.map(({ openMs, open, high, low, close }) => {
    const middle = x.at(openMs + barMs / 2);
    const colour = close < open ? 'orange' : 'sky';
    const upper = Math.min(y.at(open), y.at(close));
    return (
      element('path', {
        d: `M${px(middle)} ${px(y.at(high))}V${px(y.at(low))}`,
        class: `line thin ${colour}`,
      }) +
      element('rect', {
        x: middle - body / 2,
        y: upper,
        width: body,
        height: Math.max(1, Math.abs(y.at(open) - y.at(close))),
        class: `fill ${colour}`,
      })
    );
  });
  return picture(CHART_WIDTH, area.bottom + 42, title, [
    head.svg,
    valueAxis(y, area, 'price (USD)'),
    bottomAxis(x, area, timeTitle),
    ...drawn,
    joined(marks.map((mark) => [x.at(mark.timeMs), y.at(mark.price)] as const)),
    ...marks.map((mark) => tradeMark(mark, x.at(mark.timeMs), y.at(mark.price), area)),
  ]);
}

function joined(points: readonly (readonly [number, number])[]): string {
  if (points.length < 2) return '';
  const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  return element('path', { d, class: 'line thin purple', 'stroke-dasharray': '4 3' });
}

/** A triangle that points at the price, with its words on the side where there is room. */
function tradeMark(
  { label, direction }: TradeMark,
  x: number,
  y: number,
  area: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): string {
  const sign = direction === 'up' ? 1 : -1;
  const d = `M${px(x)} ${px(y)}l-6 ${px(sign * 10)}h12z`;
  const after = x + widthOf(label) + 10 < area.right;
  // Below the triangle of a purchase, above that of a sale; on its other side where the plot ends there.
  const beyond = y + sign * 16 + 4;
  const words = beyond < area.top + 8 || beyond > area.bottom - 4 ? y - sign * 16 + 4 : beyond;
  return (
    element('path', { d, class: 'fill halo purple' }, tooltip(label)) +
    textElement(after ? x + 8 : x - 8, words, label, {
      class: 'strong',
      'text-anchor': after ? 'start' : 'end',
    })
  );
}
