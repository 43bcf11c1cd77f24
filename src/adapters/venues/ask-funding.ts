import type { TimeMs } from '../../core/domain/time.js';
import { VenueFault, type VenueFunding } from '../../ports/venue.js';
import { parseFunding } from './parse-figures.js';
import { refuseForeignRows } from './refuse-foreign-rows.js';
import type { VenueParts } from './venue-parts.js';

/** A bound for a venue that always has one more page. */
const MOST_PAGES = 1_000;

/** Funding rates from a time on, page by page. */
export async function askFunding(
  { name, type, profile, link, markets }: VenueParts,
  symbol: string,
  fromMs: TimeMs,
): Promise<readonly VenueFunding[]> {
  if (type === 'spot') return [];
  if (link.exchange.has['fetchFundingRateHistory'] !== true)
    throw new VenueFault('refused', `${name}: does not tell past funding rates`);
  const ccxtSymbol = await markets.ccxtSymbol(symbol);
  const what = `funding of ${symbol}`;
  const settled: VenueFunding[] = [];
  let sinceMs = fromMs;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await link.ask(what, async (exchange, heard) => {
      const rows = await exchange.fetchFundingRateHistory(ccxtSymbol, sinceMs, profile.fundingPerPage);
      refuseForeignRows(`${name}: ${what}`, heard.json, markets.idsOf(symbol));
      return parseFunding(`${name}: ${what}`, ccxtSymbol, rows, sinceMs);
    });
    settled.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < profile.fundingPerPage) return settled;
    sinceMs = last.timeMs + 1;
  }
  throw new VenueFault('bad-reply', `${name}: ${what}: more than ${String(MOST_PAGES)} pages`);
}
