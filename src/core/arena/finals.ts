import type { CohortGate, GateRound } from './cohort-gate.js';

export interface Final {
  readonly of: number;
  readonly members: readonly number[];
}

/**
 * The best by p at the last look of a cohort, frozen for a final of their own on data that starts afterwards: the way out
 * where many were tried (statistics.md section 2). Undefined before its first look, and for fewer than two.
 */
export function finalistsOf<Seat>(
  gates: readonly CohortGate[],
  round: Pick<GateRound<Seat>, 'seats' | 'read' | 'memberOf' | 'reign'>,
  size: number,
): Final | undefined {
  const { seats, read, memberOf, reign } = round;
  const gate = gates.filter(({ looksDone }) => looksDone > 0).at(-1);
  if (gate === undefined) return undefined;
  const standing = gate.members.flatMap((c) => {
    const seat = seats[c];
    const track =
      seat === undefined || memberOf.get(c)?.number !== gate.number ? undefined : read.track(seat);
    if (seat === undefined || track === undefined || track.lookHours === 0 || c === reign.champion) return [];
    return read.contestant(seat).retired !== undefined || read.fault(seat) !== '' ? [] : [{ c, track }];
  });
  standing.sort((a, b) => a.track.lookP - b.track.lookP || a.c - b.c);
  const members = standing.slice(0, size).map(({ c }) => c);
  return members.length < 2 ? undefined : { of: gate.number, members };
}
