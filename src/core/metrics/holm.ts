/**
 * Step-down adjustment for many tries (Holm 1979, Scand. J. Statist. 6): with p values in rising order the j-th becomes
 * the largest of min(1, (N - i + 1) p(i)) over i <= j. `familySize` counts everybody ever registered; who is not
 * in `ps` counts with p = 1 and changes nothing but N.
 */
export function holm(ps: readonly number[], familySize: number): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
  const adjusted = new Array<number>(ps.length).fill(1);
  let highest = 0;
  order.forEach((at, i) => {
    highest = Math.max(highest, Math.min(1, (familySize - i) * (ps[at] ?? 1)));
    adjusted[at] = highest;
  });
  return adjusted;
}
