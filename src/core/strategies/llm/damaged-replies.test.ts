import { expect, it } from 'vitest';
import { perpetual } from '../../../../test/support/made-market.js';
import { modelSession, playModelSession, replyOf } from '../../../../test/support/play-model-session.js';
import { MADE_REPLIES } from '../../../app/made-replies.js';
import { mutateReply } from '../../../app/mutate-reply.js';
import { equityFromFlows, equityUsd } from '../../domain/account.js';
import type { Candles, MarketTable } from '../../domain/market-table.js';
import { generateMarket } from '../../market/generate-market.js';
import { FENCE_END } from './fence-text.js';

const PRICES = { BTC: 109_000, ETH: 3900, SOL: 185, BNB: 1080, XRP: 2.4, DOGE: 0.19 };
const SYMBOLS = Object.keys(PRICES).map((coin) => `${coin}-USDT`);
const BARS = 640;

/** A generated market whose prices begin where those of the replies are, so that some signals fit. */
function market(seed: number): MarketTable {
  const table = generateMarket({
    ...{
      seed,
      symbols: SYMBOLS,
      timeframe: '4h',
      startMs: Date.UTC(2025, 8, 1),
      length: BARS,
      perpetual: true,
    },
  });
  const scale = (column: Float64Array, factor: number): Float64Array => column.map((price) => price * factor);
  const candles = table.candles.map((each, i): Candles => {
    const factor = (Object.values(PRICES)[i] ?? NaN) / (each.open[0] ?? NaN);
    return {
      open: scale(each.open, factor),
      high: scale(each.high, factor),
      low: scale(each.low, factor),
      close: scale(each.close, factor),
      volume: each.volume,
    };
  });
  return { ...table, candles, instruments: SYMBOLS.map((symbol) => perpetual(symbol)) };
}

/** A reply that fits the market as it stands, among those that were made for other prices. */
function fitting(table: MarketTable, t: number): string {
  return replyOf(
    ...Object.keys(PRICES).map((coin, i) => {
      const price = table.candles[i]?.close[t] ?? NaN;
      const side = (t + i) % 3 === 0 ? -1 : 1;
      return {
        ...{
          coin,
          signal: ['buy', 'sell', 'hold', 'close_position'][(t + i) % 4],
          quantity: 500 / price,
          leverage: 10,
        },
        ...{ profit_target: price * (1 + 0.1 * side), stop_loss: price * (1 - 0.05 * side), confidence: 0.6 },
        ...{ risk_usd: 25, invalidation_condition: `4h close below ${(price * 0.97).toFixed(4)}` },
      };
    }),
  );
}

it('5,000 damaged replies in a row break no session, no prompt and no book', () => {
  let decisions = 0;
  let entries = 0;
  let faults = 0;
  for (let seed = 1; decisions < 5000; seed++) {
    const table = market(seed);
    const session = modelSession(table, { leverageMax: 12, maxPositions: 3 });
    const played = playModelSession(session, (_question, t) => {
      expect(session.account.openNames).toBeLessThanOrEqual(3);
      const wild = session.account.positions.filter(
        ({ quantity, leverage }) => quantity !== 0 && !(leverage >= 1 && leverage <= 12),
      );
      expect(wild).toEqual([]);
      return mutateReply([fitting(table, t), ...MADE_REPLIES], seed, t);
    });
    for (const { questions, intents } of played.decisions) {
      for (const { symbol } of intents) expect(SYMBOLS).toContain(symbol);
      for (const { user } of questions) {
        const lines = user.split('\n');
        expect(lines.filter((line) => line.startsWith('## '))).toHaveLength(5);
        expect(lines.filter((line) => line.startsWith('--- DATA'))).toHaveLength(
          lines.filter((line) => line === FENCE_END).length,
        );
        expect(user.length).toBeLessThan(20_000);
      }
    }
    expect(equityFromFlows(session.account)).toBeCloseTo(equityUsd(session.account), 5);
    decisions += played.decisions.length;
    entries += played.fills.filter(({ effect }) => effect === 'entry').length;
    faults += played.decisions.filter(({ step }) => step.fault !== undefined).length;
  }
  expect(entries, 'some replies still trade').toBeGreaterThan(300);
  expect(faults, 'some are beyond use').toBeGreaterThan(300);
});
