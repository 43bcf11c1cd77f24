import type { ReplyBlock } from './find-blocks.js';
import { readSignals } from './read-signals.js';
import type { ReplyNote } from './reply-note.js';
import type { TradeSignal } from './trade-signal.js';

/** What one block decides, or several that are one decision in pieces. */
export interface Decision {
  readonly startAt: number;
  readonly kind: 'signals' | 'no-action' | 'unusable';
  readonly signals: readonly TradeSignal[];
  readonly notes: readonly ReplyNote[];
  readonly cut: boolean;
}

interface Piece {
  readonly block: ReplyBlock;
  readonly kind: 'signals' | 'no-action' | 'unusable';
  readonly signals: readonly TradeSignal[];
  readonly notes: readonly ReplyNote[];
  readonly single: boolean;
}

/** A gap longer than this holds prose. */
const MAX_GAP_CHARS = 200;
/** Between signals that stand one after the other. */
const SEPARATORS = /^[\s,;]*$/;
/** A brace too many closed the table early, and its next entry follows; curved quotes and the wide colon too. */
const NEXT_ENTRY = /^[\s\]})]*,\s*["'\u201c\u201d][\w ./-]{1,30}["'\u201c\u201d]\s*[:\uff1a]\s*$/;

/** The decisions of a reply in order; blocks that only hold data are left out. */
export function joinDecisions(text: string, blocks: readonly ReplyBlock[]): Decision[] {
  const groups: Piece[][] = [];
  for (const block of blocks) {
    const piece = pieceOf(block);
    if (piece === undefined) continue;
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && continues(text, last, piece)) group.push(piece);
    else groups.push([piece]);
  }
  return groups.map(decisionOf);
}

function pieceOf(block: ReplyBlock): Piece | undefined {
  const reading = readSignals(block.value);
  const notes = notesOn(block);
  if (reading.kind === 'empty') return { block, kind: 'no-action', signals: [], notes, single: false };
  if (reading.kind === 'decision')
    return {
      block,
      kind: reading.signals.length > 0 ? 'signals' : 'unusable',
      signals: reading.signals,
      notes: [...notes, ...reading.notes],
      single: reading.single,
    };
  // Data is no decision; but what was cut off before its first signal may have become one.
  if (block.end === 'closed') return undefined;
  return { block, kind: 'unusable', signals: [], notes, single: false };
}

function notesOn(block: ReplyBlock): ReplyNote[] {
  const notes: ReplyNote[] = [];
  if (block.repairs.length > 0)
    notes.push({ kind: 'repaired', says: `not JSON as it stands: ${block.repairs.join(', ')}` });
  if (block.end === 'cut') notes.push({ kind: 'cut', says: 'the reply ends inside the JSON' });
  if (block.end === 'lost') notes.push({ kind: 'cut', says: 'the JSON has no closing bracket' });
  return notes;
}

/** Signals by themselves in a row, and the rest of a table behind a stray brace; all else is another decision. */
function continues(text: string, last: Piece, next: Piece): boolean {
  const { endAt } = last.block;
  if (!next.single || next.block.startAt - endAt > MAX_GAP_CHARS) return false;
  const gap = text.slice(endAt, next.block.startAt).replace(/`{3,}\w*/g, '');
  return (last.single && SEPARATORS.test(gap)) || NEXT_ENTRY.test(gap);
}

/** Later signals for a coin replace earlier ones and take their place in the order of the reply. */
function decisionOf(pieces: readonly Piece[]): Decision {
  const byCoin = new Map<string, TradeSignal>();
  const notes = pieces.flatMap((piece) => piece.notes);
  for (const signal of pieces.flatMap((piece) => piece.signals)) {
    const { coin } = signal;
    if (byCoin.delete(coin))
      notes.push({ kind: 'replaced', coin, says: `${coin} is named twice: the later signal counts` });
    byCoin.set(coin, signal);
  }
  return {
    startAt: pieces[0]?.block.startAt ?? 0,
    kind:
      byCoin.size > 0
        ? 'signals'
        : pieces.some((piece) => piece.kind === 'no-action')
          ? 'no-action'
          : 'unusable',
    signals: [...byCoin.values()],
    notes,
    cut: pieces.some((piece) => piece.block.end !== 'closed'),
  };
}
