/**
 * A session is one strategy trading one account. The arena and the paper trader run this same code; they
 * differ in feed, clock and store. A bar goes through a session in three parts, so that a slow model can
 * think between them: advanceSession (fills, funding, protection, mark), decide, acceptStep (risk review).
 */
import { type Account, openAccount } from '../domain/account.js';
import type { Order, Refusal } from '../domain/intent.js';
import type { LedgerBuffer } from '../domain/ledger.js';
import { HOUR_MS, timeframeMs } from '../domain/time.js';
import type { FeatureColumn } from '../indicators/feature-columns.js';
import type { MarketInTimeframe, MarketViews } from '../indicators/market-views.js';
import { type Scorecard, recordMark, recordSample } from '../metrics/scorecard.js';
import { type BreakerState, type Trip, armBreakers, checkBreakers, startBar } from '../risk/breakers.js';
import { bookFunding } from '../simulation/book-funding.js';
import { fillEntry } from '../simulation/fill-entry.js';
import { fillExit } from '../simulation/fill-exit.js';
import { type ProtectiveExit, checkProtection } from '../simulation/protective-exits.js';
import { type BestPrices, type Venue, costFractions, openPrice } from '../simulation/venue.js';
import { AccountGuard } from './account-guard.js';
import { type ModelRecord, openModelRecord } from './model-record.js';
import { SessionObservation } from './observation.js';
import type { SessionPlan } from './session-plan.js';
import { SessionReview } from './session-review.js';

export interface Session {
  readonly plan: SessionPlan;
  readonly venue: Venue;
  readonly account: Account;
  /** Length of the market's own bars. */
  readonly barMs: number;
  /** The market in the bars that it decides on. */
  readonly view: MarketInTimeframe;
  readonly observation: SessionObservation;
  readonly review: SessionReview;
  memory: unknown;
  orders: readonly Order[];
  equityUsd: number;
  /** Absolute notional of all positions over equity. */
  grossExposureFraction: number;
  /** Running statistics, one per window that somebody looks at. */
  cards: Scorecard[];
  /** Protective exits since the last decision. */
  exits: ProtectiveExit[];
  /** Orders that did not fill since the last decision. */
  unfilled: Refusal[];
  /** Intents of the last decision that risk refused. */
  refused: readonly Refusal[];
  /** Armed when the plan has breakers. */
  readonly breakers: BreakerState | undefined;
  /** Keeps the account's own protections, when the plan has some. */
  readonly guard: AccountGuard | undefined;
  /** Breakers that the bar just closed has broken. */
  trips: readonly Trip[];
  lastWhy: string;
  dueDecisions: number;
  madeDecisions: number;
  /** Why the last decision could not be made; empty when it was. */
  fault: string;
  /** What its questions to language models came to; undefined for a kind that asks none. */
  readonly models: ModelRecord | undefined;
}

export function openSession(plan: SessionPlan, views: MarketViews, ledger: LedgerBuffer): Session {
  const market = views.base;
  const view = views.in(plan.timeframe);
  const held = [...plan.symbols, ...(plan.orphans ?? [])];
  const marketIndex = held.map((symbol) => market.symbols.indexOf(symbol));
  const own = marketIndex.map((index, i) => {
    const candles = market.candles[index];
    const instrument = market.instruments[index];
    if (candles === undefined || instrument === undefined)
      throw new Error(`the market has no symbol ${held[i] ?? ''}`);
    return { candles, instrument };
  });
  const venue: Venue = {
    market,
    candles: own.map(({ candles }) => candles),
    instruments: own.map(({ instrument }) => instrument),
    costs: costFractions(plan.costs),
    marketIndex,
    hasFunding: marketIndex.some((index) => market.funding[index] !== undefined),
    contestant: plan.position,
    ledger,
    quotes: undefined,
    watched: false,
  };
  const account = openAccount(plan.cashUsd, held.length);
  const specs = plan.kind.features(plan.params);
  const breakers = plan.breakers === undefined ? undefined : armBreakers(plan.cashUsd);
  const guard =
    plan.protection === undefined
      ? undefined
      : new AccountGuard(plan.protection, venue, account, plan.cashUsd);
  const seen = marketIndex.slice(0, plan.symbols.length);
  const columns: FeatureColumn[] = seen.flatMap((index) =>
    specs.map((spec) => view.features.column(index, spec)),
  );
  return {
    plan,
    venue,
    account,
    barMs: timeframeMs(market.timeframe),
    view,
    observation: new SessionObservation(plan, view.table, seen, account, columns, specs.length),
    review: new SessionReview(plan, venue, account, breakers, guard?.state),
    memory: plan.kind.begin(plan.params, plan.seed, plan.symbols),
    orders: [],
    equityUsd: plan.cashUsd,
    grossExposureFraction: 0,
    cards: [],
    exits: [],
    unfilled: [],
    refused: [],
    breakers,
    guard,
    trips: NO_TRIPS,
    lastWhy: '',
    dueDecisions: 0,
    madeDecisions: 0,
    fault: '',
    models: plan.kind.questions === undefined ? undefined : openModelRecord(),
  };
}

