/** What a live venue told while an account waited for its next bar: inputs from outside, so events of the journal. */
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.js';

const price = z.number().gt(0);
const quote = {
  /** Open of the bar that it was told in. */
  slotMs: z.number(),
  symbol: z.string(),
  bid: price,
  ask: price,
  /** By the venue's clock. */
  venueMs: z.number(),
  receivedMs: z.number(),
};

/** Milliseconds after the close of the bar that was decided on, but for `thinkMs`, a length; absent where nobody knows. */
const latencySchema = z.strictObject({
  settledMs: z.number().optional(),
  /** So long of the way to the decision language models were waited for; absent where none was asked. */
  thinkMs: z.number().optional(),
  decidedMs: z.number(),
  quoteMs: z.number(),
});

export const quoteEventSchema = z.discriminatedUnion('event', [
  /** Orders of this symbol fill at this quote. */
  z.strictObject({ event: z.literal('quote-fill'), ...quote, latencyMs: latencySchema }),
  /** There was none in time: entries lapse, exits wait for the bar's open. */
  z.strictObject({
    event: z.literal('quote-missed'),
    slotMs: z.number(),
    symbol: z.string(),
    why: z.string(),
  }),
  /** It reached a stop, target or liquidation. */
  z.strictObject({ event: z.literal('quote-exit'), ...quote }),
  /** A kill that sells everything closed it at this quote. `latencyMs`: since the request was seen. */
  z.strictObject({ event: z.literal('quote-flatten'), ...quote, request: z.string(), latencyMs: z.number() }),
  /** There was no quote for it in time: it leaves with the kill, after the bar. */
  z.strictObject({
    event: z.literal('flatten-missed'),
    slotMs: z.number(),
    symbol: z.string(),
    request: z.string(),
    why: z.string(),
  }),
  /** For a part of the bar nobody watched: only its high and low can tell. */
  z.strictObject({ event: z.literal('stream-lost'), slotMs: z.number(), why: z.string() }),
]);
export type QuoteEvent = z.infer<typeof quoteEventSchema>;

const QUOTE_EVENT = /"event":"(quote-fill|quote-missed|quote-exit|quote-flatten|flatten-missed|stream-lost)"/;
const OPENED = /"event":"opened"/;

/** The quotes among a round's events, in their order. */
export function quoteEventsOf(lines: readonly string[]): QuoteEvent[] {
  return lines
    .filter((line) => QUOTE_EVENT.test(line))
    .map((line) => quoteEventSchema.parse(JSON.parse(line)));
}

/** Whether a line comes from quotes: told again when they are given again. */
export function isQuoteLine(line: string): boolean {
  return QUOTE_EVENT.test(line) || OPENED.test(line);
}

/** Whether a line says that quotes of a part of the bar were lost. */
export function isLossLine(line: string): boolean {
  return line.includes('"event":"stream-lost"');
}

export const openedSchema = z.strictObject({ event: z.literal('opened'), fills: z.int() });

/** So many of the round's fills happened before what its events tell next. */
export function openedLine(fills: number): string {
  return canonicalJson({ event: 'opened', fills });
}
