import type { LedgerBuffer } from '../domain/ledger.js';
import { LEDGER_WIDTH } from '../domain/ledger.js';
import type { DecisionRecord } from '../session/decide.js';
import { decisionLine } from '../session/decision-line.js';
import { type PendingDecision, playBar } from '../session/model-decision.js';
import type { Session } from '../session/session.js';
import type { Hash } from './contestant.js';

/** What sessions gave out over the slots of a block, as it came: session after session, each from the first slot to the last. */
export interface PlayLog {
  /** Slots of the market that have a bar, ascending. */
  readonly slots: readonly number[];
  /** At the close, `[seat * slots.length + s]`. */
  readonly equityUsd: Float64Array;
  readonly grossExposureFraction: Float64Array;
  /** Whether a decision was due (1) and whether it was made (2), in the same places. */
  readonly decided: Uint8Array;
  /** The buffer that all of the sessions write to. */
  readonly ledger: LedgerBuffer;
  /** Which slot each of its records belongs to, as an index into `slots`. */
  readonly recordSlots: number[];
  /** Canonical JSON by slot. */
  readonly events: string[][];
  readonly decisions: string[][];
  /** Faults that began, changed or ended (empty), by slot. */
  readonly faults: FaultChange[][];
  /** Sessions that wait for answers; their decisions are not in the log. */
  readonly pending: PendingDecision[];
}

export interface FaultChange {
  readonly position: number;
  readonly fault: string;
}

export const DUE = 1;
export const MADE = 2;

/** Plays one session through the slots of a block. One that asks language models can play one slot, and then waits. */
export function playSlots(session: Session, seat: number, log: PlayLog, hash: Hash): void {
  const { slots, ledger, recordSlots } = log;
  const first = seat * slots.length;
  const kept: DecisionRecord[] = [];
  for (let s = 0; s < slots.length; s++) {
    const { dueDecisions, madeDecisions, fault } = session;
    const waiting = playBar(session, slots[s] ?? -1, log.events[s] ?? [], kept, hash);
    if (waiting !== undefined) log.pending.push(waiting);
    const at = first + s;
    log.equityUsd[at] = session.equityUsd;
    log.grossExposureFraction[at] = session.grossExposureFraction;
    log.decided[at] =
      (session.dueDecisions > dueDecisions ? DUE : 0) | (session.madeDecisions > madeDecisions ? MADE : 0);
    if (session.fault !== fault)
      log.faults[s]?.push({ position: session.plan.position, fault: session.fault });
    if (kept.length > 0) {
      for (const record of kept) log.decisions[s]?.push(decisionLine(record));
      kept.length = 0;
    }
    while (recordSlots.length * LEDGER_WIDTH < ledger.length) recordSlots.push(s);
  }
}
