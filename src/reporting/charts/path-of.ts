import { px } from './svg.js';

/**
 * Points in pixels as one path. Of all points that fall into the same pixel column only the first, lowest, highest and
 * last are drawn: a peak is never lost, and a year of hours is as small as a month. A value that is none breaks the line.
 */
export function linePath(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  atX: (value: number) => number,
  atY: (value: number) => number,
): string {
  const parts: string[] = [];
  for (const run of runsOf(xs, ys, atX, atY)) {
    const [first, ...rest] = run;
    if (first === undefined) continue;
    const start = `M${px(first.x)} ${px(first.y)}`;
    // A single point has a length, or it would not be seen.
    parts.push(
      rest.length === 0 ? `${start}h1` : start + rest.map(({ x, y }) => `L${px(x)} ${px(y)}`).join(''),
    );
  }
  return parts.join('');
}

/** The area between two columns as one path. */
export function bandPath(
  xs: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  atX: (value: number) => number,
  atY: (value: number) => number,
): string {
  const both = Float64Array.from({ length: xs.length }, (_, i) => (low[i] ?? NaN) + (high[i] ?? NaN));
  const known = (column: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: xs.length }, (_, i) =>
      Number.isFinite(both[i] ?? NaN) ? (column[i] ?? NaN) : NaN,
    );
  const tops = runsOf(xs, known(high), atX, atY);
  const bottoms = runsOf(xs, known(low), atX, atY);
  return tops
    .map((top, k) => {
      const way = [...top, ...(bottoms[k] ?? []).toReversed()];
      return way.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('') + 'Z';
    })
    .join('');
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function runsOf(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  atX: (value: number) => number,
  atY: (value: number) => number,
): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  let column: Point[] = [];
  const endColumn = (): void => {
    if (column.length <= 4) run.push(...column);
    else {
      let lowest = 0;
      let highest = 0;
      column.forEach((point, i) => {
        if (point.y > (column[lowest]?.y ?? 0)) lowest = i;
        if (point.y < (column[highest]?.y ?? 0)) highest = i;
      });
      const kept = new Set([0, Math.min(lowest, highest), Math.max(lowest, highest), column.length - 1]);
      run.push(...column.filter((_, i) => kept.has(i)));
    }
    column = [];
  };
  const endRun = (): void => {
    endColumn();
    if (run.length > 0) runs.push(run);
    run = [];
  };
  for (let i = 0; i < xs.length; i++) {
    const value = ys[i] ?? NaN;
    if (!Number.isFinite(value)) {
      endRun();
      continue;
    }
    const point = { x: atX(xs[i] ?? NaN), y: atY(value) };
    if (column[0] !== undefined && Math.floor(column[0].x) !== Math.floor(point.x)) endColumn();
    column.push(point);
  }
  endRun();
  return runs;
}
