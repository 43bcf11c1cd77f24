/**
 * What the files for people tell of the rounds before: thinned equity and the newest fills. A live arena writes them after every
 * round, so no round is read twice, however long the arena runs.
 */
import type { Arena } from '../core/arena/arena.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { ArenaStore, RoundMarks } from '../ports/arena-store.js';
import { type ArenaHistory, historyLimits } from '../reporting/arena-state-json.js';

/** How far back fills are looked for: older ones are in the journal. */
export const FILL_ROUNDS = 500;

interface DatedFill {
  readonly seq: number;
  readonly entry: LedgerEntry;
}

/** The history of one arena up to the round that it has played last; what it says follows from the journal alone. */
export function openArenaHistory(store: ArenaStore): (arena: Arena) => ArenaHistory {
  const points = new Map<number, RoundMarks>();
  const fills = new Map<number, DatedFill[]>();
  let seenSeq = 0;

  const hearFills = (seq: number, most: number): void => {
    const oldest = Math.max(1, seq - FILL_ROUNDS + 1);
    for (const round of store.rounds(Math.max(seenSeq + 1, oldest))) {
      if (round.seq > seq) break;
      for (let i = 0; i < ledgerCount(round.fills); i++) {
        const entry = readLedgerEntry(round.fills, i);
        if (entry.effect !== 'entry' && entry.effect !== 'exit') continue;
        const list = fills.get(entry.contestant) ?? [];
        list.push({ seq: round.seq, entry });
        // Of many rounds at once not all are kept until the last is read.
        fills.set(entry.contestant, list.length > 2 * most ? list.slice(-most) : list);
      }
    }
    seenSeq = seq;
    for (const [contestant, list] of fills) {
      const kept = list.slice(-most).filter((fill) => fill.seq >= oldest);
      if (kept.length === 0) fills.delete(contestant);
      else if (kept.length < list.length) fills.set(contestant, kept);
    }
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
      fills: new Map([...fills].map(([contestant, list]) => [contestant, list.map(({ entry }) => entry)])),
    };
  };
}

/** Rounds between two points. Doubled when there are too many, so that what is known stays known; one point is the present. */
function strideOf(seq: number, most: number): number {
  let stride = 1;
  while (seq / stride > most - 1) stride *= 2;
  return stride;
}
