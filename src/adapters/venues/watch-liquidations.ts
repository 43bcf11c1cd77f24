import { newestKept } from '../../core/domain/newest-kept.js';
import type { LiquidationListener, QuoteWatch, StreamEvent } from '../../ports/venue.js';
import type { CcxtExchange, CcxtSocket } from './ccxt-exchange.js';
import { faultOfError } from './fault-of-error.js';
import { hangUp } from './hang-up.js';
import { parseLiquidation } from './parse-liquidation.js';
import { reconnectPause } from './reconnect-pause.js';
import type { VenueParts } from './venue-parts.js';
import { pauseBetween, type Wall, type WaitingWorld } from './waiting-world.js';

export interface LiquidationOrder {
  readonly wall: Wall;
  readonly symbols: readonly string[];
  /** A connection that does not answer for so long is taken for dead. */
  readonly heartbeatMs: number;
  readonly listener: LiquidationListener;
  onReconnect(): void;
}

/** Hours may pass without a forced close, so the connection is asked whether it lives: so often by the market's clock. */
const PING_EVERY_MS = 1_000;
/** Streams repeat messages; so many are known again. */
const MOST_KNOWN = 10_000;

type Ending = { readonly event: 'lost' | 'silent'; readonly why: string };

export function hasLiquidationStream({ has }: CcxtExchange): boolean {
  return has['watchLiquidationsForSymbols'] === true;
}

/**
 * Forced closes as they happen. It begins by itself, reconnects by itself and ends when it is closed. What happens while there
 * is no connection is told by nobody: there is no request for it. Binance tells the newest of a symbol in a second only, so
 * that sums of them are too low in the worst minutes.
 */
export function watchLiquidations(
  parts: VenueParts,
  world: WaitingWorld,
  order: LiquidationOrder,
): QuoteWatch {
  const closing = new AbortController();
  const { signal } = closing;
  const { wall, symbols, heartbeatMs, listener } = order;
  const pause = reconnectPause(wall, () => world.random());
  const known = newestKept<true>(MOST_KNOWN);
  let connections = 0;
  let own: CcxtExchange | undefined;

  const tellEvent = (event: StreamEvent): void => {
    if (!signal.aborted) listener.onEvent(event);
  };
  const tell = (told: unknown, names: ReadonlyMap<string, string>): void => {
    const parsed = parseLiquidation(told, names, (symbol) => parts.markets.contractSize(symbol));
    if (parsed === undefined || known.get(parsed.name) !== undefined) return;
    known.set(parsed.name, true);
    if (!signal.aborted) listener.onLiquidation(parsed.liquidation);
  };
  const connected = (): void => {
    pause.connected();
    connections++;
    tellEvent({
      event: connections === 1 ? 'connected' : 'resubscribed',
      why: `connection ${String(connections)} tells forced closes of ${symbols.join(', ')}`,
    });
  };

  const oneConnection = async (): Promise<Ending> => {
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    signal.addEventListener('abort', end, { signal: over.signal });
    try {
      const names = new Map<string, string>();
      for (const symbol of symbols) names.set(await parts.markets.ccxtSymbol(symbol), symbol);
      if (over.signal.aborted) return { event: 'lost', why: 'closed' };
      const { exchange } = parts.link;
      const stream = parts.link.another();
      own = stream;
      stream.setMarkets([...names.keys()].map((name) => exchange.markets?.[name]));
      const take = (): void => {
        // Several may have come since it was looked last; ccxt keeps them until somebody takes them.
        const heard = stream.liquidations ?? [];
        stream.liquidations = undefined;
        for (const told of heard) tell(told, names);
      };
      const listen = async (): Promise<Ending> => {
        for (;;) {
          await stream.watchLiquidationsForSymbols([...names.keys()]);
          if (over.signal.aborted) return { event: 'lost', why: 'closed' };
          take();
        }
      };
      const listening = listen();
      // It may fail when nobody waits for it any more.
      listening.catch(() => undefined);
      return await Promise.race([listening, askWhetherItLives(stream, take, over.signal)]);
    } catch (error) {
      return { event: 'lost', why: faultOfError(error, `${parts.name}: stream of liquidations`).message };
    } finally {
      over.abort();
      if (own !== undefined) await hangUp(own);
    }
  };

  /** Ends when there was no answer for too long. The first answer says that the subscription has come too: it was sent before. */
  const askWhetherItLives = async (
    stream: CcxtExchange,
    take: () => void,
    over: AbortSignal,
  ): Promise<Ending> => {
    let asked: CcxtSocket | undefined;
    let aliveMs = wall.nowMs();
    let isConnected = false;
    const onPong = (): void => {
      if (over.aborted) return;
      // What came before the answer is told before it.
      take();
      aliveMs = wall.nowMs();
      if (!isConnected) connected();
      isConnected = true;
      listener.onAlive();
    };
    for (;;) {
      const [socket] = Object.values(stream.clients).map(({ connection }) => connection);
      if (socket?.readyState === OPEN) {
        if (socket !== asked) socket.on('pong', onPong);
        asked = socket;
        socket.ping();
      }
      await pauseBetween(world, wall, PING_EVERY_MS, over);
      if (over.aborted) return { event: 'lost', why: 'closed' };
      if (wall.nowMs() - aliveMs > heartbeatMs)
        return { event: 'silent', why: `${parts.name}: no answer for ${String(heartbeatMs)} ms` };
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      tellEvent(await oneConnection());
      if (signal.aborted) return;
      await pause.wait(signal);
      order.onReconnect();
    }
  };

  const running = run();
  return {
    async close() {
      closing.abort();
      if (own !== undefined) await hangUp(own);
      await running;
    },
  };
}

/** Of a WebSocket. */
const OPEN = 1;
