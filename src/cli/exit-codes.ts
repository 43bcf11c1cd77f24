import type { ProblemKind } from '../core/domain/problem.js';

/** Stable: scripts depend on them. The README has the same table. */
export const EXIT = {
  fine: 0,
  degraded: 1,
  usage: 2,
  damaged: 3,
  locked: 4,
  notRunning: 5,
} as const;

const BY_KIND: Readonly<Record<ProblemKind, number>> = {
  usage: EXIT.usage,
  input: EXIT.usage,
  damaged: EXIT.damaged,
  foreign: EXIT.damaged,
  locked: EXIT.locked,
  'not-running': EXIT.notRunning,
  degraded: EXIT.degraded,
};

export function exitCodeOf(kind: ProblemKind): number {
  return BY_KIND[kind];
}

/** A kind of problem that ends with this code, for the words about a process that did; `degraded` for what is no code of ours. */
export function kindOfExit(code: number | null): ProblemKind {
  const kinds = Object.keys(BY_KIND) as ProblemKind[];
  return kinds.find((kind) => BY_KIND[kind] === code) ?? 'degraded';
}
