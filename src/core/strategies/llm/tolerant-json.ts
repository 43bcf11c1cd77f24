/**
 * Reads what was meant to be JSON, by hand and never by `eval`: comments, single and curly quotes, stray and missing
 * commas, full-width signs, unquoted keys, quotes inside texts. Of a text that was cut off the complete members are
 * kept; of a part that cannot be read only what follows the next comma. Nothing is made up: a value next to an
 * unreadable part is dropped with it, because "1, 150.5" is not 1.
 */
import {
  type ReplyCursor,
  asciiForms,
  atBlankLine,
  atFence,
  signAt,
  skipTrivia,
  startsComment,
  structuralSign,
} from './reply-cursor.js';
import {
  type ReplyArray,
  type ReplyMember,
  type ReplyObject,
  type ReplyValue,
  isContainer,
} from './reply-value.js';
import { type TextReading, closingQuoteInLine, readQuotedKey, readText } from './tolerant-text.js';

/** Signals are four levels deep; a deeper part is passed over. */
const MAX_DEPTH = 12;

const BARE_END: ReadonlySet<string> = new Set([',', '}', ']', '{', '[', ':', '"', "'", '\n']);

/** `cut`: the reply ends inside. `lost`: the closing bracket is missing or cannot be found. */
export type ReadEnd = 'closed' | 'cut' | 'lost';

export interface ContainerReading<Value> {
  readonly value: Value;
  readonly end: ReadEnd;
}

type ValueReading = ContainerReading<ReplyValue> | 'cut' | 'lost';
type MemberReading = ContainerReading<ReplyMember> | 'cut' | 'lost' | 'broken';

/** What stands before the next value: commas may be missing, doubled, or left over at the end. */
type Before = 'start' | 'value' | 'comma';

/** Reads the object whose brace is under the cursor. A root without any member is prose with a brace: it is left at once. */
export function readObject(cursor: ReplyCursor, depth = 1): ContainerReading<ReplyObject> {
  const members: ReplyMember[] = [];
  let whole = true;
  const finish = (end: ReadEnd): ContainerReading<ReplyObject> => ({
    value: { kind: 'object', members, whole: whole && end === 'closed' },
    end,
  });
  let before: Before = 'start';
  cursor.at++;
  for (;;) {
    skipTrivia(cursor);
    const sign = structuralSign(cursor);
    if (sign === '') return finish('cut');
    if (sign === '}') {
      cursor.at++;
      if (before === 'comma') cursor.repairs.add('stray commas');
      return finish('closed');
    }
    if (sign === ',') {
      cursor.at++;
      if (before !== 'value') cursor.repairs.add('stray commas');
      before = 'comma';
      continue;
    }
    if (atFence(cursor)) return finish('lost');
    const member = readMember(cursor, depth);
    if (member === 'cut' || member === 'lost') return finish(member);
    if (member !== 'broken') {
      if (before === 'value') cursor.repairs.add('missing commas');
      before = 'value';
      members.push(member.value);
      if (member.end !== 'closed') return finish(member.end);
      continue;
    }
    if (depth === 1 && members.length === 0) return finish('lost');
    whole = false;
    const last = members.at(-1);
    if (last !== undefined && !isContainer(last.value)) members.pop();
    const next = skipToSeparator(cursor, '}');
    if (next !== 'comma') return finish(next);
    before = 'start';
  }
}

/** Reads the array whose bracket is under the cursor. */
export function readArray(cursor: ReplyCursor, depth = 1): ContainerReading<ReplyArray> {
  const items: ReplyValue[] = [];
  let whole = true;
  const finish = (end: ReadEnd): ContainerReading<ReplyArray> => ({
    value: { kind: 'array', items, whole: whole && end === 'closed' },
    end,
  });
  let before: Before = 'start';
  cursor.at++;
  for (;;) {
    skipTrivia(cursor);
    const sign = structuralSign(cursor);
    if (sign === '') return finish('cut');
    if (sign === ']') {
      cursor.at++;
      if (before === 'comma') cursor.repairs.add('stray commas');
      return finish('closed');
    }
    if (sign === ',') {
      cursor.at++;
      if (before !== 'value') cursor.repairs.add('stray commas');
      before = 'comma';
      continue;
    }
    if (atFence(cursor)) return finish('lost');
    if (sign === ':' || sign === '}') {
      whole = false;
      const next = skipToSeparator(cursor, ']');
      if (next !== 'comma') return finish(next);
      before = 'start';
      continue;
    }
    const item = readValue(cursor, depth, 'array');
    if (item === 'cut' || item === 'lost') return finish(item);
    if (before === 'value') cursor.repairs.add('missing commas');
    before = 'value';
    items.push(item.value);
    if (item.end !== 'closed') return finish(item.end);
  }
}

