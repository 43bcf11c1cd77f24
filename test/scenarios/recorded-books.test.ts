/** The books of the recorded runs, rebuilt: proof that what docs/recorded-runs.md explains is the whole difference. */
import { expect, it } from 'vitest';
import { RULES_THERE } from '../support/book-rules.js';
import { pricesThere } from '../support/prices-there.js';
import { readRecordedAccounts, readRecordedDecisions } from '../support/recorded-decisions.js';
import { playBooks } from '../support/reference-books.js';
import { describeAllShared, readSharedJson, sharedPath } from '../support/shared-files.js';

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