/** Parts 1 to 5 of a bar (DESIGN section 5): fills at the open, funding, protection, mark at the close, breakers. */
export function advanceSession(session: Session, t: number): void {
  openBar(session, t);
  closeBar(session, t);
}

/** Part 1: what fills at the open. */
function openBar(session: Session, t: number, again = false): void {
  const { venue, account, breakers, guard } = session;
  if (breakers !== undefined) startBar(breakers, venue.market.openTimesMs[t] ?? NaN, session.equityUsd);
  if (guard !== undefined)
    session.orders = guard.atOpen(t, session.orders, session.equityUsd, session.exits, again);
  if (account.openNames > 0) leaveWhatIsDue(session, t);
  if (session.orders.length > 0) executeOrders(session, t);
}

/** Part 1 at live quotes, by own symbols, as soon as they are there: what has none does not fill. */
export function openBarAtQuotes(
  session: Session,
  t: number,
  quotes: readonly (BestPrices | undefined)[],
): void {
  session.venue.quotes = quotes;
  openBar(session, t);
  session.venue.quotes = undefined;
}

/** What had no quote and did not lapse fills at the open of bar `t` after all: exits. */
export function finishOpenBar(session: Session, t: number): void {
  openBar(session, t, true);
}

/**
 * Parts 2 to 5, when bar `t` is known. `watched`: positions that it opened were bought at quotes in its midst, and their stops
 * watched from then on.
 */
export function closeBar(session: Session, t: number, watched = false): void {
  const { venue, account, breakers, guard } = session;
  if (account.openNames > 0) {
    if (venue.market.endsMs !== undefined) leaveWhatHasEnded(session, t, venue.market.endsMs);
    if (venue.hasFunding) bookFunding(venue, account, t);
    venue.watched = watched;
    if (guard !== undefined) guard.checkStops(t, session.exits);
    checkProtection(venue, account, t, session.exits);
    venue.watched = false;
  }
  if (session.plan.orphans !== undefined) forgetOrphans(session);
  mark(session, t);
  if (breakers !== undefined && session.plan.breakers !== undefined)
    session.trips = checkBreakers(breakers, session.plan.breakers, session.equityUsd);
  if (guard !== undefined) {
    const sales = guard.atClose(t, session.equityUsd, session.barMs);
    if (sales.length > 0) session.orders = [...sales, ...session.orders];
  }
}

/** A strategy hears of its own symbols only. */
function forgetOrphans(session: Session): void {
  const own = session.plan.symbols.length;
  if (session.exits.some((exit) => exit.symbol >= own))
    session.exits = session.exits.filter((exit) => exit.symbol < own);
}

const NO_TRIPS: readonly Trip[] = [];

function leaveWhatIsDue(session: Session, t: number): void {
  const { venue, account } = session;
  const openMs = venue.market.openTimesMs[t] ?? NaN;
  for (let own = 0; own < account.positions.length; own++) {
    const position = account.positions[own];
    if (position === undefined || !(position.exitDueMs <= openMs)) continue;
    const open = openPrice(venue, own, t, -position.quantity);
    if (Number.isNaN(open)) continue;
    session.exits.push({ symbol: own, side: position.quantity > 0 ? 'long' : 'short', reason: 'max-hold' });
    fillExit(venue, account, own, Math.abs(position.quantity), open, 'max-hold', t);
  }
}

