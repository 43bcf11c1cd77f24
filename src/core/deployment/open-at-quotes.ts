/**
 * An account that fills at live quotes has its next bar open before anybody knows the bar: orders fill at the quotes that came
 * after the decision, stops at those that reach them. What is left is done when the bar is known. Only prices differ from a
 * bar of the arena; the session is the same.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { LEDGER_WIDTH } from '../domain/ledger.js';
import { assertInvariant } from '../domain/problem.js';
import type { TimeMs } from '../domain/time.js';
import { protectionLines } from '../session/model-decision.js';
import { leaveAtQuote, quoteReaches, sellAtQuote } from '../session/quote-exits.js';
import { finishOpenBar, openBarAtQuotes } from '../session/session.js';
import type { BestPrices } from '../simulation/venue.js';
import { heldSymbols } from './carry-over.js';
import type { Paper } from './paper.js';
import { type QuoteEvent, openedLine } from './quote-events.js';

/** Takes what the venue told, in its order. The first quotes open the bar. */
export function takeQuoteEvents(paper: Paper, events: readonly QuoteEvent[]): void {
  const isOpening = (event: QuoteEvent): boolean => /^quote-(fill|missed)$/.test(event.event);
  if (paper.opened === undefined) {
    const opening = events.filter(isOpening);
    const quotes = new Map(
      opening.flatMap((event) => (event.event === 'quote-fill' ? [[event.symbol, event] as const] : [])),
    );
    openAt(paper, events[0]?.slotMs ?? paper.market.openTimesMs[paper.nextIndex] ?? NaN, quotes);
    note(paper, opening.map(canonicalJson));
  } else assertInvariant(!events.some(isOpening), () => 'a bar opens once');
  for (const event of events) {
    if (isOpening(event)) continue;
    if (event.event === 'quote-exit' || event.event === 'quote-flatten') leave(paper, event);
    note(paper, [canonicalJson(event)]);
  }
}

function openAt(paper: Paper, slotMs: TimeMs, quotes: ReadonlyMap<string, BestPrices>): void {
  const { session, market, nextIndex } = paper;
  const barMs = session.barMs;
  const t = nextIndex + Math.round((slotMs - (market.openTimesMs[nextIndex] ?? NaN)) / barMs);
  assertInvariant(market.openTimesMs[t] === slotMs, () => `no slot opens at ${String(slotMs)}`);
  paper.ledger.length = 0;
  openBarAtQuotes(
    session,
    t,
    heldSymbols(session).map((symbol) => quotes.get(symbol)),
  );
  paper.opened = { t, lines: [], finished: false };
}

function leave(paper: Paper, event: Extract<QuoteEvent, { event: 'quote-exit' | 'quote-flatten' }>): void {
  const { session, opened } = paper;
  const own = heldSymbols(session).indexOf(event.symbol);
  const t = opened?.t ?? NaN;
  if (event.event === 'quote-flatten') {
    sellAtQuote(session, t, own, event);
    return;
  }
  assertInvariant(
    opened !== undefined && quoteReaches(session, own, event),
    () => `the quote of ${event.symbol} reaches nothing`,
  );
  leaveAtQuote(session, t, own, event);
}

function note({ opened }: Paper, lines: readonly string[]): void {
  opened?.lines.push(...lines);
}

/** When the bar at `nextIndex` is known and before its round: what found no quote fills at its open. */
export function finishOpened(paper: Paper): void {
  if (paper.rules.fills !== 'quote' || paper.opened?.finished === true) return;
  if (paper.opened === undefined) takeQuoteEvents(paper, []);
  const { session, ledger, opened } = paper;
  if (opened === undefined) return;
  finishOpenBar(session, paper.nextIndex);
  note(paper, protectionLines(session));
  if (session.guard !== undefined) session.guard.news = [];
  if (ledger.length > 0) note(paper, [openedLine(ledger.length / LEDGER_WIDTH)]);
  paper.opened = { ...opened, finished: true };
}

/** Symbols that something is to be bought or sold of as soon as there is a price. */
export function symbolsToQuote({ session, market, nextIndex }: Paper): string[] {
  const nowMs = market.openTimesMs[nextIndex] ?? NaN;
  const { positions } = session.account;
  const ordered = new Set(session.orders.map((order) => order.symbol));
  const cash = session.guard?.state.cashMode === 1;
  positions.forEach(({ quantity, exitDueMs }, own) => {
    if (quantity !== 0 && (cash || exitDueMs <= nowMs)) ordered.add(own);
  });
  return heldSymbols(session).filter((_, own) => ordered.has(own));
}

/** The account's equity with everything that has happened since the last mark. */
export function equityNow({ session, opened }: Paper): number {
  if (opened === undefined) return session.equityUsd;
  return session.account.positions.reduce(
    (sum, p) => (p.quantity === 0 ? sum : sum + p.marginUsd + p.quantity * (p.markPrice - p.entryPrice)),
    session.account.cashUsd,
  );
}
