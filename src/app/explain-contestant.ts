/**
 * Why a contestant did what it did at one bar: its own session is played again from the candles up to there,
 * so that everything it saw can be shown, and the result is compared with the journal.
 */
import { resetBreakers } from '../core/risk/breakers.js';
import { firstIndexAtOrAfter, slotHasBar, type MarketTable } from '../core/domain/market-table.js';
import { READING_KINDS } from '../core/domain/market-readings.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { Problem } from '../core/domain/problem.js';
import { type TimeMs, formatMinuteUtc } from '../core/domain/time.js';
import { seatFor } from '../core/arena/arena.js';
import type { Contestant, Hash } from '../core/arena/contestant.js';
import { whyGeneral } from '../core/kernel/fast-path.js';
import { featureText } from '../core/indicators/feature-columns.js';
import {
  type DecisionRecord,
  acceptFault,
  acceptStep,
  askStrategy,
  decidesAt,
} from '../core/session/decide.js';
import { askSession, takeAnswers } from '../core/session/model-decision.js';
import { MODEL_CALL_MARK } from '../core/session/model-record.js';
import { NO_ANSWERS } from '../core/session/observation.js';
import { forgetAnswers } from '../core/session/forget-answers.js';
import { type Session, advanceSession } from '../core/session/session.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { Gauge } from '../core/strategies/strategy.js';
import type { Explanation, SymbolSeen } from '../reporting/explain-text.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { ArenaSettings } from './arena-settings.js';
import { type FindReply, journaledAnswers } from './journaled-answers.js';
import { beginArena } from './open-arena-state.js';
import { readStoredContestant } from './stored-contestants.js';

export interface ExplainWorld {
  readonly store: ArenaStore;
  readonly settings: ArenaSettings;
  readonly kinds: Kinds;
  /** All candles up to the last committed round. */
  readonly market: MarketTable;
  readonly hash: Hash;
  /** Where replays get what language models said. */
  readonly findReply: FindReply;
}

const LATEST_FILLS = 8;

/** `atMs`: the newest bar of the contestant's own timeframe that closed then or earlier; the last one when absent. */
export function explainContestant(world: ExplainWorld, contestant: Contestant, atMs?: TimeMs): Explanation {
  const { store, settings, market, hash } = world;
  const row = store.contestants().find((candidate) => candidate.id === contestant.id);
  if (row === undefined) throw new Error(`no row of ${contestant.name}`);
  const { entry } = readStoredContestant(row, world.kinds);
  const arena = beginArena(market, settings, hash);
  const { session } = seatFor(arena, contestant, entry);
  const rounds = roundsOf(world, contestant);
  const wanted = decisionIndex(session, market, rounds, atMs, contestant);
  const latest: LedgerEntry[] = [];
  const first = firstIndexAtOrAfter(market, contestant.joinedBarMs);
  for (let t = first; t < wanted; t++) {
    if (!slotHasBar(market, t)) continue;
    latest.push(...advance(session, t, rounds, contestant));
    if (latest.length > LATEST_FILLS) latest.splice(0, latest.length - LATEST_FILLS);
    decide(session, t, rounds, hash, world.findReply);
  }
  const fills = advance(session, wanted, rounds, contestant);
  return {
    ...decisionAt(session, wanted, rounds, hash, world.findReply),
    ...frame(session, wanted),
    contestant,
    fills,
    latestFills: latest,
  };

  function frame(
    played: Session,
    t: number,
  ): Pick<
    Explanation,
    | 'closeMs'
    | 'seq'
    | 'equityUsd'
    | 'cashUsd'
    | 'sameAsJournal'
    | 'playedGenerally'
    | 'dueDecisions'
    | 'madeDecisions'
    | 'breakers'
    | 'warmupBars'
    | 'barsSeen'
  > {
    const openMs = market.openTimesMs[t] ?? NaN;
    const round = rounds.get(openMs);
    const { plan, account } = played;
    return {
      closeMs: openMs + played.barMs,
      seq: round?.seq ?? 0,
      equityUsd: played.equityUsd,
      cashUsd: account.cashUsd,
      sameAsJournal: round?.equityUsd === played.equityUsd,
      playedGenerally: whyGeneral(plan, market),
      dueDecisions: played.dueDecisions,
      madeDecisions: played.madeDecisions,
      warmupBars: plan.kind.warmupBars(plan.params),
      barsSeen: played.observation.barsSeen(),
      breakers:
        plan.breakers === undefined || played.breakers === undefined
          ? undefined
          : { rules: plan.breakers, state: { ...played.breakers }, lossStreak: account.lossStreak },
    };
  }
}

interface OwnRound {
  readonly seq: number;
  readonly equityUsd: number;
  /** Events that change its session, in order. */
  readonly events: readonly OwnEvent[];
  /** Journal lines of its questions to language models. */
  readonly calls: readonly string[];
}

interface OwnEvent {
  readonly event: string;
  readonly c?: number;
  readonly symbol?: string;
}

/** What the journal says about this contestant, by the open time of the bar. */
function roundsOf({ store }: ExplainWorld, contestant: Contestant): Map<TimeMs, OwnRound> {
  const rounds = new Map<TimeMs, OwnRound>();
  const commit = store.lastCommit();
  for (const round of store.rounds(1)) {
    if (commit === undefined || round.seq > commit.seq) break;
    if (round.barMs < contestant.joinedBarMs) continue;
    rounds.set(round.barMs, {
      seq: round.seq,
      equityUsd: round.marks[contestant.position] ?? NaN,
      events: ownEvents(round, contestant.position),
      calls: round.events.filter((line) => line.includes(MODEL_CALL_MARK)),
    });
  }
  return rounds;
}

