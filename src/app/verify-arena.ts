/** Checks an arena's state against its own journal, and the journal against the candles. Reads only. */
import { z } from 'zod';
import { type Arena, GENESIS, assertBooks } from '../core/arena/arena.js';
import { playRound } from '../core/arena/play-round.js';
import { type Board, makeBoard } from '../core/arena/board.js';
import { type Contestant, type Hash, contestantId } from '../core/arena/contestant.js';
import { type FoldedJournal, boardSeats, foldRound, startFold } from '../core/arena/fold-journal.js';
import { gateRules } from '../core/promotion/gate-rules.js';
import { roundHash } from '../core/arena/round-content.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import type { ArenaStore, StoredLook, StoredRound } from '../ports/arena-store.js';
import type { Projections } from '../ports/projections.js';
import { leaderboardJson } from '../reporting/leaderboard-json.js';
import { type MarketLabel, leaderboardText } from '../reporting/leaderboard-text.js';
import { checkLooks } from './check-looks.js';
import { type FindReply, journaledAnswers } from './journaled-answers.js';
import { looksOfEvents } from './looks-of-events.js';
import { type Check, attempt, fileCheck, parseJson } from './check.js';
import { candidateFileSchema } from '../core/deployment/candidate-file.js';
import { candidateJson } from '../reporting/candidate-json.js';
import { dailyMarks } from './daily-marks.js';
import { clonesOn } from './project-arena.js';
import type { ArenaSettings } from './arena-settings.js';
import { beginArena, joinedEvent, resumeArena } from './open-arena-state.js';
import { applyEvents, eventsFromOutside } from './replay-events.js';
import { readContestantRow, readStoredContestant } from './stored-contestants.js';

export interface VerifyWorld {
  readonly store: ArenaStore;
  readonly settings: ArenaSettings;
  /** All candles up to the last committed round. */
  readonly market: MarketTable;
  readonly projections: Projections;
  readonly label: MarketLabel;
  readonly hash: Hash;
  readonly kinds: Kinds;
  readonly replay: boolean;
  /** Where replays get what language models said. */
  readonly findReply: FindReply;
  /** While the arena runs, files may be older than the journal: they are not compared. */
  readonly running: boolean;
}

export function verifyArena(world: VerifyWorld): Check[] {
  const { store, settings, market, hash } = world;
  const contestants = store.contestants().map(readContestantRow);
  const folded = attempt('hash chain', () => foldAll(world, contestants));
  const checks: Check[] = [folded.check];
  const fold = folded.value?.fold;
  if (folded.value !== undefined) checks.push(looksCheck(store, folded.value));
  const resumed = attempt('candles are the ones used', () => {
    const arena = resumeArena(store, market, settings, world.kinds, hash);
    return {
      value: arena,
      detail: `${String(market.symbols.length)} symbols up to ${formatMinuteUtc(arena.lastBarMs)}`,
    };
  });
  checks.push(resumed.check);
  if (fold !== undefined && resumed.value !== undefined) {
    const arena = resumed.value;
    checks.push(attempt('books add up', () => checkBooks(arena, fold)).check);
    checks.push(...checkBoard(world, fold, arena));
  }
  if (world.replay) checks.push(attempt('replay gives the same hashes', () => replay(world)).check);
  return checks;
}

interface Folded {
  readonly fold: FoldedJournal;
  /** Of the gate, as the events tell them. */
  readonly looks: readonly StoredLook[];
}

function foldAll(world: VerifyWorld, contestants: readonly Contestant[]): { value: Folded; detail: string } {
  const { store, settings, hash } = world;
  const fold = startFold();
  const looks: StoredLook[] = [];
  const commit = store.lastCommit();
  let previous = GENESIS;
  for (const round of store.rounds(1)) {
    if (commit === undefined || round.seq > commit.seq) break;
    if (round.seq !== fold.rounds + 1) throw new Error(`round ${String(fold.rounds + 1)} is missing`);
    if (round.previousHash !== previous)
      throw new Error(`round ${String(round.seq)} does not follow the one before`);
    if (roundHash(round, hash) !== round.hash)
      throw new Error(
        `round ${String(round.seq)} (${formatMinuteUtc(round.barMs)}) was changed: its hash differs`,
      );
    foldRound(fold, round, contestants, {
      cashUsd: settings.cashUsd,
      minimumHours: settings.minimumHours,
      cohort: settings.cohort,
      market: world.market,
      hash,
    });
    checkJoined(round, contestants);
    looks.push(...looksOfEvents(round));
    previous = round.hash;
  }
  if (commit !== undefined && previous !== commit.hash) throw new Error('the last commit names another hash');
  return { value: { fold, looks }, detail: `${String(fold.rounds)} rounds, last ${previous.slice(0, 12)}` };
}

const joinedSchema = z.looseObject({ event: z.literal('joined'), c: z.int() });

/** A contestant's row is as its joining was journaled: name, manifest, and the training behind it. */
function checkJoined(round: StoredRound, contestants: readonly Contestant[]): void {
  for (const line of round.events) {
    if (!line.includes('"event":"joined"')) continue;
    const joined = joinedSchema.safeParse(JSON.parse(line)).data;
    const contestant = joined === undefined ? undefined : contestants[joined.c];
    if (contestant !== undefined && joinedEvent(contestant) !== line)
      throw new Error(`round ${String(round.seq)}: ${contestant.name} joined otherwise than its row says`);
  }
}

