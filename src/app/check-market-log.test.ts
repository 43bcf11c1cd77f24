import { expect, it } from 'vitest';
import { START_MS } from '../../test/support/made-market.js';
import { HOUR_MS } from '../core/domain/time.js';
import { spotInstrument } from '../core/domain/instrument.js';
import type { MarketLog } from '../ports/market-log.js';
import { marketLogText } from '../reporting/market-log-text.js';
import { checkMarketLog } from './check-market-log.js';

/** What a log says whose slots were settled so many hours after their close. */
function lookAt(lagHours: readonly number[]): string {
  const log: Pick<MarketLog, 'head' | 'missed' | 'corrections' | 'settled'> = {
    head: () => ({
      exchange: 'made',
      timeframe: '1h',
      symbols: ['BTC/USDT'],
      instruments: [spotInstrument('BTC/USDT')],
      firstOpenMs: START_MS,
    }),
    missed: () => [],
    corrections: () => [],
    settled: () =>
      lagHours.map((hours, k) => ({
        openMs: START_MS + k * HOUR_MS,
        settledMs: START_MS + (k + 1 + hours) * HOUR_MS,
      })),
  };
  const look = checkMarketLog(log);
  return look === undefined ? '' : marketLogText(look);
}

it('what was caught up after an outage is told beside the usual lag, and history is none of it', () => {
  const said = lookAt([3, 2, 1, 0.001, 0.001, 10, 9, 8, 0.002]);
  expect(said).toContain('settled after the close: 3.6 s as a rule, at most 7.2 s');
  expect(said).toContain("caught up: 3 slots settled a bar's length or more after the close, at most 10.0 h");
  expect(lookAt([3, 2, 0.001, 0.001])).not.toContain('caught up');
});
