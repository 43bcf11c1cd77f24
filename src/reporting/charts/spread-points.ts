/** How far each point is moved up or down so that points do not hide each other; at most to the edge of the row. */
export function spreadPoints(xs: readonly number[]): number[] {
  const offsets = xs.map(() => 0);
  const placed: { x: number; offset: number }[] = [];
  const order = xs.map((_, i) => i).sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  for (const i of order) {
    const x = xs[i] ?? 0;
    const near = placed.filter((other) => x - other.x < 8);
    const free = [0, 8, -8, 16, -16, 24, -24].find(
      (offset) => !near.some((other) => Math.abs(other.offset - offset) < 8),
    );
    offsets[i] = free ?? 0;
    placed.push({ x, offset: offsets[i] ?? 0 });
  }
  return offsets;
}
