/** Lines and fields of CSV as ranges of bytes; text is made of them only where somebody will read it. */
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const decoder = new TextDecoder('utf-8');

/**
 * Where the field that starts at `start` ends: at its separator or at the line's `end`. Separators between
 * quotes belong to the field. -1 for a quote that does not close on the line.
 */
export function fieldEnd(bytes: Uint8Array, start: number, end: number, separator: number): number {
  let at = start;
  if (at < end && bytes[at] === QUOTE) {
    at++;
    // A doubled quote is a quote within the field.
    while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
    if (at >= end) return -1;
  }
  while (at < end && bytes[at] !== separator) at++;
  return at;
}

/** Without quotes and spaces around it, and without a byte order mark. */
export function fieldText(bytes: Uint8Array, start: number, stop: number): string {
  const text = decoder.decode(bytes.subarray(start, stop)).trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

/** At most 40 characters for a message, with anything unprintable escaped. */
export function shownText(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, 40));
}

export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}

export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
