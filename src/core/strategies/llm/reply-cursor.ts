/** What a reader had to overlook to understand a reply; each is told in the notes. */
export type Repair =
  | 'comments'
  | 'single quotes'
  | 'stray commas'
  | 'missing commas'
  | 'full-width signs'
  | 'unquoted keys'
  | 'quotes inside a text'
  | 'an unreadable part that was skipped'
  | 'a part nested too deep';

/**
 * Where a reader stands in a reply. It only moves forward, so work is proportional to the text: `steps`
 * counts the characters looked at, and a test holds it to that.
 */
export interface ReplyCursor {
  readonly text: string;
  at: number;
  steps: number;
  readonly repairs: Set<Repair>;
}

/**
 * The sign at a place as JSON would write it: full-width forms (U+FF01..U+FF5E are ASCII moved by 0xFEE0)
 * and curly quotes become ASCII. Superscripts and fractions do not: 10² is not 102. Empty at the end.
 */
export function signAt(cursor: ReplyCursor, at = cursor.at): string {
  const code = cursor.text.charCodeAt(at);
  if (Number.isNaN(code)) return '';
  if (code < 0x2018) return cursor.text.charAt(at);
  if (code <= 0x201b) return "'";
  if (code >= 0x201c && code <= 0x201f) return '"';
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return cursor.text.charAt(at);
}

/** A piece of text with its full-width signs as ASCII. */
export function asciiForms(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
}

/** The sign where the cursor stands; a full-width one is a repair. */
export function structuralSign(cursor: ReplyCursor): string {
  const sign = signAt(cursor);
  if (sign !== cursor.text.charAt(cursor.at)) cursor.repairs.add('full-width signs');
  return sign;
}

/** Moves past white space and comments. */
export function skipTrivia(cursor: ReplyCursor): void {
  for (;;) {
    cursor.at = afterBlanks(cursor, cursor.at);
    if (!startsComment(cursor, cursor.at)) return;
    cursor.repairs.add('comments');
    const block = signAt(cursor, cursor.at + 1) === '*';
    const found = cursor.text.indexOf(block ? '*/' : '\n', cursor.at + 2);
    const end = found < 0 ? cursor.text.length : found + (block ? 2 : 1);
    cursor.steps += end - cursor.at;
    cursor.at = end;
  }
}

/** The first place from here on that is not white space. */
export function afterBlanks(cursor: ReplyCursor, from: number): number {
  let at = from;
  while (isBlank(cursor.text.charCodeAt(at))) at++;
  cursor.steps += at - from + 1;
  return at;
}

/** JSON's own white space, and what models write for it: no-break and ideographic spaces, byte order marks. */
function isBlank(code: number): boolean {
  if (code <= 0x7f) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return code > 0x7f && /\s/.test(String.fromCharCode(code));
}

export function startsComment(cursor: ReplyCursor, at: number): boolean {
  if (cursor.text.charAt(at) !== '/') return false;
  const next = cursor.text.charAt(at + 1);
  return next === '/' || next === '*';
}

/** Whether JSON must have ended here: at a code fence, or at a blank line inside a text or an unreadable part. */
export function atFence(cursor: ReplyCursor, at = cursor.at): boolean {
  return cursor.text.startsWith('```', at);
}

export function atBlankLine(cursor: ReplyCursor, at: number): boolean {
  if (cursor.text.charAt(at) !== '\n') return false;
  let next = at + 1;
  while (/[ \t\r]/.test(cursor.text.charAt(next))) next++;
  cursor.steps += next - at;
  return cursor.text.charAt(next) === '\n';
}
