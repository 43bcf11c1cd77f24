import { HOUR_MS, MINUTE_MS } from '../../src/core/domain/time.js';
import type { Fault, FaultTerms, PlacedFault } from '../../test/support/local-exchange/faults.js';
import type { LocalExchange } from '../../test/support/local-exchange/open-local-exchange.js';
import { type SoakExchanges, listedName } from './soak-exchanges.js';
import { closeOf, openOf } from './soak-market.js';
import type { Delay, SoakPlan } from './soak-plan.js';

const HALF_HOUR_MS = 30 * MINUTE_MS;

/** How often each kind of fault has struck, or how long it held. */
export interface StruckFaults {
  counts(): Readonly<Record<string, number>>;
}

/** Places everything of a plan that is not about data: all bars still arrive in time. */
export function placeAnswerFaults(
  { first: exchange, second }: Pick<SoakExchanges, 'first' | 'second'>,
  plan: SoakPlan,
  symbols: readonly string[],
): StruckFaults {
  const placed: { readonly kind: string; readonly fault: PlacedFault }[] = [];
  const held: string[] = [];
  const add = (kind: string, fault: Fault, terms: FaultTerms): void => {
    placed.push({ kind, fault: exchange.faults.add(fault, terms) });
  };
  for (const { slot, fault, times } of plan.quick) {
    const terms = { fromMs: closeOf(slot) - MINUTE_MS, untilMs: closeOf(slot) + HALF_HOUR_MS };
    // Bars of another symbol are the one thing that an answer does not tell.
    if (fault.kind === 'wrong-symbol') add(fault.kind, fault, { ...terms, times, only: /klines/ });
    else add(fault.kind, fault, { ...terms, times });
    // Only a new connection can be half open.
    if (fault.kind === 'half-open')
      add('connection-reset', { kind: 'connection-reset' }, { ...terms, times: 1 });
  }
  for (const delay of plan.delays) {
    const lasting = placeDelay(
      exchange,
      delay,
      listedName(symbols[delay.symbol] ?? '', plan.instrument),
      add,
    );
    if (lasting !== undefined) held.push(lasting);
  }
  for (const slot of plan.silences) {
    const terms = { fromMs: closeOf(slot) - MINUTE_MS, untilMs: closeOf(slot) + HALF_HOUR_MS };
    const fault = second?.faults.add({ kind: 'server-error' }, terms);
    if (fault !== undefined) placed.push({ kind: 'second venue fails', fault });
  }
  return {
    counts: () => {
      const counts: Record<string, number> = {};
      const count = (kind: string, hits: number): void => {
        counts[kind] = (counts[kind] ?? 0) + hits;
      };
      for (const { kind, fault } of placed) count(kind, fault.hits());
      for (const kind of held) count(kind, 1);
      return counts;
    },
  };
}

/** Returns the name of what holds for a time; what strikes is counted by itself. */
function placeDelay(
  exchange: LocalExchange,
  { kind, slot, slots, draw }: Delay,
  symbol: string,
  add: (kind: string, fault: Fault, terms: FaultTerms) => void,
): string | undefined {
  const close = closeOf(slot);
  const around = { fromMs: close - MINUTE_MS, untilMs: close + HALF_HOUR_MS };
  switch (kind) {
    case 'ban':
      add(kind, { kind: 'banned', retryAfterS: Math.round(60 + 180 * draw) }, { ...around, times: 1 });
      return undefined;
    case 'told to wait':
      add(kind, { kind: 'rate-limited', retryAfterS: Math.round(5 + 55 * draw) }, { ...around, times: 3 });
      return undefined;
    case 'circuit opens':
      add(kind, { kind: 'server-error', status: 502 }, { ...around, times: 8 });
      return undefined;
    case 'outage': {
      const endMs = closeOf(slot + slots - 1) + Math.round((5 + 45 * draw) * MINUTE_MS);
      const terms = { fromMs: openOf(slot) + HALF_HOUR_MS, untilMs: endMs };
      add('requests in outages', draw < 0.5 ? { kind: 'connection-reset' } : { kind: 'server-error' }, terms);
      return 'outages';
    }
    case 'clock ahead':
    case 'clock behind': {
      const skewMs = Math.round((1 + 4 * draw) * MINUTE_MS) * (kind === 'clock ahead' ? 1 : -1);
      const fromMs = openOf(slot) + HALF_HOUR_MS;
      exchange.faults.add({ kind: 'clock-skew', skewMs }, { fromMs, untilMs: fromMs + slots * HOUR_MS });
      return kind;
    }
    case 'bars seconds late':
      exchange.hide(symbol, openOf(slot), close, close + Math.round(20_000 + 30_000 * draw));
      return kind;
    case 'candles seconds late':
      exchange.faults.add(
        { kind: 'late-candles', delayMs: Math.round(5_000 + 7_000 * draw) },
        { fromMs: close - HALF_HOUR_MS / 2, untilMs: close + HALF_HOUR_MS },
      );
      return kind;
  }
}
