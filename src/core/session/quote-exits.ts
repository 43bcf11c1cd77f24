/** Stops that are watched between two bars: a quote that reaches one closes the position at that quote. */
import { assertInvariant } from '../domain/problem.js';
import { fixedStop, nearerStop, trailingStop } from '../risk/account-protection.js';
import { checkProtection } from '../simulation/protective-exits.js';
import { fillExit } from '../simulation/fill-exit.js';
import { type BestPrices, openPrice } from '../simulation/venue.js';
import type { Session } from './session.js';

/** Whether the price at which a position would leave has reached its stop, target or liquidation, or a stop of the account. */
export function quoteReaches(session: Session, own: number, { bid, ask }: BestPrices): boolean {
  const position = session.account.positions[own];
  if (position === undefined || position.quantity === 0) return false;
  const side = Math.sign(position.quantity);
  const price = side > 0 ? bid : ask;
  const rules = session.guard?.rules;
  const accountStop = nearerStop(
    position.quantity,
    fixedStop(position, rules),
    trailingStop(position, rules),
  );
  const levels = [position.stopPrice, position.liquidationPrice, accountStop];
  // A level that is not there is NaN, which nothing reaches.
  return levels.some((level) => side * (level - price) >= 0) || side * (price - position.targetPrice) >= 0;
}

/** Closes what a quote has reached, at that quote, in the bar `t` that is open. The bar's own high and low find it closed. */
export function leaveAtQuote(session: Session, t: number, own: number, quote: BestPrices): void {
  const { venue, account, guard, exits } = session;
  atQuote(session, own, quote, () => {
    guard?.checkStops(t, exits, true);
    checkProtection(venue, account, t, exits);
  });
}

/** Closes a position at a quote because somebody wants out of everything. */
export function sellAtQuote(session: Session, t: number, own: number, quote: BestPrices): void {
  const { venue, account } = session;
  const held = account.positions[own]?.quantity ?? 0;
  assertInvariant(held !== 0, () => 'a quote closes what is not held');
  atQuote(session, own, quote, () => {
    fillExit(venue, account, own, Math.abs(held), openPrice(venue, own, t, -held), 'kill', t);
  });
}

/** With this quote alone as the venue's prices; afterwards nothing of the position is left. */
function atQuote({ venue, account }: Session, own: number, quote: BestPrices, close: () => void): void {
  const quotes = new Array<BestPrices | undefined>(account.positions.length).fill(undefined);
  quotes[own] = quote;
  venue.quotes = quotes;
  close();
  venue.quotes = undefined;
  const left = account.positions[own]?.quantity ?? 0;
  assertInvariant(left === 0, () => `a position was closed at a quote, and ${String(left)} were left`);
}
