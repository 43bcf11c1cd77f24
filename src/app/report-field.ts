/** Puts the page about everybody together from the arena's journal. */
import type { Standing } from '../core/arena/board.js';
import { Problem } from '../core/domain/problem.js';
import { DAY_MS, timeframeMs } from '../core/domain/time.js';
import { equityToReturns } from '../core/metrics/returns.js';
import { type TrialFigures, trialFigures } from '../reporting/report/evidence-figures.js';
import { type FieldMember, fieldFigures } from '../reporting/report/field-figures.js';
import { type FieldReport, periodWords } from '../reporting/report/field-page.js';
import { grouped } from '../reporting/text-table.js';
import type { ArenaHistory } from './read-history.js';

/** The samples that lie in a window, and where equity stood before the first. */
interface Window {
  readonly startMs: number;
  readonly from: number;
}

/** The board's own window, or that of one cohort and its members. */
export function fieldReport(
  history: ArenaHistory,
  cohortNumber: number | undefined,
  market: { readonly generated: boolean; readonly text: string },
): FieldReport {
  const { board, timesMs, cohorts } = history;
  const cohort = cohorts.find(({ number }) => number === cohortNumber);
  if (cohortNumber !== undefined && cohort === undefined)
    throw new Problem('input', `there is no cohort ${String(cohortNumber)}`, {
      hint: `there are ${String(cohorts.length)} so far; without a number it is the board's window`,
    });
  const startMs = cohort?.startMs ?? board.windowStartMs;
  const window = { startMs, from: timesMs.findIndex((timeMs) => timeMs > startMs) };
  const members =
    cohort === undefined ? boardMembers(history, window) : cohortMembers(history, cohort.number, window);
  const inWindow = window.from === -1 ? new Float64Array() : timesMs.subarray(window.from);
  const figures = fieldFigures(members, dayEnds(inWindow), board.symbols.length);
  const toMs = board.lastBarMs + timeframeMs(board.timeframe);
  const { costs } = board;
  return {
    title: cohort === undefined ? 'The field' : `Cohort ${String(cohort.number)}`,
    about: [
      `${market.text}; ${board.timeframe} bars of ${String(board.symbols.length)} symbols; ${periodWords(startMs, toMs)}`,
      `Costs: taker fee ${String(costs.takerFeeBps)} bps, half spread ${String(costs.halfSpreadBps)} bps, slippage ${String(costs.slippageBps)} bps + ` +
        `${String(costs.impactBps)} bps x sqrt(share of the bar); start ${grouped(board.cashUsd)} USD`,
    ],
    generated: market.generated,
    fromMs: startMs,
    toMs,
    timesMs: inWindow,
    samplesPerYear: history.samplesPerYear,
    cohorts: board.cohorts,
    independent: cohort === undefined ? board.independent : undefined,
    champion: board.champion?.name,
    figures,
    trials: trialsOf(members, cohort?.members.length ?? everRegistered(history)),
  };
}

/** Retired and crashed ones too. */
export function everRegistered({ contestants }: ArenaHistory): number {
  return contestants.filter(({ role }) => role === 'contestant').length;
}

/** Returns of everybody who competes and lived through the window. */
export function trialsOf(members: readonly FieldMember[], registered: number): TrialFigures {
  const returns = members
    .filter(({ role, equityUsd }) => role !== 'benchmark' && role !== 'placebo' && equityUsd.length > 0)
    .map(({ startUsd, equityUsd }) => equityToReturns([startUsd, ...equityUsd]))
    .filter((series) => series.every((value) => Number.isFinite(value)));
  return trialFigures({ registered, returns });
}

export function windowMembers(history: ArenaHistory): readonly FieldMember[] {
  const startMs = history.board.windowStartMs;
  return boardMembers(history, { startMs, from: history.timesMs.findIndex((timeMs) => timeMs > startMs) });
}

function boardMembers(history: ArenaHistory, window: Window): FieldMember[] {
  const positions = new Map(history.contestants.map(({ id, position }) => [id, position]));
  return history.board.standings.map((standing) =>
    memberOf(history, positions.get(standing.id) ?? -1, history.windowCohort, window, {
      rank: standing.rank,
      standing,
    }),
  );
}

/** Members of one cohort, ranked by return among each other, with benchmarks and placebos for comparison. */
function cohortMembers(history: ArenaHistory, cohort: number, window: Window): FieldMember[] {
  const own = new Set(history.cohorts.find(({ number }) => number === cohort)?.members);
  const standings = new Map(history.board.standings.map((standing) => [standing.id, standing]));
  const members = history.contestants
    .filter(({ position, role }) => own.has(position) || role === 'benchmark' || role === 'placebo')
    .map(({ position, id }) =>
      memberOf(history, position, cohort, window, { rank: undefined, standing: standings.get(id) }),
    );
  const ranked = members
    .filter(
      ({ role, equityUsd }) =>
        role !== 'benchmark' && role !== 'placebo' && !Number.isNaN(equityUsd.at(-1) ?? NaN),
    )
    .sort((a, b) => growthOf(b) - growthOf(a));
  const rankOf = new Map(ranked.map(({ id }, i) => [id, i + 1]));
  return members
    .map((member) => ({ ...member, rank: rankOf.get(member.id) }))
    .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
}

function growthOf({ equityUsd, startUsd }: FieldMember): number {
  return (equityUsd.at(-1) ?? NaN) / startUsd;
}

function memberOf(
  history: ArenaHistory,
  position: number,
  cohort: number | undefined,
  { startMs, from }: Window,
  place: { readonly rank: number | undefined; readonly standing: Standing | undefined },
): FieldMember {
  const contestant = history.contestants[position];
  if (contestant === undefined) throw new Error(`no contestant at position ${String(position)}`);
  const column = history.equityUsd[position] ?? new Float64Array();
  const before = from > 0 ? (column[from - 1] ?? NaN) : NaN;
  const late = contestant.joinedBarMs > startMs;
  return {
    id: contestant.id,
    name: contestant.name,
    role: place.standing?.role ?? contestant.role,
    ...place,
    metrics: place.standing?.metrics ?? history.metricsSince(position, cohort),
    startUsd: late || Number.isNaN(before) ? history.board.cashUsd : before,
    equityUsd: from === -1 ? new Float64Array() : column.subarray(from),
    symbolUsd: history.symbolUsdSince(position, cohort),
  };
}

/** Indices of the last sample of every UTC day. */
function dayEnds(timesMs: Float64Array): number[] {
  const day = (i: number): number => Math.floor(((timesMs[i] ?? NaN) - 1) / DAY_MS);
  return Array.from(timesMs, (_, i) => i).filter((i) => i === timesMs.length - 1 || day(i) !== day(i + 1));
}
