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
import type { Keeping } from '../kernel/play-lane.js';
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
  /** Of the lane that plays; views of the log would cost a small block more than playing it. */
  let equityUsd = new Float64Array(0);
  let exposure = new Float64Array(0);
  let seat: PlayingSeat | undefined;
  const keeping: Keeping = {
    plain: true,
    keep(row, record) {
      seat?.log.decisions[row]?.push(decisionLine(record));
    },
    played(row, { due, made, fault, faultChanged }) {
      if (seat === undefined) return;
      const { log, first, position } = seat;
      log.decided[first + row] = (due ? DUE : 0) | (made ? MADE : 0);
      if (faultChanged) log.faults[row]?.push({ position, fault });
    },
  };
  const playFast = (lane: number, session: Session, at: number, log: PlayLog): void => {
    const { slots, ledger } = log;
    const first = at * slots.length;
    const before = ledger.length;
    seat = { log, first, position: session.plan.position };
    takeState(field, lane);
    log.decided.fill(DUE | MADE, first, first + slots.length);
    playLane(field, lane, equityUsd, exposure, keeping);
    for (let s = 0; s < slots.length; s++) {
      log.equityUsd[first + s] = equityUsd[s] ?? NaN;
      log.grossExposureFraction[first + s] = exposure[s] ?? NaN;
    }
    landLane(field, lane);
    if (ledger.length > before) nameSlots(field, log, before);
    seat = undefined;
  };
  return {
    begin(sessions, slots) {
      // The kernel knows nothing of symbols that have ended.
      fast = sessions.length * slots.length >= LEAST_CELLS && views.base.endsMs === undefined;
      if (!fast) return;
      for (const session of sessions)
        if (!lanes.has(session))
          lanes.set(
            session,
            whyGeneral(session.plan, views.base) === undefined
              ? addLane(field, session.plan, session)
              : undefined,
          );
      if (equityUsd.length < slots.length) {
        equityUsd = new Float64Array(slots.length);
        exposure = new Float64Array(slots.length);
      }
      beginBlock(field, Int32Array.from(slots), slots.length);
    },
    play(session, at, log) {
      const lane = fast ? lanes.get(session) : undefined;
      if (lane === undefined) playSlots(session, at, log, hash);
      else playFast(lane, session, at, log);
    },
  };
}

interface PlayingSeat {
  readonly log: PlayLog;
  /** Where its slots begin in the log. */
  readonly first: number;
  readonly position: number;
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
