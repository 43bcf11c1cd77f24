/** Takes sessions through the slots of a block: those that the fast kernel can by it, all others by themselves. */
import { LEDGER_WIDTH, type LedgerBuffer } from '../domain/ledger.js';
import type { MarketViews } from '../indicators/market-views.js';
import { whyGeneral } from '../kernel/fast-path.js';
import {
  type Field,
  addLane,
  beginBlock,
  landLane,
  openField,
  playLane,
  takeState,
} from '../kernel/field.js';
import { decisionLine } from '../session/decision-line.js';
import type { Session } from '../session/session.js';
import type { Hash } from './contestant.js';
import { DUE, MADE, type PlayLog, playSlots } from './play-slots.js';
import type { Player } from './shard-play.js';

/** Below this many sessions a block of one bar is not worth the preparation. */
const LEAST_CELLS = 8;

/** One for all sessions of a market and a ledger. Between blocks a session is the truth: it may have been changed. */
export function createFastPlayer(views: MarketViews, ledger: LedgerBuffer, hash: Hash): Player {
  const field = openField(views, ledger);
  /** The lane of a session; undefined where the general session has to play. */
  const lanes = new Map<Session, number | undefined>();
  let fast = false;
  return {
    begin(sessions, slots) {
      fast = sessions.length * slots.length >= LEAST_CELLS;
      if (!fast) return;
      for (const session of sessions)
        if (!lanes.has(session))
          lanes.set(
            session,
            whyGeneral(session.plan, views.base) === undefined
              ? addLane(field, session.plan, session)
              : undefined,
          );
      beginBlock(field, Int32Array.from(slots), slots.length);
    },
    play(session, seat, log) {
      const lane = fast ? lanes.get(session) : undefined;
      if (lane === undefined) playSlots(session, seat, log, hash);
      else playFast(field, lane, session, seat, log);
    },
  };
}

function playFast(field: Field, lane: number, session: Session, seat: number, log: PlayLog): void {
  const { slots, ledger } = log;
  const first = seat * slots.length;
  const end = first + slots.length;
  const { position } = session.plan;
  const before = ledger.length;
  takeState(field, lane);
  log.decided.fill(DUE | MADE, first, end);
  playLane(field, lane, log.equityUsd.subarray(first, end), log.grossExposureFraction.subarray(first, end), {
    plain: true,
    keep(row, record) {
      log.decisions[row]?.push(decisionLine(record));
    },
    played(row, { due, made, fault, faultChanged }) {
      log.decided[first + row] = (due ? DUE : 0) | (made ? MADE : 0);
      if (faultChanged) log.faults[row]?.push({ position, fault });
    },
  });
  landLane(field, lane);
  nameSlots(field, log, before);
}

/** Which slot each new record belongs to: a record's time lies inside its bar, and they come in the order of the bars. */
function nameSlots({ rows }: Field, { ledger, recordSlots, slots }: PlayLog, from: number): void {
  let row = 0;
  for (let at = from; at < ledger.length; at += LEDGER_WIDTH) {
    const timeMs = ledger.doubles[at + 1] ?? NaN;
    while (row + 1 < slots.length && (rows.openMs[row + 1] ?? NaN) <= timeMs) row++;
    recordSlots.push(row);
  }
}
