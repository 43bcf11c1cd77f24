/** How firm a ranking is: what becomes of it when one part of the evidence is left out, part by part. */
export interface RankStability {
  /** From 0, as the contestants were given. */
  readonly contestant: number;
  readonly rank: number;
  /** Share of the parts without which the rank is the same; undefined without parts. */
  readonly keepsFraction: number | undefined;
  readonly bestRank: number;
  readonly worstRank: number;
}

/**
 * `scores` are what is ranked, the higher the better, best first; `without(contestant, part)` is the same when that part is
 * left out. Equal scores keep the given order. Tells of the first `shown`.
 */
export function rankStability(
  scores: readonly number[],
  parts: number,
  without: (contestant: number, part: number) => number,
  shown: number,
): RankStability[] {
  const found = scores.slice(0, shown).map((_, contestant) => ({
    contestant,
    rank: contestant + 1,
    kept: 0,
    best: contestant + 1,
    worst: contestant + 1,
  }));
  const values = new Float64Array(scores.length);
  for (let part = 0; part < parts; part++) {
    for (let c = 0; c < scores.length; c++) {
      const score = without(c, part);
      // What cannot be told any more ranks last: a day of -100 % cannot be taken out.
      values[c] = Number.isFinite(score) ? score : -Infinity;
    }
    for (const one of found) {
      const own = values[one.contestant] ?? -Infinity;
      let rank = 1;
      for (let c = 0; c < values.length; c++) {
        const other = values[c] ?? -Infinity;
        if (other > own || (other === own && c < one.contestant)) rank++;
      }
      if (rank === one.rank) one.kept++;
      one.best = Math.min(one.best, rank);
      one.worst = Math.max(one.worst, rank);
    }
  }
  return found.map(({ contestant, rank, kept, best, worst }) => ({
    contestant,
    rank,
    keepsFraction: parts === 0 ? undefined : kept / parts,
    bestRank: best,
    worstRank: worst,
  }));
}
