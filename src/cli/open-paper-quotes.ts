/** The exchange of a live market, for the quotes of a paper account. */
import type { ArenaSettings } from '../app/arena-settings.js';
import { type QuoteDesk, openQuoteDesk } from '../app/quote-desk.js';
import type { ArenaConfig } from './config/schema.js';
import { fastClock } from './live-clock.js';
import { restUntil } from './rest.js';
import { openVenue } from './wire.js';

export async function openPaperQuotes(
  market: ArenaSettings['market'],
  values: ArenaConfig,
  stop: { requested(): boolean; readonly signal: AbortSignal },
  told: (text: string) => void,
): Promise<QuoteDesk> {
  const { clockFactor } = values.live;
  const fast = fastClock(Date.now(), clockFactor, () => stop.requested());
  const nowMs = clockFactor === 1 ? () => Date.now() : () => fast.nowMs();
  // A stop ends every wait.
  const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    restUntil(ms / clockFactor, [signal, stop.signal]);
  const venue = await openVenue(
    {
      exchange: market.exchange ?? '',
      instrument: market.instrument ?? 'spot',
      url: values.market.exchangeUrl,
      nowMs,
      sleep: wait,
    },
    told,
  );
  const { symbols } = market;
  const quoteMs = values.paper.quoteSeconds * 1000;
  const desk = await openQuoteDesk({
    venue,
    symbols,
    quoteMs,
    nowMs,
    wait,
    told,
  });
  return {
    ...desk,
    async close() {
      await desk.close();
      await venue.close();
    },
  };
}
