/**
 * Prints the tables of docs/recorded-runs.md: `npx tsx scripts/explain-recorded-runs.ts SHARED [RUN]`, where SHARED has
 * vectors/ and data/crypto/. Without RUN one line per run, with it one per trade.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type BookTrade, type PlayedBooks, RULES, rulesWith } from '../test/support/book-rules.js';
import { pricesHere, pricesThere } from '../test/support/prices-there.js';
import {
  type RecordedRunDecisions,
  readRecordedAccounts,
  readRecordedDecisions,
} from '../test/support/recorded-decisions.js';
import { makeRecordedMarket } from '../test/support/recorded-market-folder.js';
import { playBooks } from '../test/support/reference-books.js';

const [shared, wanted] = process.argv.slice(2);
if (shared === undefined) throw new Error('name the folder with vectors/ and data/crypto/');
const readGolden = (path: string): unknown => {
  const bytes = readFileSync(join(shared, 'vectors', path));
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
};
const crypto = join(shared, 'data/crypto');
const runs = readRecordedDecisions(readGolden('llm_responses.json.gz'));
const accounts = readRecordedAccounts(readGolden('recorded_runs_accounts.json'));
const there = pricesThere(runs, crypto);
const folder = mkdtempSync(join(tmpdir(), 'recorded-market-'));
const here = pricesHere(makeRecordedMarket(folder, crypto));
rmSync(folder, { recursive: true });

/** The books there, then with our prices, then with one of our rules after the other. */
function stepsOf({ decisions }: RecordedRunDecisions): PlayedBooks[] {
  const ours = [0, ...RULES.map((_, k) => k + 1)].map((count) =>
    playBooks(here, decisions, rulesWith(count)),
  );
  return [playBooks(there, decisions, rulesWith(0)), ...ours];
}

const usd = (value: number): string => (Math.abs(value) < 0.005 ? '0.00' : value.toFixed(2));
const time = (ms: number): string => new Date(ms).toISOString().slice(8, 16).replace('T', ' ');
const row = (cells: readonly string[]): void => {
  console.log(`| ${cells.join(' | ')} |`);
};
const differences = (values: readonly number[]): number[] =>
  values.slice(1).map((value, k) => value - (values[k] ?? NaN));

const header = (titles: readonly string[]): void => {
  row(titles);
  row(titles.map(() => '---'));
};
const STEPS = ['left over', 'prices', 'one fee', 'inside bars', 'next open', 'spread', 'funding', 'orders'];

if (wanted === undefined) {
  header(['run', 'there %', 'here %', 'trades there', 'here', 'end there', ...STEPS, 'end here']);
  for (const run of runs) printRun(run);
} else for (const run of runs.filter((each) => each.run === wanted)) printTrades(run);

function printRun(run: RecordedRunDecisions): void {
  const account = accounts.get(run.run);
  if (account === undefined) return;
  const steps = stepsOf(run);
  const ours = steps.at(-1);
  if (ours === undefined) return;
  const finals = [account.finalUsd, ...steps.map(({ finalUsd }) => finalUsd)];
  const returns = [account.returnPct, (ours.finalUsd - 10_000) / 100].map((pct) => pct.toFixed(2));
  const counts = [account.fills / 2, ours.trades.length].map(String);
  row([
    run.run,
    ...returns,
    ...counts,
    usd(account.finalUsd),
    ...differences(finals).map(usd),
    usd(ours.finalUsd),
  ]);
}

function printTrades(run: RecordedRunDecisions): void {
  const steps = stepsOf(run);
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return;
  const sums = Array.from({ length: steps.length }, () => 0);
  const byEntry = [...first.trades].sort((a, b) => a.entryMs - b.entryMs || a.coin.localeCompare(b.coin));
  const same = (trades: readonly BookTrade[], { coin, entryMs }: BookTrade): BookTrade | undefined =>
    trades.find((trade) => trade.coin === coin && trade.entryMs === entryMs);
  header(['', 'coin, quantity', 'in', 'price there', 'here', 'out there', 'out here', 'fees', 'funding']);
  byEntry.forEach((trade, k) => {
    const ours = same(last.trades, trade);
    const place = (of: BookTrade): string => `${time(of.exitMs)} ${of.exitPrice.toPrecision(6)} ${of.exit}`;
    row([
      String(k + 1),
      `${trade.coin} ${String(trade.quantity)}`,
      time(trade.entryMs),
      trade.entryPrice.toPrecision(6),
      ours?.entryPrice.toPrecision(6) ?? '',
      place(trade),
      ours === undefined ? '' : place(ours),
      ours === undefined ? '' : usd(ours.feesUsd),
      ours === undefined ? '' : usd(ours.fundingUsd),
    ]);
  });
  header(['', 'coin', 'net there', ...STEPS.slice(1), 'net here']);
  byEntry.forEach((trade, k) => {
    const nets = steps.map(({ trades }) => same(trades, trade)?.netUsd ?? 0);
    const parts = [nets[0] ?? 0, ...differences(nets)];
    parts.forEach((part, i) => (sums[i] = (sums[i] ?? 0) + part));
    row([String(k + 1), trade.coin, ...parts.map(usd), usd(nets.at(-1) ?? NaN)]);
  });
  row(['', 'sum', ...sums.map(usd), usd(last.finalUsd - 10_000)]);
  const matched = last.trades.filter((trade) => same(first.trades, trade) !== undefined).length;
  console.log(`${String(last.trades.length)} trades of ours, ${String(matched)} of them with a counterpart`);
}
