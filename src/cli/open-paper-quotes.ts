/** The exchange of a live market, for the quotes of a paper account. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArenaSettings } from '../app/arena-settings.js';
import { type QuoteDesk, openQuoteDesk } from '../app/quote-desk.js';
import type { ArenaConfig } from './config/schema.js';
import { fastClock } from './live-clock.js';
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
  const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await sleep(ms / clockFactor, undefined, {
      ref: false,
      ...(signal === undefined ? {} : { signal }),
    }).catch(() => undefined);
  };
  const venue = await openVenue(
    {
      exchange: market.exchange ?? '',
      instrument: market.instrument ?? 'spot',
      url: values.market.exchangeUrl,
      nowMs,
      // A stop must not end these: a stream that comes back without a pause would let nothing else run.
      sleep: pause,
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
    // A stop ends the waiting for a quote.
    wait: (ms, signal) => pause(ms, AbortSignal.any([signal, stop.signal])),
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
