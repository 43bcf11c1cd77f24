/**
 * What the files for people tell of the rounds before: thinned equity and the newest fills. A live arena writes them after every
 * round, so no round is read twice, however long the arena runs.
 */
import type { Arena } from '../core/arena/arena.js';
import { LEDGER_WIDTH, type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { ArenaStore, RoundMarks } from '../ports/arena-store.js';
import { type ArenaHistory, historyLimits } from '../reporting/arena-state-json.js';

/** How far back fills are looked for: older ones are in the journal. */
export const FILL_ROUNDS = 500;

/** The newest fills of an account as plain numbers: which round, then the record. The one after the last is the oldest. */
interface NewestFills {
  readonly doubles: Float64Array;
  /** How many were ever written. */
  count: number;
}

const FILL_WIDTH = 1 + LEDGER_WIDTH;

/** The history of one arena up to the round that it has played last; what it says follows from the journal alone. */
export function openArenaHistory(store: ArenaStore): (arena: Arena) => ArenaHistory {
  const points = new Map<number, RoundMarks>();
  const fills = new Map<number, NewestFills>();
  let seenSeq = 0;

  const hearFills = (seq: number, most: number): void => {
    for (const round of store.rounds(Math.max(seenSeq, seq - FILL_ROUNDS) + 1)) {
      if (round.seq > seq) break;
      for (let i = 0; i < ledgerCount(round.fills); i++) {
        const { contestant, effect } = readLedgerEntry(round.fills, i);
        if (effect !== 'entry' && effect !== 'exit') continue;
        let newest = fills.get(contestant);
        if (newest === undefined)
          fills.set(contestant, (newest = { doubles: new Float64Array(most * FILL_WIDTH), count: 0 }));
        const at = (newest.count * FILL_WIDTH) % newest.doubles.length;
        newest.doubles[at] = round.seq;
        newest.doubles.set(round.fills.subarray(i * LEDGER_WIDTH, (i + 1) * LEDGER_WIDTH), at + 1);
        newest.count++;
      }
    }
    seenSeq = seq;
  };

  const markPoints = (seq: number, most: number): void => {
    const stride = strideOf(seq, most);
    for (const known of points.keys()) if (known % stride !== 0) points.delete(known);
    for (let at = stride; at <= seq; at += stride) {
      if (points.has(at)) continue;
      const marks = store.marks(at);
      if (marks !== undefined) points.set(at, marks);
    }
    if (points.has(seq)) return;
    const newest = store.marks(seq);
    if (newest !== undefined) points.set(seq, newest);
  };

  return ({ seq, seats }) => {
    const most = historyLimits(seats.length);
    hearFills(seq, most.fills);
    markPoints(seq, most.points);
    return {
      points: [...points].sort(([a], [b]) => a - b).map(([, marks]) => marks),
      fills: new Map(
        [...fills]
          .map(
            ([contestant, newest]) => [contestant, entriesOf(newest, most.fills, seq - FILL_ROUNDS)] as const,
          )
          .filter(([, entries]) => entries.length > 0),
      ),
    };
  };
}

/** At most so many, oldest first, of rounds after `afterSeq`. */
function entriesOf({ doubles, count }: NewestFills, most: number, afterSeq: number): LedgerEntry[] {
  const room = doubles.length / FILL_WIDTH;
  const entries: LedgerEntry[] = [];
  for (let n = Math.max(0, count - Math.min(most, room)); n < count; n++) {
    const at = (n % room) * FILL_WIDTH;
    if ((doubles[at] ?? NaN) > afterSeq)
      entries.push(readLedgerEntry(doubles.subarray(at + 1, at + FILL_WIDTH), 0));
  }
  return entries;
}

/** Rounds between two points. Doubled when there are too many, so that what is known stays known; one point is the present. */
function strideOf(seq: number, most: number): number {
  let stride = 1;
  while (seq / stride > most - 1) stride *= 2;
  return stride;
}