function readMember(cursor: ReplyCursor, depth: number): MemberReading {
  const key = readKey(cursor);
  if (key.end !== 'closed') return key.end === 'cut' ? 'cut' : 'broken';
  skipTrivia(cursor);
  const sign = structuralSign(cursor);
  if (sign === '') return 'cut';
  if (sign !== ':') return 'broken';
  cursor.at++;
  skipTrivia(cursor);
  const value = readValue(cursor, depth, 'object');
  if (value === 'cut' || value === 'lost') return value;
  return { value: { key: key.text, value: value.value }, end: value.end };
}

function readKey(cursor: ReplyCursor): TextReading {
  const sign = signAt(cursor);
  if (sign === '"' || sign === "'") return readQuotedKey(cursor);
  const from = cursor.at;
  while (/[\w$.-]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
  cursor.steps += cursor.at - from + 1;
  if (cursor.at === from) return { end: 'lost' };
  cursor.repairs.add('unquoted keys');
  return { end: 'closed', text: cursor.text.slice(from, cursor.at), spelled: false };
}

function readValue(cursor: ReplyCursor, depth: number, inside: 'object' | 'array'): ValueReading {
  const sign = signAt(cursor);
  if (sign === '"' || sign === "'") {
    const text = readText(cursor);
    return text.end === 'closed'
      ? { value: { kind: 'text', text: text.text, spelled: text.spelled }, end: 'closed' }
      : text.end;
  }
  if (sign === '{' || sign === '[') {
    if (depth >= MAX_DEPTH) return skipDeepPart(cursor, sign);
    // An object in a root array is a root itself: "[{as I said}]" is prose too.
    return sign === '['
      ? readArray(cursor, depth + 1)
      : readObject(cursor, inside === 'array' ? depth : depth + 1);
  }
  return readBare(cursor, inside);
}

/**
 * A number or a word without quotes, up to a sign that ends it. In an object a comma between digits belongs to the
 * number ("1,150.5"), because no key begins with a digit.
 */
function readBare(cursor: ReplyCursor, inside: 'object' | 'array'): ValueReading {
  const from = cursor.at;
  for (; ; cursor.at++) {
    cursor.steps++;
    const sign = signAt(cursor);
    if (sign === '') return 'cut';
    if (
      sign === ',' &&
      inside === 'object' &&
      isDigit(cursor, cursor.at - 1) &&
      isDigit(cursor, cursor.at + 1)
    )
      continue;
    if (BARE_END.has(sign) || startsComment(cursor, cursor.at)) break;
  }
  const said = cursor.text.slice(from, cursor.at).trim();
  const text = asciiForms(said);
  if (text !== said) cursor.repairs.add('full-width signs');
  return { value: { kind: 'bare', text }, end: 'closed' };
}

function isDigit(cursor: ReplyCursor, at: number): boolean {
  const sign = signAt(cursor, at);
  return sign >= '0' && sign <= '9';
}

function skipDeepPart(cursor: ReplyCursor, opening: '{' | '['): ValueReading {
  cursor.repairs.add('a part nested too deep');
  const closing = opening === '{' ? '}' : ']';
  cursor.at++;
  let end = skipToSeparator(cursor, closing);
  while (end === 'comma') end = skipToSeparator(cursor, closing);
  return { value: { kind: 'object', members: [], whole: false }, end };
}

/**
 * Leaves an unreadable part: goes behind the next comma or the closing bracket of the container the cursor is in.
 * Only quotes that are closed in their line count here, since a forgotten one may be what made the part unreadable.
 */
function skipToSeparator(cursor: ReplyCursor, closing: '}' | ']'): ReadEnd | 'comma' {
  cursor.repairs.add('an unreadable part that was skipped');
  for (let depth = 0; cursor.at < cursor.text.length; cursor.at++) {
    cursor.steps++;
    const sign = signAt(cursor);
    if (sign === '"' || sign === "'") cursor.at = closingQuoteInLine(cursor) ?? cursor.at;
    else if (sign === '\\') cursor.at++;
    else if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') {
      if (depth > 0) depth--;
      else if (sign === closing) {
        cursor.at++;
        return 'closed';
      }
    } else if (sign === ',' && depth === 0) {
      cursor.at++;
      return 'comma';
    } else if (atFence(cursor) || atBlankLine(cursor, cursor.at)) return 'lost';
  }
  return 'cut';
}
