/** The books of the recorded runs, rebuilt: proof that what docs/recorded-runs.md explains is the whole difference. */
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/domain/time.js';
import type { TradeSignal } from '../../src/core/strategies/llm/trade-signal.js';
import { RULES_THERE } from '../support/book-rules.js';
import { START_MS, bar, flatBars, marketOf } from '../support/made-market.js';
import { pricesThere } from '../support/prices-there.js';
import {
  type RecordedDecision,
  readRecordedAccounts,
  readRecordedDecisions,
} from '../support/recorded-decisions.js';
import { playBooks } from '../support/reference-books.js';
import { describeAllShared, readSharedJson, sharedPath } from '../support/shared-files.js';

describe('books with switches', () => {
  const signal = (word: 'buy' | 'close_position'): TradeSignal => ({
    coin: 'A',
    signal: word,
    quantity: 2,
    leverage: 10,
    stopLoss: 95,
    profitTarget: 200,
    confidence: 0.5,
    riskUsd: null,
    invalidation: null,
  });
  const says = (...signals: TradeSignal[]): RecordedDecision => ({ text: '', told: signals, read: signals });
  const decisions = new Map([
    [START_MS + 4 * HOUR_MS, says(signal('buy'))],
    [START_MS + 8 * HOUR_MS, says(signal('close_position'))],
  ]);

  it('take the fee of an entry once or twice: 2 bought at 100 and sold at 110 with 0.05 % a side', () => {
    const market = marketOf([[...flatBars(100, 4), ...flatBars(110, 5)]]);
    expect(playBooks(market, decisions, RULES_THERE).finalUsd).toBeCloseTo(10_019.69, 9);
    expect(playBooks(market, decisions, { ...RULES_THERE, oneFee: true }).finalUsd).toBeCloseTo(10_019.79, 9);
  });

  it('see a stop between two closes or not', () => {
    const dive = { ...bar(100), low: 94 };
    const market = marketOf([[...flatBars(100, 5), dive, ...flatBars(100, 3)]]);
    const exits = [false, true].map((insideBars) =>
      playBooks(market, decisions, { ...RULES_THERE, insideBars }).trades.map((trade) => [
        trade.exit,
        trade.exitPrice,
        (trade.exitMs - START_MS) / HOUR_MS,
      ]),
    );
    expect(exits).toEqual([[['close', 100, 8]], [['stop', 95, 5]]]);
  });

  it('refuse what the cash cannot pay, or cut it', () => {
    const market = marketOf([flatBars(100_000, 9)]);
    const wide = { ...signal('buy'), stopLoss: 95_000, profitTarget: 200_000 };
    const buys = new Map([[START_MS + 4 * HOUR_MS, says(wide)]]);
    const held = (ourOrders: boolean): number =>
      playBooks(market, buys, { ...RULES_THERE, ourOrders, oneFee: true }).feesUsd;
    expect(held(false)).toBe(0);
    // All of 10,000 dollars is margin and fee: notional x (1/10 + 0.0005).
    expect(held(true)).toBeCloseTo((10_000 / 0.1005) * 0.0005, 6);
  });
});

const REPLIES = 'vectors/llm_responses.json.gz';
const ACCOUNTS = 'vectors/recorded_runs_accounts.json';
const CANDLES = ['binance', 'binance-perp', 'hyperliquid-2025h2'].map((venue) => `data/crypto/${venue}`);

describeAllShared([REPLIES, ACCOUNTS, ...CANDLES], 'the recorded books, rebuilt', () => {
  const runs = readRecordedDecisions(readSharedJson(REPLIES));
  const accounts = readRecordedAccounts(readSharedJson(ACCOUNTS));
  const there = pricesThere(runs, sharedPath('data/crypto'));
  const played = runs.map(({ run, decisions }) => {
    const account = accounts.get(run);
    if (account === undefined) throw new Error(`no account of ${run}`);
    return { run, decisions, account, books: playBooks(there, decisions, RULES_THERE) };
  });

  it('are ten, and all are flat in the end', () => {
    expect(played.map(({ run }) => run)).toEqual([...accounts.keys()].sort((a, b) => a.localeCompare(b)));
    expect(played.flatMap(({ books }) => books.open)).toEqual([]);
  });

  it.each(played.map((each) => [each.run, each] as const))(
    'of %s have as many fills as recorded, the same fees and the same end, but for closes that nobody quotes',
    (_, { account, books }) => {
      expect(books.fills).toBe(account.fills);
      expect(Math.abs(books.feesUsd - account.feesUsd)).toBeLessThan(0.01);
      expect(Math.abs(books.finalUsd - account.finalUsd)).toBeLessThan(5);
    },
  );

  it('end to the cent as recorded for five of the runs', () => {
    const exact = played.filter(({ account, books }) => Math.abs(books.finalUsd - account.finalUsd) < 0.005);
    expect(exact.length).toBeGreaterThanOrEqual(5);
  });

  it('B-18: end as recorded with every entry fee charged twice, and 40 dollars or more away with one', () => {
    for (const { run, decisions, account } of played) {
      const { finalUsd } = playBooks(there, decisions, { ...RULES_THERE, oneFee: true });
      expect(Math.abs(finalUsd - account.finalUsd), run).toBeGreaterThan(40);
    }
  });

  it('are made of their round trips', () => {
    for (const { books } of played)
      expect(books.trades.reduce((sum, { netUsd }) => sum + netUsd, 10_000)).toBeCloseTo(books.finalUsd, 6);
  });
});
