import { type Repair, type ReplyCursor, afterBlanks, signAt, skipTrivia } from './reply-cursor.js';
import type { ReplyArray, ReplyObject } from './reply-value.js';
import { type ReadEnd, readArray, readObject } from './tolerant-json.js';

/** A piece of JSON that stands in the prose of a reply. */
export interface ReplyBlock {
  readonly startAt: number;
  /** Behind its last sign. */
  readonly endAt: number;
  readonly value: ReplyObject | ReplyArray;
  readonly end: ReadEnd;
  readonly repairs: readonly Repair[];
}

export interface FoundBlocks {
  readonly blocks: readonly ReplyBlock[];
  /** Braces after which nothing reads as JSON: prose, or JSON beyond repair. */
  readonly proseBraces: number;
  /** Characters looked at: proportional to the text whatever stands in it. */
  readonly steps: number;
}

/** A reply with more blocks than this is refused; the search stops behind the first one too many. */
export const MAX_BLOCKS = 2_000;

/** Wide brackets too. */
const OPENING = /[{[\uff5b\uff3b]/g;

/**
 * All top-level blocks of a reply, in order. Every block is read where its bracket stands and the search goes on where
 * reading stopped, never before: braces inside texts and comments do not count, nor do closing ones without an opening.
 */
export function findBlocks(text: string): FoundBlocks {
  const blocks: ReplyBlock[] = [];
  const cursor: ReplyCursor = { text, at: 0, steps: 0, repairs: new Set() };
  let proseBraces = 0;
  for (;;) {
    const startAt = nextBracket(cursor);
    if (startAt === undefined || blocks.length > MAX_BLOCKS)
      return { blocks, proseBraces, steps: cursor.steps };
    const isList = signAt(cursor) === '[';
    if (isList ? !opensList(cursor) : !opensObject(cursor)) {
      if (!isList) proseBraces++;
      cursor.at = startAt + 1;
      continue;
    }
    cursor.repairs.clear();
    const { value, end } = isList ? readArray(cursor) : readObject(cursor);
    if (end === 'lost' && isBare(value)) proseBraces++;
    else blocks.push({ startAt, endAt: cursor.at, value, end, repairs: [...cursor.repairs] });
  }
}

function nextBracket(cursor: ReplyCursor): number | undefined {
  OPENING.lastIndex = cursor.at;
  const at = OPENING.exec(cursor.text)?.index;
  cursor.steps += (at ?? cursor.text.length) - cursor.at;
  cursor.at = at ?? cursor.text.length;
  return at;
}

/** A brace before anything but a key, its own end or the reply's end is prose. */
function opensObject(cursor: ReplyCursor): boolean {
  const { at } = cursor;
  cursor.at++;
  skipTrivia(cursor);
  const sign = signAt(cursor);
  cursor.at = at;
  return sign === '' || /["'}\w$,]/.test(sign);
}

/** Prose is full of brackets: only one before an object counts, or an empty list that has a line to itself. */
function opensList(cursor: ReplyCursor): boolean {
  const next = afterBlanks(cursor, cursor.at + 1);
  const sign = signAt(cursor, next);
  if (sign === '{') return true;
  return sign === ']' && isBlankBefore(cursor, cursor.at) && isBlankAfter(cursor, next + 1);
}

function isBlankBefore(cursor: ReplyCursor, end: number): boolean {
  for (let at = end - 1; at >= 0; at--) {
    cursor.steps++;
    const sign = cursor.text.charAt(at);
    if (sign === '\n') return true;
    if (!/\s/.test(sign)) return false;
  }
  return true;
}

function isBlankAfter(cursor: ReplyCursor, start: number): boolean {
  const next = afterBlanks(cursor, start);
  return next === cursor.text.length || cursor.text.slice(start, next).includes('\n');
}

function isBare(value: ReplyObject | ReplyArray): boolean {
  return value.kind === 'object'
    ? value.members.length === 0
    : value.items.every((item) => item.kind === 'object' && item.members.length === 0);
}
