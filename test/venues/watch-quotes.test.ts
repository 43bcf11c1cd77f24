import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/core/domain/time.js';
import type { Quote, QuoteWatch, StreamEvent } from '../../src/ports/venue.js';
import { until } from '../support/until.js';
import { openLocalSetting, type LocalSetting, type LocalVenueSetup } from './local-venue.js';

let setting: LocalSetting | undefined;
let watch: QuoteWatch | undefined;
afterEach(async () => {
  await watch?.close();
  await setting?.close();
  setting = watch = undefined;
});

interface Watched extends LocalSetting {
  readonly quotes: Quote[];
  readonly events: StreamEvent[];
  /** Moves the clock of the exchange until something holds: prices change with it. */
  readonly moveUntil: (what: string, holds: () => boolean) => Promise<void>;
}

/** Streams live in real time: the adapter has this machine's clock, the exchange its own, which the test moves. */
async function watching(setup: LocalVenueSetup = {}, heartbeatMs = 60_000): Promise<Watched> {
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await wait(ms === heartbeatMs ? ms : Math.min(ms, 50), undefined, { signal }).catch(() => undefined);
  };
  setting = await openLocalSetting({
    ...setup,
    settings: {
      nowMs: () => Date.now(),
      sleep,
      wall: { nowMs: () => Date.now(), sleep },
      heartbeatMs,
      ...setup.settings,
    },
  });
  const opened = setting;
  const quotes: Quote[] = [];
  const events: StreamEvent[] = [];
  watch = opened.venue.watchQuotes(
    setup.exchange === 'hyperliquid' ? ['BTC/USDC', 'ETH/USDC'] : ['BTC/USDT', 'ETH/USDT'],
    (quote) => quotes.push(quote),
    (event) => events.push(event),
  );
  const moveUntil = (what: string, holds: () => boolean): Promise<void> =>
    until(what, () => {
      opened.clock.advance(MINUTE_MS);
      return holds();
    });
  await moveUntil('both are quoted', () => new Set(quotes.map(({ symbol }) => symbol)).size === 2);
  return { ...opened, quotes, events, moveUntil };
}

function kinds(events: readonly StreamEvent[]): readonly string[] {
  return events.map(({ event }) => event);
}

describe.each([
  { exchange: 'binance', instrument: 'spot' },
  { exchange: 'binance', instrument: 'perpetual' },
  { exchange: 'hyperliquid', instrument: 'perpetual' },
] as const)('prices of $exchange as $instrument', (setup) => {
  it('come as they change, the best of each symbol', async () => {
    const { venue, quotes, events, moveUntil } = await watching(setup);
    expect(kinds(events)).toEqual(['connected']);
    const seen = quotes.length;
    await moveUntil('more prices', () => quotes.length > seen + 5);
    expect(quotes.every(({ bid, ask }) => ask >= bid && bid > 0)).toBe(true);
    expect(venue.usage().reconnects).toBe(0);
  });

  it('go on after the venue has ended the connection, and what was missed is asked for', async () => {
    const { venue, exchange, quotes, events, moveUntil } = await watching(setup);
    exchange.faults.add({ kind: 'stream-close' }, { times: 1 });
    await moveUntil(
      'both gaps are filled',
      () => kinds(events).filter((kind) => kind === 'gap').length === 2,
    );
    expect(kinds(events).slice(0, 3)).toEqual(['connected', 'lost', 'resubscribed']);
    const seen = quotes.length;
    await moveUntil('more prices', () => quotes.length > seen + 5);
    expect(venue.usage().reconnects).toBe(1);
  });
});

describe('a stream of prices', () => {
  it('that is silent is given up and opened again', async () => {
    const { exchange, events, moveUntil } = await watching({}, 150);
    exchange.faults.add({ kind: 'stream-dead' }, { times: 1 });
    await moveUntil('it is opened again', () => kinds(events).includes('resubscribed'));
    expect(kinds(events)).toContain('silent');
  });

  it('that is refused is tried again', async () => {
    const { exchange, events, moveUntil } = await watching();
    exchange.faults.add({ kind: 'stream-refused', status: 503 }, { times: 2 });
    exchange.faults.add({ kind: 'stream-close' }, { times: 1 });
    await moveUntil('it is opened again', () => kinds(events).includes('resubscribed'));
    expect(kinds(events).filter((kind) => kind === 'lost')).toHaveLength(3);
  });

  it('that repeats messages, mixes up their order and is late with some tells each price once, none older than the one before', async () => {
    const { exchange, quotes, moveUntil } = await watching({ instrument: 'perpetual' });
    exchange.faults.add({ kind: 'message-duplicate' }, { probability: 0.3 });
    exchange.faults.add({ kind: 'message-reorder' }, { probability: 0.3 });
    const late = exchange.faults.add(
      { kind: 'message-late', delayMs: 3 * MINUTE_MS },
      { probability: 0.2, only: /bookTicker/ },
    );
    const seen = quotes.length;
    await moveUntil('many prices', () => quotes.length > seen + 40);
    expect(late.hits()).toBeGreaterThan(0);
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
      const times = quotes.filter((quote) => quote.symbol === symbol).map(({ timeMs = NaN }) => timeMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(new Set(times).size).toBe(times.length);
    }
  });

  it('leaves out broken messages and goes on', async () => {
    const { exchange, quotes, moveUntil } = await watching();
    exchange.faults.add({ kind: 'message-truncated' }, { times: 3 });
    exchange.faults.add({ kind: 'message-wrong-symbol' }, { times: 3 });
    const seen = quotes.length;
    await moveUntil('more prices', () => quotes.length > seen + 10);
  });

  it('leaves no connection open when it is closed', async () => {
    const { exchange, venue } = await watching();
    await watch?.close();
    await venue.close();
    await until('no connection is left', () => exchange.connections() === 0);
  });

  it('is closed with its venue, also when it is silent', async () => {
    const { exchange, venue, events, moveUntil } = await watching();
    exchange.faults.add({ kind: 'stream-dead' });
    await moveUntil('time passes', () => true);
    await venue.close();
    await until('no connection is left', () => exchange.connections() === 0);
    expect(kinds(events)).toEqual(['connected']);
  });
});
