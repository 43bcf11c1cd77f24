/**
 * The arena's journal as columns: hourly equity of every contestant, the champion's series, what each symbol brought, and
 * the fills of those that a page tells more of. One pass, up to one commit, so that it reads well while the arena runs.
 */
import type { Board } from '../core/arena/board.js';
import { makeBoard } from '../core/arena/board.js';
import type { Cohort } from '../core/arena/cohorts.js';
import type { Contestant, Hash } from '../core/arena/contestant.js';
import { type FoldedJournal, boardSeats, foldRound, startFold } from '../core/arena/fold-journal.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { pricesBefore } from '../core/domain/prices-before.js';
import { Problem } from '../core/domain/problem.js';
import { timeframeMs } from '../core/domain/time.js';
import { samplesPerYear } from '../core/metrics/samples-per-year.js';
import {
  type SymbolResults,
  addToSymbol,
  openSymbolResults,
  symbolWorthUsd,
} from '../core/metrics/symbol-results.js';
import { type Metrics, summarise } from '../core/metrics/summarise.js';
import { tradeTotalsSince } from '../core/metrics/trade-totals.js';
import { gateRules } from '../core/promotion/gate-rules.js';
import { isSampleBar } from '../core/session/session.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { ArenaSettings } from './arena-settings.js';
import { dailyMarks } from './daily-marks.js';
import { readContestantRow } from './stored-contestants.js';

export interface HistoryWorld {
  readonly store: ArenaStore;
  readonly settings: ArenaSettings;
  /** All candles up to the last committed round at least. */
  readonly market: MarketTable;
  readonly hash: Hash;
  /** Whose fills and exposure are kept, by position. */
  readonly detailed: ReadonlySet<number>;
  progress(rounds: number, of: number): void;
}

export interface ArenaHistory {
  readonly board: Board;
  /** By position, as the board knows them. */
  readonly contestants: readonly Contestant[];
  readonly market: MarketTable;
  /** Close of every sample. */
  readonly timesMs: Float64Array;
  /** By position, at every sample; NaN where it had no account. */
  readonly equityUsd: readonly Float64Array[];
  /** The champion's series, 1 at the arena's first bar, flat while there is nobody. */
  readonly championIndex: Float64Array;
  /** Undefined while nobody was ever deployed. */
  readonly crowned: boolean;
  readonly samplesPerYear: number;
  readonly exposureFraction: ReadonlyMap<number, Float64Array>;
  readonly entries: ReadonlyMap<number, readonly LedgerEntry[]>;
  readonly cohorts: readonly Cohort[];
  /** The cohort that the board's window begins with. */
  readonly windowCohort: number | undefined;
  /** By market index: what each symbol brought an account since a cohort's first bar, or since it began. */
  symbolUsdSince(position: number, cohort: number | undefined): Float64Array;
  /** Figures since a cohort's first bar; undefined where nobody kept them. */
  metricsSince(position: number, cohort: number | undefined): Metrics | undefined;
  readonly rounds: number;
}

/** Hours of all accounts together, 8 bytes each; a field that has more is sampled at longer steps. */
const MOST_SAMPLES = 40_000_000;

