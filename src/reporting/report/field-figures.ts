/** Everything that a page tells of the whole field since one first bar, computed once. */
import type { Standing } from '../../core/arena/board.js';
import type { Role } from '../../core/arena/contestant.js';
import type { Metrics } from '../../core/metrics/summarise.js';
import { type RankStability, rankStability } from '../../core/metrics/rank-stability.js';
import { quantileOfSorted } from '../../core/metrics/quantile-band.js';
import { simpleReturn } from '../../core/metrics/returns.js';

/** One contestant, benchmark or placebo over the field's window; columns end where it retired. */
export interface FieldMember {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Undefined for whoever is not ranked. */
  readonly rank: number | undefined;
  readonly standing: Standing | undefined;
  readonly metrics: Metrics | undefined;
  readonly startUsd: number;
  /** At the samples of the window; NaN where it had no account. */
  readonly equityUsd: Float64Array;
  /** By market index, since the window began. */
  readonly symbolUsd: Float64Array;
}

export interface FieldFigures {
  readonly members: readonly FieldMember[];
  /** The ranked ones, best first. */
  readonly ranked: readonly FieldMember[];
  readonly days: number;
  /** Of the first ten, leaving out one day, or one symbol, at a time. */
  readonly withoutDay: readonly RankStability[];
  readonly withoutSymbol: readonly RankStability[];
  /** Daily returns of the first so many, for who moves like whom. */
  readonly correlated: readonly { readonly name: string; readonly daily: Float64Array }[];
  readonly placeboReturnsPct: readonly number[];
  /** Share of the placebos that the leader beats. */
  readonly leaderBeatsFraction: number | undefined;
}

const STABILITY_SHOWN = 10;
const CORRELATION_SHOWN = 30;

/** `dayEnds` are indices of the last sample of each UTC day of the window. */
export function fieldFigures(
  members: readonly FieldMember[],
  dayEnds: readonly number[],
  symbols: number,
): FieldFigures {
  const ranked = members
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  const daily = ranked.map((member) => dailyOf(member, dayEnds));
  const growths = ranked.map((member) => lastOf(member) / member.startUsd);
  const traded = Array.from({ length: symbols }, (_, s) => s).filter((s) =>
    ranked.some(({ symbolUsd }) => symbolUsd[s] !== 0),
  );
  const placeboReturnsPct = members
    .filter(({ role }) => role === 'placebo')
    .map(returnPctOf)
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  const leader = growths[0];
  return {
    members,
    ranked,
    days: dayEnds.length,
    // Without a day its return never happened: the rest of the growth stays.
    withoutDay: rankStability(
      growths,
      dayEnds.length < 2 ? 0 : dayEnds.length,
      (c, day) => (growths[c] ?? NaN) / (1 + (daily[c]?.[day] ?? 0)),
      STABILITY_SHOWN,
    ),
    // Without a symbol what it brought never came; what would have been done with that money is not known.
    withoutSymbol: rankStability(
      growths,
      traded.length < 2 ? 0 : traded.length,
      (c, k) => {
        const member = ranked[c];
        const symbol = traded[k];
        if (member === undefined || symbol === undefined) return NaN;
        return (lastOf(member) - (member.symbolUsd[symbol] ?? 0)) / member.startUsd;
      },
      STABILITY_SHOWN,
    ),
    correlated: ranked
      .slice(0, CORRELATION_SHOWN)
      .map(({ name }, c) => ({ name, daily: daily[c] ?? new Float64Array() })),
    placeboReturnsPct,
    leaderBeatsFraction:
      leader === undefined || placeboReturnsPct.length === 0
        ? undefined
        : placeboReturnsPct.filter((value) => value < 100 * (leader - 1)).length / placeboReturnsPct.length,
  };
}

/** Since the window began, percent; NaN without equity. */
export function returnPctOf(member: FieldMember): number {
  return 100 * (lastOf(member) / member.startUsd - 1);
}

function lastOf({ equityUsd }: FieldMember): number {
  return equityUsd.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

function dailyOf({ equityUsd, startUsd }: FieldMember, dayEnds: readonly number[]): Float64Array {
  let before = startUsd;
  return Float64Array.from(dayEnds, (end) => {
    const value = equityUsd[end] ?? NaN;
    const fraction = simpleReturn(before, value);
    before = value;
    return fraction;
  });
}

/** Where most of some values lie; undefined without any. */
export function bandOf(
  sorted: readonly number[],
): { readonly low: number; readonly middle: number; readonly high: number } | undefined {
  if (sorted.length === 0) return undefined;
  return {
    low: quantileOfSorted(sorted, 0.1),
    middle: quantileOfSorted(sorted, 0.5),
    high: quantileOfSorted(sorted, 0.9),
  };
}
