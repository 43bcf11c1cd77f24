import type { z } from 'zod';
import { printable } from '../core/domain/printable.js';
import { DAY_MS, type TimeMs } from '../core/domain/time.js';
import type { Inbox, InboxMessage, InboxRubbish } from '../ports/inbox.js';

/** Readings of an inbox at one bar. With 256 files each, this many empty any inbox that people fill by hand. */
const MAX_READINGS = 64;
/** Pieces of rubbish that are named one by one at a bar. */
const MAX_NAMED = 5;
/** A request that is due later than this is a mistake in its date. */
const MAX_AHEAD_MS = 3_660 * DAY_MS;
/** Of a body that was refused, so much is kept. */
const MAX_KEPT_CHARACTERS = 4_000;

/**
 * Every message that lies in the inbox, portion by portion, rubbish set aside on the way. Whoever takes one says
 * what becomes of it (`postpone` or `remove`), or it is given again.
 */
export function* messagesIn(
  inbox: Inbox,
  barMs: TimeMs,
  told: (rubbish: string) => void,
): Generator<InboxMessage> {
  let named = 0;
  let unnamed = 0;
  for (let reading = 0; reading < MAX_READINGS; reading++) {
    const { messages, rubbish, more } = inbox.read(barMs);
    for (const item of rubbish) {
      inbox.setAside(item);
      if (named < MAX_NAMED) {
        named++;
        told(describe(item));
      } else unnamed++;
    }
    yield* messages;
    if (!more) break;
  }
  if (unnamed > 0) told(`${String(unnamed)} more files in the inbox are no requests`);
}

function describe({ file, why }: InboxRubbish): string {
  return `${printable(file, 80)} is no request: ${printable(why)}`;
}

/** A request, that it is not due yet, or why it is refused. */
export type ReadRequest<T> =
  | { readonly state: 'due'; readonly request: T }
  | { readonly state: 'later' }
  | { readonly state: 'refused'; readonly why: string };

/**
 * Checks a message against the schema of its owner. `barMs` is the bar that comes next; NaN where none is known,
 * and then only what names no bar is due.
 */
export function readRequest<T extends { readonly id: string; readonly dueBarMs?: number | undefined }>(
  schema: z.ZodType<T>,
  message: InboxMessage,
  barMs: TimeMs,
  inbox: Inbox,
): ReadRequest<T> {
  const parsed = schema.safeParse(message.body);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    return { state: 'refused', why: `wrong shape at ${path === '' ? 'top' : printable(path)}` };
  }
  const { id, dueBarMs } = parsed.data;
  // Otherwise a copy under another name would be the same request once more.
  if (id !== message.id)
    return { state: 'refused', why: `its id is "${printable(id, 100)}" and its file has another name` };
  if (dueBarMs === undefined || dueBarMs <= barMs) return { state: 'due', request: parsed.data };
  if (dueBarMs - barMs > MAX_AHEAD_MS)
    return { state: 'refused', why: 'it is due more than ten years ahead' };
  return inbox.postpone(message.id, dueBarMs)
    ? { state: 'later' }
    : { state: 'refused', why: 'too many requests wait for their bar already' };
}

/** The body as the journal keeps it: whole when it was taken, its beginning when it was refused. */
export function bodyText(message: InboxMessage, accepted: boolean): string {
  const text = JSON.stringify(message.body);
  return accepted || text.length <= MAX_KEPT_CHARACTERS
    ? text
    : JSON.stringify(text.slice(0, MAX_KEPT_CHARACTERS));
}
