import type { TimeMs } from '../../core/domain/time.js';
import type { SlotReading } from '../../ports/market-log.js';
import type { LiquidationListener, StreamEvent } from '../../ports/venue.js';

/** Forced closes by bar, as far as the stream of them was there for all of the bar. */
export interface LiquidationSums {
  readonly listener: LiquidationListener;
  /** Sums over (openMs, closeMs], of every symbol; none where a part of the bar was not heard. Slots in their order. */
  take(openMs: TimeMs, closeMs: TimeMs): SlotReading[];
}

export interface LiquidationWorld {
  readonly symbols: readonly string[];
  readonly barMs: number;
  /** The venue's clock. */
  nowMs(): TimeMs;
  onEvent(event: StreamEvent): void;
}

/** A time in which the stream is known to have been there: up to when it proved alive last. */
interface Heard {
  readonly fromMs: TimeMs;
  toMs: TimeMs;
}

/** A stream that is lost in every bar, while no bar is settled. */
const MOST_KEPT = 1000;

/**
 * By the time at which they came, like everything that a bar sees: one that comes after the close belongs to the next bar.
 * The bar in which a dead connection is noticed has no figure, and neither has one that was over before it was proved alive.
 */
export function liquidationSums(world: LiquidationWorld): LiquidationSums {
  const { symbols, barMs } = world;
  let heard: Heard[] = [];
  let isOn = false;
  let takenMs = -Infinity;
  /** By close: USD of longs and shorts, of each symbol. */
  const sums = new Map<TimeMs, Float64Array>();
  const indexOf = new Map(symbols.map((symbol, s) => [symbol, s]));

  return {
    listener: {
      onLiquidation({ symbol, side, usd }) {
        const s = indexOf.get(symbol);
        if (s === undefined) return;
        const closeMs = Math.ceil(Math.max(world.nowMs(), takenMs + 1) / barMs) * barMs;
        let own = sums.get(closeMs);
        if (own === undefined) {
          sums.set(closeMs, (own = new Float64Array(2 * symbols.length)));
          const [oldestMs] = sums.keys();
          if (sums.size > MOST_KEPT && oldestMs !== undefined) {
            sums.delete(oldestMs);
            heard = heard.filter(({ fromMs }) => fromMs >= oldestMs);
          }
        }
        const at = 2 * s + (side === 'long' ? 0 : 1);
        own[at] = (own[at] ?? 0) + usd;
      },
      onEvent(event) {
        if (event.event === 'connected' || event.event === 'resubscribed') {
          const fromMs = world.nowMs();
          heard.push({ fromMs, toMs: fromMs });
          if (heard.length > MOST_KEPT) heard.shift();
          isOn = true;
        }
        if (event.event === 'lost' || event.event === 'silent') isOn = false;
        world.onEvent(event);
      },
      onAlive() {
        const last = heard.at(-1);
        if (isOn && last !== undefined) last.toMs = Math.max(last.toMs, world.nowMs());
      },
    },
    take(openMs, closeMs) {
      const isWhole = heard.some(({ fromMs, toMs }) => fromMs <= openMs && toMs >= closeMs);
      const own = sums.get(closeMs);
      takenMs = closeMs;
      for (const madeMs of sums.keys()) if (madeMs <= closeMs) sums.delete(madeMs);
      heard = heard.filter(({ toMs }, i) => toMs > closeMs || i === heard.length - 1);
      if (!isWhole) return [];
      return symbols.flatMap((_, symbol) =>
        (['longLiquidationsUsd', 'shortLiquidationsUsd'] as const).map((series, i) => ({
          symbol,
          series,
          timeMs: closeMs,
          arrivedMs: closeMs,
          value: own?.[2 * symbol + i] ?? 0,
        })),
      );
    },
  };
}
