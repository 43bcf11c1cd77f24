/**
 * What some of the arena's sessions did over the slots of a block, wherever they were played. The arena closes its rounds
 * from it, one after another; who reads a seat between the block's first and last round reads its figures.
 */
import { LEDGER_WIDTH, type LedgerBuffer } from '../domain/ledger.js';
import type { PendingDecision } from '../session/model-decision.js';
import type { Session } from '../session/session.js';
import type { FaultChange, PlayLog } from './play-slots.js';

export interface ShardPlay {
  /** Of the seats, ascending; a seat is an index into these. */
  readonly positions: readonly number[];
  /** Slots that were played. */
  readonly length: number;
  /** At the close, `[seat * length + slot]`. */
  readonly equityUsd: Float64Array;
  readonly grossExposureFraction: Float64Array;
  /** DUE and MADE, in the same places. */
  readonly decided: Uint8Array;
  /** Ledger records by slot and roster position, and where those of each slot end. */
  readonly ledger: Float64Array;
  readonly ledgerEnds: Uint32Array;
  /** Canonical JSON by slot, in roster order. */
  readonly events: readonly (readonly string[])[];
  readonly decisions: readonly (readonly string[])[];
  /** Faults that began, changed or ended (empty), by slot. */
  readonly faults: readonly (readonly FaultChange[])[];
}

/** Takes sessions through the slots of a log, one after another. */
export interface Player {
  /** Before the first of them. */
  begin(sessions: readonly Session[], slots: readonly number[]): void;
  play(session: Session, seat: number, log: PlayLog): void;
}

/** The sessions in roster order, all with the same ledger. Those that ask language models come back in `pending`. */
export function playShard(
  sessions: readonly Session[],
  slots: readonly number[],
  ledger: LedgerBuffer,
  player: Player,
): { readonly play: ShardPlay; readonly pending: readonly PendingDecision[] } {
  const cells = sessions.length * slots.length;
  ledger.length = 0;
  const log: PlayLog = {
    slots,
    equityUsd: new Float64Array(cells),
    grossExposureFraction: new Float64Array(cells),
    decided: new Uint8Array(cells),
    ledger,
    recordSlots: [],
    events: slots.map(() => []),
    decisions: slots.map(() => []),
    faults: slots.map(() => []),
    pending: [],
  };
  player.begin(sessions, slots);
  for (let seat = 0; seat < sessions.length; seat++) {
    const session = sessions[seat];
    if (session !== undefined) player.play(session, seat, log);
  }
  const { pending, equityUsd, grossExposureFraction, decided, events, decisions, faults } = log;
  return {
    play: {
      positions: sessions.map((session) => session.plan.position),
      length: slots.length,
      equityUsd,
      grossExposureFraction,
      decided,
      ...recordsBySlot(log),
      events,
      decisions,
      faults,
    },
    pending,
  };
}

/** Within a slot the order stays: that of the sessions, and of what each did. */
function recordsBySlot({ slots, ledger, recordSlots }: PlayLog): Pick<ShardPlay, 'ledger' | 'ledgerEnds'> {
  const ledgerEnds = new Uint32Array(slots.length);
  for (const s of recordSlots) ledgerEnds[s] = (ledgerEnds[s] ?? 0) + LEDGER_WIDTH;
  let end = 0;
  for (let s = 0; s < slots.length; s++) {
    const begin = end;
    end += ledgerEnds[s] ?? 0;
    ledgerEnds[s] = begin;
  }
  // Where the next record of each slot goes; behind its last one when all are there.
  const sorted = new Float64Array(ledger.length);
  recordSlots.forEach((s, i) => {
    const at = ledgerEnds[s] ?? 0;
    sorted.set(ledger.doubles.subarray(i * LEDGER_WIDTH, (i + 1) * LEDGER_WIDTH), at);
    ledgerEnds[s] = at + LEDGER_WIDTH;
  });
  return { ledger: sorted, ledgerEnds };
}

/** Ledger records of one slot. */
export function recordsAt({ ledger, ledgerEnds }: ShardPlay, s: number): Float64Array {
  return ledger.subarray(s === 0 ? 0 : ledgerEnds[s - 1], ledgerEnds[s]);
}
