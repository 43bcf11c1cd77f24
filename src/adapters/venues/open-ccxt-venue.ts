import { VenueFault, type QuoteWatch, type Venue } from '../../ports/venue.js';
import { askCandles } from './ask-candles.js';
import { askFunding } from './ask-funding.js';
import { createInstrumentAsker } from './ask-instruments.js';
import { askQuote } from './ask-quote.js';
import { askReadings } from './ask-readings.js';
import { openCcxtLink } from './ccxt-link.js';
import { loadCcxtClass } from './load-ccxt-class.js';
import { createVenueMarkets } from './venue-markets.js';
import type { VenueParts } from './venue-parts.js';
import { profileOf, type InstrumentType } from './venue-profile.js';
import { THE_WALL, type Wall, type WaitingWorld } from './waiting-world.js';
import { hasLiquidationStream, watchLiquidations } from './watch-liquidations.js';
import { watchQuotes } from './watch-quotes.js';

export interface CcxtVenueSettings extends WaitingWorld {
  /** A name of ours (`binance`, `hyperliquid`, `kraken`, `coinbase`) or of ccxt. */
  readonly exchange: string;
  readonly instrument: InstrumentType;
  /** An exchange on this machine instead of the real one: every address of the venue is replaced. */
  readonly baseUrl?: string;
  /** Of one request, from the connection to the last byte. */
  readonly timeoutMs?: number;
  /** A stream without a message for so long, by the wall, is taken for dead. */
  readonly heartbeatMs?: number;
  /** Time of connections; this machine's where it is absent. */
  readonly wall?: Wall;
  /** What a person should know, once each. */
  readonly log?: (text: string) => void;
  /** Every fault as it happens, also where asking again helps. */
  readonly onFault?: (fault: VenueFault) => void;
}

const TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 30_000;

/**
 * A real exchange through ccxt. ccxt knows the venues' words; how often, how long and how fast they are asked is decided
 * here, and what they answer is believed only after it was checked. No key is needed or read.
 */
export async function openCcxtVenue(settings: CcxtVenueSettings): Promise<Venue> {
  const { instrument: type, log = () => undefined } = settings;
  const profile = profileOf(settings.exchange, type);
  const { name } = profile;
  const link = openCcxtLink(await loadCcxtClass(profile.ccxtId), {
    profile,
    baseUrl: settings.baseUrl,
    timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
    world: settings,
    onFault: settings.onFault,
  });
  const { has } = link.exchange;
  if (has['fetchOHLCV'] !== true)
    throw new VenueFault('refused', `${name}: gives no candles, and without them there is no market`);
  if (!profile.tried)
    log(`${name} (${type}) was never tried with this program: look at what it gives before you trust it.`);
  const parts: VenueParts = {
    name,
    type,
    profile,
    link,
    markets: createVenueMarkets(link, name, type),
    nowMs: () => settings.nowMs(),
    log,
  };
  const watches = new Set<QuoteWatch>();
  const { heartbeatMs = HEARTBEAT_MS, wall = THE_WALL } = settings;
  let reconnects = 0;
  const onReconnect = (): void => {
    reconnects++;
  };
  /** Whoever forgets to close it leaves it to the venue. */
  const watching = (watch: QuoteWatch): QuoteWatch => {
    watches.add(watch);
    return {
      async close() {
        watches.delete(watch);
        await watch.close();
      },
    };
  };

  return {
    name,
    newestBarsOnly: profile.keepsBars,
    async time() {
      if (has['fetchTime'] !== true) throw new VenueFault('refused', `${name}: does not tell its time`);
      return link.ask('time', async (exchange, heard) => {
        const venueMs = await exchange.fetchTime();
        if (typeof venueMs !== 'number' || !Number.isSafeInteger(venueMs) || venueMs <= 0)
          throw new VenueFault('bad-reply', `${name}: time: none in the answer`);
        return { venueMs, sentMs: heard.sentMs, receivedMs: heard.receivedMs };
      });
    },
    instruments: createInstrumentAsker(parts),
    candles: (symbol, timeframe, fromMs, count) => askCandles(parts, symbol, timeframe, fromMs, count),
    funding: (symbol, fromMs) => askFunding(parts, symbol, fromMs),
    readings: (symbol) => askReadings(parts, symbol),
    quote: (symbol) => askQuote(parts, symbol),
    watchQuotes: (symbols, onQuote, onEvent) =>
      watching(watchQuotes(parts, settings, { wall, symbols, heartbeatMs, onQuote, onEvent, onReconnect })),
    watchLiquidations: (symbols, listener) =>
      type === 'perpetual' && hasLiquidationStream(link.exchange)
        ? watching(watchLiquidations(parts, settings, { wall, symbols, heartbeatMs, listener, onReconnect }))
        : undefined,
    usage: () => ({ ...link.usage(), reconnects }),
    async close() {
      link.close();
      await Promise.all([...watches].map((watch) => watch.close()));
    },
  };
}