export function readHistory(world: HistoryWorld): ArenaHistory {
  const { store, settings, market, hash } = world;
  const commit = store.lastCommit();
  if (commit === undefined || commit.seq === 0)
    throw new Problem('not-running', 'nothing has been played yet', { hint: 'npm run arena' });
  const { timeframe } = settings.market;
  const rules = { ...settings, market, hash };
  const contestants = store.contestants().map(readContestantRow);
  const stride = Math.ceil((commit.seq * contestants.length) / MOST_SAMPLES);
  const columns = openColumns(Math.ceil(commit.seq / stride), contestants.length, world.detailed);
  const books = contestants.map(() => openSymbolResults(market.symbols.length));
  const atStart = new Map<number, readonly Float64Array[]>();
  const fold = startFold();
  let crowned = false;
  let lastBarMs = NaN;
  let hours = 0;
  for (const round of store.rounds(1)) {
    if (round.seq > commit.seq) break;
    const cohorts = fold.cohorts.cohorts.length;
    foldRound(fold, round, contestants, rules);
    if (fold.cohorts.cohorts.length > cohorts) {
      const prices = pricesBefore(market, round.barMs);
      const worth = books.map((book) => symbolWorthUsd(book, prices));
      for (const cohort of fold.cohorts.cohorts.slice(cohorts)) atStart.set(cohort.number, worth);
    }
    keepEntries(round, books, columns.entries);
    crowned ||= fold.reign.champion !== null;
    lastBarMs = round.barMs;
    if (isSampleBar(timeframeMs(timeframe), round.barMs)) {
      hours++;
      if (hours % stride === 0) sample(columns, fold, round, round.barMs + timeframeMs(timeframe));
    }
    if (round.seq % PROGRESS_EVERY === 0) world.progress(round.seq, commit.seq);
  }
  const end = pricesBefore(market, lastBarMs + timeframeMs(timeframe));
  return {
    board: boardOf(fold, world, lastBarMs),
    contestants: fold.seats.map((seat) => seat.contestant),
    market,
    timesMs: columns.timesMs.subarray(0, columns.count),
    equityUsd: columns.equityUsd.map((column) => column.subarray(0, columns.count)),
    championIndex: columns.championIndex.subarray(0, columns.count),
    crowned,
    samplesPerYear: samplesPerYear(timeframe, market.calendar) / stride,
    exposureFraction: new Map(
      [...columns.exposureFraction].map(([position, column]) => [
        position,
        column.subarray(0, columns.count),
      ]),
    ),
    entries: columns.entries,
    cohorts: fold.cohorts.cohorts,
    windowCohort: fold.windows[0],
    symbolUsdSince: (position, cohort) => {
      const book = books[position] ?? openSymbolResults(market.symbols.length);
      const start = atStart.get(cohort ?? -1)?.[position];
      return symbolWorthUsd(book, end).map((worth, s) => worth - (start?.[s] ?? 0));
    },
    metricsSince: (position, cohort) => {
      const seat = fold.seats[position];
      const k = cohort === undefined ? 0 : (seat?.windows.indexOf(cohort) ?? -1) + 1;
      const card = seat?.scores.cards[k];
      const baseline = seat?.scores.baselines[k];
      if (seat === undefined || card === undefined || baseline === undefined) return undefined;
      if (cohort !== undefined && k === 0) return undefined;
      return summarise(
        card,
        tradeTotalsSince(seat.totals, baseline),
        samplesPerYear(timeframe, market.calendar),
      );
    },
    rounds: fold.rounds,
  };
}

const PROGRESS_EVERY = 256;

interface Columns {
  readonly timesMs: Float64Array;
  readonly equityUsd: readonly Float64Array[];
  readonly championIndex: Float64Array;
  readonly exposureFraction: ReadonlyMap<number, Float64Array>;
  readonly entries: ReadonlyMap<number, LedgerEntry[]>;
  count: number;
}

function openColumns(length: number, accounts: number, detailed: ReadonlySet<number>): Columns {
  const column = (): Float64Array => new Float64Array(length).fill(NaN);
  return {
    timesMs: column(),
    equityUsd: Array.from({ length: accounts }, column),
    championIndex: column(),
    exposureFraction: new Map([...detailed].map((position) => [position, column()])),
    entries: new Map([...detailed].map((position) => [position, []])),
    count: 0,
  };
}

function sample(columns: Columns, fold: FoldedJournal, { marks }: StoredRound, closeMs: number): void {
  const at = columns.count;
  const accounts = marks.length / 2;
  columns.timesMs[at] = closeMs;
  columns.championIndex[at] = fold.reign.index;
  for (let position = 0; position < accounts; position++) {
    const column = columns.equityUsd[position];
    if (column !== undefined) column[at] = marks[position] ?? NaN;
  }
  for (const [position, column] of columns.exposureFraction)
    column[at] = position < accounts ? (marks[accounts + position] ?? NaN) : NaN;
  columns.count++;
}

function keepEntries(
  { fills }: StoredRound,
  books: readonly SymbolResults[],
  kept: ReadonlyMap<number, LedgerEntry[]>,
): void {
  for (let i = 0; i < ledgerCount(fills); i++) {
    const entry = readLedgerEntry(fills, i);
    const book = books[entry.contestant];
    if (book !== undefined) addToSymbol(book, entry);
    kept.get(entry.contestant)?.push(entry);
  }
}

function boardOf(fold: FoldedJournal, { store, settings, market }: HistoryWorld, lastBarMs: number): Board {
  const first = firstIndexAtOrAfter(market, settings.market.fromMs);
  return makeBoard({
    seats: boardSeats(fold),
    cohorts: fold.cohorts.cohorts,
    windows: fold.windows,
    reign: fold.reign,
    gateRules: gateRules(settings.cohort.looks, settings.cohort.alpha),
    gates: fold.gates,
    watch: fold.watch,
    absent: fold.absent,
    market,
    costs: settings.costs,
    cashUsd: settings.cashUsd,
    minimumHours: settings.minimumHours,
    firstBarMs: market.openTimesMs[first] ?? NaN,
    lastBarMs,
    observedRounds: fold.rounds,
    dueRounds: firstIndexAtOrAfter(market, lastBarMs) + 1 - first,
    dailyMarks: dailyMarks(store, fold.rounds, settings.market.timeframe),
  });
}
