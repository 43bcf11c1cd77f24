import type { Reading } from '../../core/domain/market-readings.js';
import type { TimeMs } from '../../core/domain/time.js';
import type { SlotReading } from '../../ports/market-log.js';

/**
 * Readings that are in no slot yet. They are in memory alone: what has arrived and is not in the log with its slot when the
 * process dies was there for nobody.
 */
export interface PendingReadings {
  add(reading: SlotReading): void;
  /** Takes out what a slot sees: the newest of each symbol and series that had arrived when it closed. Slots in their order. */
  take(openMs: TimeMs, closeMs: TimeMs): SlotReading[];
}

/** Of months without a slot the newest are enough. */
const MOST_PENDING = 10_000;

export function pendingReadings(): PendingReadings {
  let pending: SlotReading[] = [];
  return {
    add(reading) {
      pending.push(reading);
      if (pending.length > MOST_PENDING) pending.shift();
    },
    take(openMs, closeMs) {
      const newest = new Map<string, SlotReading>();
      const later: SlotReading[] = [];
      for (const one of pending) {
        if (one.arrivedMs > closeMs) {
          later.push(one);
          continue;
        }
        const name = `${String(one.symbol)} ${one.series}`;
        const before = newest.get(name);
        if (before === undefined || one.timeMs >= before.timeMs) newest.set(name, one);
      }
      pending = later;
      // A clock that was set back must not make it known to the slot before, which is played.
      return [...newest.values()].map((one) => ({ ...one, arrivedMs: Math.max(one.arrivedMs, openMs + 1) }));
    },
  };
}

/** In whole milliseconds, and of a time before it came, whatever clock the venue stamps with. */
export function arrivedAt(reading: Omit<Reading, 'arrivedMs'>, symbol: number, nowMs: TimeMs): SlotReading {
  const arrivedMs = Math.round(nowMs);
  return { ...reading, symbol, timeMs: Math.min(Math.round(reading.timeMs), arrivedMs), arrivedMs };
}