function ownEvents(round: StoredRound, position: number): OwnEvent[] {
  return round.events.map((line) => JSON.parse(line) as OwnEvent).filter(({ c }) => c === position);
}

/** The slot of the last decision at or before `atMs`. */
function decisionIndex(
  session: Session,
  market: MarketTable,
  rounds: ReadonlyMap<TimeMs, OwnRound>,
  atMs: TimeMs | undefined,
  contestant: Contestant,
): number {
  for (let t = market.length - 1; t >= 0; t--) {
    const openMs = market.openTimesMs[t] ?? NaN;
    const round = rounds.get(openMs);
    if (round === undefined || Number.isNaN(round.equityUsd)) continue;
    if (openMs + session.barMs <= (atMs ?? Infinity) && decidesAt(session, t)) return t;
  }
  throw new Problem(
    'input',
    `${contestant.name} decided nothing ${atMs === undefined ? 'yet' : `up to ${formatMinuteUtc(atMs)}`}`,
    {
      hint: `it joined at ${formatMinuteUtc(contestant.joinedBarMs)} and decides where a ${contestant.manifest.timeframe} bar closes`,
    },
  );
}

function advance(
  session: Session,
  t: number,
  rounds: ReadonlyMap<TimeMs, OwnRound>,
  contestant: Contestant,
): LedgerEntry[] {
  const { ledger, market } = session.venue;
  for (const { event, symbol } of rounds.get(market.openTimesMs[t] ?? NaN)?.events ?? []) {
    if (event === 'regime-invalidated') forgetAnswers(session, symbol);
    if (event === 'breakers-reset' && session.breakers !== undefined)
      resetBreakers(session.breakers, session.equityUsd);
    if (event === 'halted' && session.breakers !== undefined) session.breakers.kill = 1;
  }
  ledger.length = 0;
  advanceSession(session, t);
  return Array.from({ length: ledgerCount(ledger.doubles.subarray(0, ledger.length)) }, (_, i) =>
    readLedgerEntry(ledger.doubles, i),
  ).filter((entry) => entry.contestant === contestant.position);
}

function decide(
  session: Session,
  t: number,
  rounds: ReadonlyMap<TimeMs, OwnRound>,
  hash: Hash,
  find: FindReply,
  look?: () => void,
): DecisionRecord[] {
  const keep: DecisionRecord[] = [];
  if (!decidesAt(session, t)) return keep;
  try {
    const pending = session.models === undefined ? undefined : askSession(session, t, hash);
    if (pending !== undefined) {
      const calls = rounds.get(session.venue.market.openTimesMs[t] ?? NaN)?.calls ?? [];
      takeAnswers(pending, journaledAnswers(calls, find), hash);
    }
    const step = askStrategy(session, t);
    look?.();
    acceptStep(session, step, t, keep);
  } catch (error) {
    // A reply that is not at hand is no fault of the contestant's: nothing after it could be explained.
    if (error instanceof Problem) throw error;
    acceptFault(session, error instanceof Error ? error.message : String(error), keep);
  }
  session.observation.answers = NO_ANSWERS;
  return keep;
}

function decisionAt(
  session: Session,
  t: number,
  rounds: ReadonlyMap<TimeMs, OwnRound>,
  hash: Hash,
  find: FindReply,
): Pick<Explanation, 'seen' | 'gauges' | 'why' | 'detail' | 'fault' | 'intents' | 'refused' | 'unfilled'> {
  const { kind } = session.plan;
  let gauges: readonly Gauge[] = [];
  const { unfilled } = session;
  const keep = decide(session, t, rounds, hash, find, () => {
    // Asked before its answer changes the memory: what it shows is what it decided on.
    gauges = kind.explain?.(session.observation, session.memory) ?? [];
  });
  const [record] = keep;
  return {
    seen: seenAt(session),
    gauges,
    why: session.lastWhy,
    detail: record?.why.detail,
    fault: session.fault,
    intents: record?.intents ?? [],
    refused: session.refused,
    unfilled,
  };
}

function seenAt(session: Session): SymbolSeen[] {
  const { plan, observation, account } = session;
  const specs = plan.kind.features(plan.params);
  return plan.symbols.map((symbol, own) => {
    const position = account.positions[own];
    const held = position !== undefined && position.quantity !== 0 ? position : undefined;
    return {
      symbol,
      close: observation.market.close(own),
      features: specs.map((spec, i) => ({
        text: featureText(spec),
        value: observation.features.value(own, i),
      })),
      readings: READING_KINDS.map((kind) => ({
        kind,
        value: observation.market.reading(own, kind),
        ageMs: observation.market.readingAgeMs(own, kind),
      })).filter(({ value }) => !Number.isNaN(value)),
      quantity: held?.quantity ?? 0,
      entryPrice: held?.entryPrice ?? NaN,
      stopPrice: held?.stopPrice ?? NaN,
      targetPrice: held?.targetPrice ?? NaN,
      liquidationPrice: held?.liquidationPrice ?? NaN,
    };
  });
}
