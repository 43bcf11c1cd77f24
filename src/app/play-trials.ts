/** Plays repeated trials of model configurations side by side over one window of a market, each on its own account. */
import { type LedgerEntry, createLedgerBuffer, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { Order } from '../core/domain/intent.js';
import { type MarketTable, slotHasBar } from '../core/domain/market-table.js';
import { createMarketViews } from '../core/indicators/market-views.js';
import { openScorecard } from '../core/metrics/scorecard.js';
import { assertConserved } from '../core/domain/account.js';
import {
  type Answers,
  type AskedQuestion,
  NOBODY_ANSWERS,
  askSession,
  decideAnswered,
} from '../core/session/model-decision.js';
import { spentOnDayUsd } from '../core/session/model-record.js';
import type { SessionPlan } from '../core/session/session-plan.js';
import { type Session, advanceSession, markPositions, openSession } from '../core/session/session.js';
import type { Spent } from './model-desk.js';

/** One account's way through the window. */
export interface PlayedTrial {
  readonly session: Session;
  readonly entries: readonly LedgerEntry[];
  /** Per observed bar. */
  readonly equityUsd: readonly number[];
  readonly exposureFraction: readonly number[];
  /** Per observed bar and own symbol: signed quantity at the close. */
  readonly quantities: readonly (readonly number[])[];
  /** Of every entry that opened a position. */
  readonly leverages: readonly number[];
}

export interface TrialsWorld {
  /** Undefined when a stop came first. */
  answer(asked: readonly AskedQuestion[], spent: Spent): Promise<Answers | undefined>;
  hash(text: string): string;
  /** After every bar. */
  progress(bars: number): void;
  /** Spent before this window began. */
  readonly spentUsd: number;
}

/** From axis index `first` to the end; undefined when it was stopped. */
export async function playTrials(
  market: MarketTable,
  first: number,
  plans: readonly Omit<SessionPlan, 'position'>[],
  world: TrialsWorld,
): Promise<PlayedTrial[] | undefined> {
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  const seats = plans.map((plan, position) => {
    const session = openSession({ ...plan, position }, views, ledger);
    session.cards = [openScorecard(plan.cashUsd)];
    const played = {
      session,
      entries: [] as LedgerEntry[],
      equityUsd: [] as number[],
      exposureFraction: [] as number[],
      quantities: [] as number[][],
      leverages: [] as number[],
    };
    return played satisfies PlayedTrial;
  });
  let bars = 0;
  for (let t = first; t < market.length; t++) {
    if (!slotHasBar(market, t)) continue;
    ledger.length = 0;
    const waiting = seats.map(({ session }) => session.orders);
    const pending = seats.flatMap(({ session }) => {
      advanceSession(session, t);
      return askSession(session, t, (text) => world.hash(text)) ?? [];
    });
    const asked = pending.flatMap((one) => one.asked);
    const answers =
      asked.length === 0 ? NOBODY_ANSWERS : await world.answer(asked, spentBy(seats, world.spentUsd, asked));
    if (answers === undefined) return undefined;
    for (const one of pending) decideAnswered(one, answers, [], (text) => world.hash(text));
    for (let i = 0; i < ledgerCount(ledger.doubles.subarray(0, ledger.length)); i++) {
      const entry = readLedgerEntry(ledger.doubles, i);
      const seat = seats[entry.contestant];
      seat?.entries.push(entry);
      // Also of a position that a stop closed in the bar that opened it.
      if (seat !== undefined && entry.effect === 'entry' && entry.quantityAfter === entry.quantity)
        seat.leverages.push(leverageOf(entry, seat.session, waiting[entry.contestant] ?? []));
    }
    for (const seat of seats) noteBar(seat);
    world.progress(++bars);
  }
  for (const { session } of seats) {
    // No bar follows that would show what the last questions cost.
    markPositions(session, market.length - 1);
    assertConserved(session.account, `trial ${String(session.plan.position)}`);
  }
  return seats;
}

function noteBar(seat: {
  readonly session: Session;
  readonly equityUsd: number[];
  readonly exposureFraction: number[];
  readonly quantities: number[][];
}): void {
  const { session, quantities } = seat;
  quantities.push(session.account.positions.map(({ quantity }) => quantity));
  seat.equityUsd.push(session.equityUsd);
  seat.exposureFraction.push(session.grossExposureFraction);
}

/** A fill does not say it; the order that waited for the bar does. */
function leverageOf({ symbol }: LedgerEntry, { venue }: Session, orders: readonly Order[]): number {
  const order = orders.find((one) => one.effect === 'entry' && venue.marketIndex[one.symbol] === symbol);
  if (order === undefined) throw new Error(`an entry of symbol ${String(symbol)} without an order`);
  return order.leverage;
}

function spentBy(
  seats: readonly { readonly session: Session }[],
  beforeUsd: number,
  asked: readonly AskedQuestion[],
): Spent {
  const nowMs = asked[0]?.atMs ?? NaN;
  const records = seats.flatMap(({ session }) => session.models ?? []);
  return {
    todayUsd: records.reduce((sum, record) => sum + spentOnDayUsd(record, nowMs), 0),
    totalUsd: beforeUsd + records.reduce((sum, record) => sum + record.costUsd, 0),
  };
}