/** A running arena may have taken another look since the journal was read: newer rows are left to the next check. */
function looksCheck(store: ArenaStore, { fold, looks }: Folded): Check {
  return attempt('looks and verdicts are those of the events', () => ({
    value: true,
    detail: checkLooks(
      store.looks().filter(({ seq }) => seq <= fold.rounds),
      looks,
    ),
  })).check;
}

/** The saved accounts against the ledger: cash, quantities, costs, and the identity of DESIGN section 5. */
function checkBooks(arena: Arena, fold: FoldedJournal): { value: true; detail: string } {
  assertBooks(arena);
  let fills = 0;
  arena.seats.forEach(({ contestant, session }, i) => {
    const seat = fold.seats[i];
    const { account, plan, venue } = session;
    const differs = (what: string, saved: number, journal: number): void => {
      if (!Object.is(saved, journal) && saved !== journal)
        throw new Error(
          `${contestant.name}: ${what} is ${String(saved)} in the state, ${String(journal)} in the journal`,
        );
    };
    if (seat === undefined) {
      if (account.fills > 0) throw new Error(`${contestant.name} is not in the journal`);
      return;
    }
    differs('cash', account.cashUsd, seat.cashUsd);
    differs('fills', account.fills, seat.totals.fills);
    differs('fees', account.feesUsd, seat.totals.feesUsd);
    differs('equity', session.equityUsd, seat.equityUsd);
    plan.symbols.forEach((symbol, own) => {
      const journal = seat.quantities.get(venue.marketIndex[own] ?? -1) ?? 0;
      differs(`quantity of ${symbol}`, account.positions[own]?.quantity ?? 0, journal);
    });
    fills += account.fills;
  });
  return { value: true, detail: `${String(arena.seats.length)} accounts, ${String(fills)} fills` };
}

function checkBoard(world: VerifyWorld, fold: FoldedJournal, arena: Arena): Check[] {
  if (world.running) return [{ name: 'board', ok: true, detail: 'not compared while the arena runs' }];
  const board = makeBoard({
    seats: boardSeats(fold),
    cohorts: fold.cohorts.cohorts,
    windows: fold.windows,
    reign: fold.reign,
    gateRules: gateRules(world.settings.cohort.looks, world.settings.cohort.alpha),
    gates: fold.gates,
    watch: fold.watch,
    absent: fold.absent,
    market: arena.market,
    costs: world.settings.costs,
    cashUsd: world.settings.cashUsd,
    minimumHours: world.settings.minimumHours,
    firstBarMs: arena.firstBarMs,
    lastBarMs: arena.lastBarMs,
    observedRounds: fold.rounds,
    dueRounds: arena.dueRounds,
    dailyMarks: dailyMarks(world.store, fold.rounds, world.settings.market.timeframe),
  });
  const { label, projections } = world;
  const file = 'promotion_candidate.json';
  return [
    fileCheck('leaderboard.txt', projections.read('leaderboard.txt'), leaderboardText(board, label)),
    fileCheck('leaderboard.json', projections.read('leaderboard.json'), leaderboardJson(board, label)),
    fileCheck(file, projections.read(file), candidateOf(world, fold, board)),
  ];
}

/** The candidate file as the journal gives it; its hand-over plans came from the paper account and are taken as they are. */
function candidateOf(
  { projections, label, settings, hash }: VerifyWorld,
  fold: FoldedJournal,
  board: Board,
): string | undefined {
  const lies = parseJson(projections.read('promotion_candidate.json'));
  const file = candidateFileSchema.safeParse(lies).data;
  const plans = new Map(
    (file === undefined ? [] : [file, ...file.others]).map((one) => [one.contestant.id, one.handover_plan]),
  );
  const { champion } = fold.reign;
  return candidateJson(
    {
      freezes: fold.freezes,
      contestants: new Map(fold.seats.map(({ contestant }) => [contestant.position, contestant])),
      standings: board.standings,
      clones: clonesOn(board),
      championName: champion === null ? undefined : fold.seats[champion]?.contestant.name,
      timeframe: settings.market.timeframe,
      cashUsd: settings.cashUsd,
      plan: (manifest) => plans.get(contestantId(manifest, hash)) ?? undefined,
    },
    label,
  );
}

/** Plays everything again from the candles, with what the journal says about who came and went. */
function replay(world: VerifyWorld): { value: true; detail: string } {
  const { store, market, settings, hash } = world;
  const arena = beginArena(market, settings, hash);
  const rows = store.contestants().map((row) => readStoredContestant(row, world.kinds));
  let rounds = 0;
  for (const stored of store.rounds(1)) {
    while (market.openTimesMs[arena.nextIndex] !== stored.barMs) {
      if (arena.nextIndex >= market.length || playRound(arena, []) !== undefined)
        throw new Error(`round ${String(stored.seq)} is at a bar that the candles do not give`);
    }
    const opening = eventsFromOutside(stored.events);
    for (const told of applyEvents(arena, opening, rows))
      if (told.line !== told.again)
        throw new Error(`round ${String(stored.seq)}: the champion's memory comes out differently`);
    const played = playRound(arena, opening, journaledAnswers(stored.events, world.findReply));
    if (played?.hash !== stored.hash)
      throw new Error(`round ${String(stored.seq)} (${formatMinuteUtc(stored.barMs)}) comes out differently`);
    rounds++;
  }
  return { value: true, detail: `${String(rounds)} rounds played again` };
}
