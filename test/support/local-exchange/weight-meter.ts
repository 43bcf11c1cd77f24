import { MINUTE_MS, type TimeMs } from '../../../src/core/domain/time.js';
import type { WeightLimit } from './venue-protocol.js';

export type Metered =
  | { readonly verdict: 'within'; readonly used: number }
  | { readonly verdict: 'over'; readonly used: number; readonly retryAfterMs: number }
  | { readonly verdict: 'banned'; readonly used: number; readonly untilMs: TimeMs };

export interface WeightMeter {
  /** Counts a request and says whether it may be answered. */
  count(limit: WeightLimit, weight: number, nowMs: TimeMs): Metered;
}

interface Meter {
  minute: number;
  used: number;
  refused: number;
  bannedUntilMs: TimeMs;
}

/** After so many refusals within a minute the venue bans: "repeatedly violating rate limits" in Binance's words. */
const REFUSALS_BEFORE_BAN = 5;
/** Binance's shortest ban. */
const BAN_MS = 2 * MINUTE_MS;

/** Weight by the full minute of the venue's clock, as Binance counts it. */
export function createWeightMeter(perMinute: number | undefined): WeightMeter {
  const meters = new Map<string, Meter>();
  return {
    count: (limit, weight, nowMs) => {
      const minute = Math.floor(nowMs / MINUTE_MS);
      const meter = meters.get(limit.name) ?? { minute, used: 0, refused: 0, bannedUntilMs: -Infinity };
      meters.set(limit.name, meter);
      if (meter.minute !== minute) Object.assign(meter, { minute, used: 0, refused: 0 });
      meter.used += weight;
      const { used } = meter;
      if (nowMs < meter.bannedUntilMs) return { verdict: 'banned', used, untilMs: meter.bannedUntilMs };
      if (used <= (perMinute ?? limit.perMinute)) return { verdict: 'within', used };
      meter.refused++;
      if (meter.refused <= REFUSALS_BEFORE_BAN)
        return { verdict: 'over', used, retryAfterMs: (minute + 1) * MINUTE_MS - nowMs };
      meter.bannedUntilMs = nowMs + BAN_MS;
      return { verdict: 'banned', used, untilMs: meter.bannedUntilMs };
    },
  };
}
