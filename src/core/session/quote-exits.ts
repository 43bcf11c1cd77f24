/** Stops that are watched between two bars: a quote that reaches one closes the position at that quote. */
import { assertInvariant } from '../domain/problem.js';
import { fixedStop, nearerStop, trailingStop } from '../risk/account-protection.js';
import { checkProtection } from '../simulation/protective-exits.js';
import type { BestPrices } from '../simulation/venue.js';
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
  const quotes = new Array<BestPrices | undefined>(account.positions.length).fill(undefined);
  quotes[own] = quote;
  venue.quotes = quotes;
  guard?.checkStops(t, exits, true);
  checkProtection(venue, account, t, exits);
  venue.quotes = undefined;
  const left = account.positions[own]?.quantity ?? 0;
  assertInvariant(left === 0, () => `a quote reached a stop, and ${String(left)} were left`);
}
