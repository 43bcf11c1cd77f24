import type { Quote, QuoteWatch, StreamEvent, VenueFault } from '../../ports/venue.js';
import { askQuote } from './ask-quote.js';
import { faultOfError } from './fault-of-error.js';
import { hasPriceStream, openPriceStream, type PriceStream } from './price-stream.js';
import { createQuoteOrder, type HeardQuote } from './quote-order.js';
import { reconnectPause } from './reconnect-pause.js';
import type { VenueParts } from './venue-parts.js';
import { pauseBetween, type Wall, type WaitingWorld } from './waiting-world.js';

export interface WatchOrder {
  readonly wall: Wall;
  readonly symbols: readonly string[];
  /** A connection without a message for so long is taken for dead. */
  readonly heartbeatMs: number;
  onQuote(quote: Quote): void;
  onEvent(event: StreamEvent): void;
  onReconnect(): void;
}

/** Where a venue has no stream, each price is asked for so often. */
const POLL_MS = 10_000;

type Ending = { readonly event: 'lost' | 'silent'; readonly why: string };

/** Prices as they change. It begins by itself, reconnects by itself and ends when it is closed. */
export function watchQuotes(parts: VenueParts, world: WaitingWorld, order: WatchOrder): QuoteWatch {
  const closing = new AbortController();
  const { signal } = closing;
  const news = createQuoteOrder();
  const asking = new Set<Promise<void>>();
  let stream: PriceStream | undefined;
  let connections = 0;
  const pause = reconnectPause(order.wall, () => world.random());
  let said = false;

  const tell = (heard: HeardQuote): void => {
    if (!signal.aborted && news.isNews(heard)) order.onQuote(heard.quote);
  };
  const tellEvent = (event: StreamEvent): void => {
    if (!signal.aborted) order.onEvent(event);
  };
  const sayOnce = (fault: VenueFault): void => {
    if (!said) parts.log(`${fault.message}: left out, as will be others like it`);
    said = true;
  };

  /** While there was no connection prices went on. */
  const askAgain = async (symbol: string): Promise<void> => {
    try {
      tell({ quote: await askQuote(parts, symbol), sequence: undefined });
      tellEvent({
        event: 'gap',
        symbol,
        why: 'prices between the two connections were lost; the newest was asked for',
      });
    } catch (error) {
      tellEvent({
        event: 'gap',
        symbol,
        why: faultOfError(error, `${parts.name}: best prices of ${symbol}`).message,
      });
    }
  };

  const connected = (): void => {
    pause.connected();
    connections++;
    if (connections === 1) {
      tellEvent({ event: 'connected', why: `${parts.name} tells prices of ${order.symbols.join(', ')}` });
      return;
    }
    tellEvent({ event: 'resubscribed', why: `connection ${String(connections)} tells prices` });
    for (const symbol of order.symbols) {
      const one = askAgain(symbol).finally(() => asking.delete(one));
      asking.add(one);
    }
  };

  const oneConnection = async (): Promise<Ending> => {
    const over = new AbortController();
    signal.addEventListener(
      'abort',
      () => {
        over.abort();
      },
      { signal: over.signal },
    );
    let messages = 0;
    const silence = async (): Promise<Ending> => {
      for (;;) {
        const before = messages;
        await order.wall.sleep(order.heartbeatMs, over.signal);
        if (over.signal.aborted || messages === before)
          return { event: 'silent', why: `${parts.name}: no message for ${String(order.heartbeatMs)} ms` };
      }
    };
    const listen = async (): Promise<Ending> => {
      try {
        const names = new Map<string, string>();
        for (const symbol of order.symbols) names.set(await parts.markets.ccxtSymbol(symbol), symbol);
        if (over.signal.aborted) return { event: 'lost', why: 'closed' };
        const { exchange } = parts.link;
        const own = parts.link.another();
        own.setMarkets([...names.keys()].map((name) => exchange.markets?.[name]));
        stream = openPriceStream(own, parts.profile, names, () => parts.nowMs(), sayOnce);
        news.reconnected();
        for (;;) {
          const heard = await stream.next();
          if (over.signal.aborted) return { event: 'lost', why: 'closed' };
          if (messages++ === 0) connected();
          heard.forEach(tell);
        }
      } catch (error) {
        return { event: 'lost', why: faultOfError(error, `${parts.name}: stream of prices`).message };
      }
    };
    const listening = listen();
    const ending = await Promise.race([listening, silence()]);
    over.abort();
    await stream?.end();
    stream = undefined;
    return ending;
  };

  const run = async (): Promise<void> => {
    if (!hasPriceStream(parts.link.exchange, parts.profile)) return poll();
    while (!signal.aborted) {
      tellEvent(await oneConnection());
      if (signal.aborted) return;
      await pause.wait(signal);
      order.onReconnect();
    }
  };

  const poll = async (): Promise<void> => {
    tellEvent({
      event: 'connected',
      why: `${parts.name} has no stream of prices: they are asked for every ${String(POLL_MS)} ms`,
    });
    while (!signal.aborted) {
      for (const symbol of order.symbols)
        try {
          tell({ quote: await askQuote(parts, symbol), sequence: undefined });
        } catch (error) {
          tellEvent({
            event: 'lost',
            why: faultOfError(error, `${parts.name}: best prices of ${symbol}`).message,
          });
        }
      await pauseBetween(world, order.wall, POLL_MS, signal);
    }
  };

  const running = run();
  return {
    async close() {
      closing.abort();
      await stream?.end();
      await running;
      await Promise.all(asking);
    },
  };
}
