import { type ReplyCursor, afterBlanks, atBlankLine, signAt, startsComment } from './reply-cursor.js';

/** A key longer than this is a sentence that happens to begin with a quote. */
const MAX_KEY_CHARS = 100;

const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export type TextReading =
  | { readonly end: 'closed'; readonly text: string; readonly spelled: boolean }
  /** The reply ends inside the text. */
  | { readonly end: 'cut' }
  /** A blank line inside: the closing quote was forgotten. */
  | { readonly end: 'lost' };

/**
 * A quoted value. Models forget to escape quotes inside, so a quote ends the text only where JSON could go
 * on: before a comma, a bracket, a colon, a comment, another quote, a line's end or the reply's end.
 */
export function readText(cursor: ReplyCursor): TextReading {
  const { text } = cursor;
  const opening = openingQuote(cursor);
  let from = cursor.at + 1;
  let read = '';
  let spelled = false;
  for (let at = from; at < text.length; at++) {
    cursor.steps++;
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      const escape = readEscape(text, at);
      read += text.slice(from, at) + escape.text;
      spelled ||= escape.lastAt - at > 1;
      at = escape.lastAt;
      from = at + 1;
    } else if (closes(cursor, opening, at, code)) {
      if (endsText(cursor, at + 1)) {
        cursor.at = at + 1;
        return { end: 'closed', text: read + text.slice(from, at), spelled };
      }
      cursor.repairs.add('quotes inside a text');
    } else if (code === LINE_FEED && atBlankLine(cursor, at)) {
      cursor.at = at;
      return { end: 'lost' };
    }
  }
  cursor.at = text.length;
  return { end: 'cut' };
}

/** A quoted key: short, on one line, up to the next quote. Otherwise `lost`, and the cursor stays. */
export function readQuotedKey(cursor: ReplyCursor): TextReading {
  const { text, at } = cursor;
  const end = closingQuoteInLine(cursor, at + MAX_KEY_CHARS);
  if (end !== undefined) {
    cursor.at = end + 1;
    return { end: 'closed', text: text.slice(at + 1, end), spelled: false };
  }
  const endsInside = text.length - at <= MAX_KEY_CHARS && !text.slice(at).includes('\n');
  return { end: endsInside ? 'cut' : 'lost' };
}

/** Where the quote that opens here is closed in the same line, if it is. */
export function closingQuoteInLine(cursor: ReplyCursor, before = cursor.text.length): number | undefined {
  const { text } = cursor;
  const opening = openingQuote(cursor);
  for (let at = cursor.at + 1; at < text.length && at <= before; at++) {
    cursor.steps++;
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === LINE_FEED) return undefined;
    else if (closes(cursor, opening, at, code)) return at;
  }
  return undefined;
}

interface OpeningQuote {
  readonly sign: string;
  /** A straight quote is closed by its like alone, so that curly ones may stand inside; a curly one by any of its kind. */
  readonly straightCode: number | undefined;
}

function openingQuote(cursor: ReplyCursor): OpeningQuote {
  const sign = signAt(cursor);
  const straight = sign === cursor.text.charAt(cursor.at);
  if (sign === "'") cursor.repairs.add('single quotes');
  if (!straight) cursor.repairs.add('full-width signs');
  return { sign, straightCode: straight ? sign.charCodeAt(0) : undefined };
}

function closes(cursor: ReplyCursor, opening: OpeningQuote, at: number, code: number): boolean {
  return opening.straightCode === undefined
    ? signAt(cursor, at) === opening.sign
    : code === opening.straightCode;
}

function endsText(cursor: ReplyCursor, from: number): boolean {
  const next = afterBlanks(cursor, from);
  if (next >= cursor.text.length || startsComment(cursor, next)) return true;
  return cursor.text.slice(from, next).includes('\n') || ',}]:"\''.includes(signAt(cursor, next));
}

/** JSON's escapes. Any other backslash stays, so that "1\0" does not become a number that nobody wrote. */
function readEscape(text: string, at: number): { text: string; lastAt: number } {
  const sign = text.charAt(at + 1);
  if (sign === 'u') {
    const digits = text.slice(at + 2, at + 6);
    if (/^[\da-fA-F]{4}$/.test(digits))
      return { text: String.fromCharCode(Number.parseInt(digits, 16)), lastAt: at + 5 };
  }
  return { text: ESCAPES[sign] ?? `\\${sign}`, lastAt: at + 1 };
}