/** A symbol that trades no more is left at its last price: nobody can wait for a better one. */
function leaveWhatHasEnded({ venue, account, exits }: Session, t: number, endsMs: Float64Array): void {
  const openMs = venue.market.openTimesMs[t] ?? NaN;
  account.positions.forEach((position, own) => {
    const has = venue.candles[own]?.close[t] ?? NaN;
    const endedMs = endsMs[venue.marketIndex[own] ?? -1] ?? NaN;
    if (position.quantity === 0 || !(endedMs <= openMs) || !Number.isNaN(has)) return;
    exits.push({ symbol: own, side: position.quantity > 0 ? 'long' : 'short', reason: 'delisted' });
    fillExit(venue, account, own, Math.abs(position.quantity), position.markPrice, 'delisted', t);
  });
}

/** Exits first, then entries in the order of the intents. An exit waits for a bar; an entry lapses without one. */
function executeOrders(session: Session, t: number): void {
  const { venue, account, plan, guard } = session;
  const orders = session.orders;
  let waiting: Order[] | undefined;
  for (const order of orders) {
    if (order.effect !== 'exit') continue;
    const position = account.positions[order.symbol];
    // A protective exit may have been first, and an order never turns a position round.
    if (position === undefined || position.quantity * order.direction >= 0) continue;
    const young = guard?.holdsBack(order, t);
    if (young !== undefined) {
      session.unfilled.push(young);
      continue;
    }
    const open = openPrice(venue, order.symbol, t, order.direction);
    if (Number.isNaN(open)) (waiting ??= []).push(order);
    else fillExit(venue, account, order.symbol, order.quantity, open, order.reason ?? 'strategy', t);
  }
  for (const order of orders) {
    if (order.effect !== 'entry') continue;
    const held = account.positions[order.symbol]?.quantity ?? 0;
    const symbol = plan.symbols[order.symbol] ?? '';
    const admitted = guard === undefined ? order : guard.admit(order, t, plan.limits.minNotionalUsd);
    const refusal: Refusal | undefined =
      held * order.direction < 0
        ? { kind: 'already-held', symbol }
        : 'kind' in admitted
          ? admitted
          : fillEntry(venue, account, admitted, t, plan.limits.minNotionalUsd);
    if (refusal !== undefined) session.unfilled.push(refusal);
  }
  session.orders = waiting ?? NO_ORDERS;
}

const NO_ORDERS: readonly Order[] = [];

function mark(session: Session, t: number): void {
  markPositions(session, t);
  const { equityUsd: equity, grossExposureFraction: exposure, cards } = session;
  const sampled = isSampleBar(session.barMs, session.venue.market.openTimesMs[t] ?? NaN);
  for (let k = 0; k < cards.length; k++) {
    const card = cards[k];
    if (card === undefined) continue;
    recordMark(card, equity, exposure);
    if (sampled) recordSample(card, equity);
  }
}

/** Equity and exposure at the close of slot `t`. */
export function markPositions(session: Session, t: number): void {
  const { venue, account } = session;
  let equity = account.cashUsd;
  let gross = 0;
  if (account.openNames > 0) {
    const positions = account.positions;
    for (let own = 0; own < positions.length; own++) {
      const position = positions[own];
      if (position === undefined || position.quantity === 0) continue;
      const close = venue.candles[own]?.close[t] ?? NaN;
      if (Number.isNaN(close)) position.staleBars++;
      else {
        position.markPrice = close;
        position.staleBars = 0;
      }
      equity += position.marginUsd + position.quantity * (position.markPrice - position.entryPrice);
      gross += Math.abs(position.quantity * position.markPrice);
    }
  }
  session.equityUsd = equity;
  session.grossExposureFraction = gross === 0 ? 0 : equity > 0 ? gross / equity : 0;
}

/** Bars shorter than an hour are sampled on the hour, longer ones as they come. */
export function isSampleBar(barMs: number, openMs: number): boolean {
  return barMs >= HOUR_MS || (openMs + barMs) % HOUR_MS === 0;
}
