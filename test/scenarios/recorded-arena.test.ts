/** Ten recorded runs in one arena with a benchmark and placebos, through the program as a user runs it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { LedgerEntry } from '../../src/core/domain/ledger.js';
import { type BookRules, type BookTrade, OUR_RULES, RULES_THERE } from '../support/book-rules.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { madeTrader } from '../support/made-trader.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { pricesHere } from '../support/prices-there.js';
import { readRecordedAccounts, readRecordedDecisions } from '../support/recorded-decisions.js';
import { makeRecordedMarket } from '../support/recorded-market-folder.js';
import { playBooks } from '../support/reference-books.js';
import { describeAllShared, readSharedJson, sharedPath } from '../support/shared-files.js';

const REPLIES = 'vectors/llm_responses.json.gz';
const ACCOUNTS = 'vectors/recorded_runs_accounts.json';
/** A decision due at every close from 2025-10-17 04:00 to 2025-10-31 04:00. */
const DUE = 85;

const { path: root, remove } = temporaryFolder();
const recordings = join(root, 'calls.sqlite');
let server: ModelServer;
afterAll(remove);

async function run(args: readonly string[]): Promise<CliResult> {
  const child = startCli(args, {
    CANDLE_CACHE: join(root, 'cache'),
    OPENAI_API_KEY: 'sk-made-77',
    OPENAI_BASE_URL: server.baseUrl,
    ANTHROPIC_API_KEY: 'sk-made-78',
    ANTHROPIC_BASE_URL: server.baseUrl,
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  const { code } = await ended(child);
  return { code, stdout, stderr };
}

/** The window that `llm import` named: in it the first decision is made and the last one fills. */
let fromTo: readonly string[] = [];

function play(state: string): Promise<CliResult> {
  return run([
    ...['arena', '--llm', 'replay', '--quiet', '--timeframe', '1h', '--state', join(root, state)],
    ...['--market', join(root, 'market'), '--contestants', join(root, 'contestants')],
    ...['--config', join(root, 'settings.json'), '--recordings', recordings],
    ...fromTo,
  ]);
}

function dump(state: string): string {
  const result = runCli(['arena', 'journal', 'dump', '--state', join(root, state)]);
  expect(result.code).toBe(0);
  return result.stdout;
}

const boardSchema = z.object({
  rows: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      rank: z.int().nullable(),
      returnPct: z.number(),
      equityUsd: z.number(),
      coveragePct: z.number(),
      models: z.object({ questions: z.int(), costUsd: z.number().nullable() }).nullable(),
    }),
  ),
});
type Row = z.infer<typeof boardSchema>['rows'][number];

describeAllShared([REPLIES, ACCOUNTS, 'data/crypto/binance'], 'ten recorded runs in one arena', () => {
  const accounts = readRecordedAccounts(readSharedJson(ACCOUNTS));
  const runs = readRecordedDecisions(readSharedJson(REPLIES));
  let rows: readonly Row[] = [];
  const rowOf = (name: string): Row => {
    const row = rows.find((each) => each.name === name);
    if (row === undefined) throw new Error(`${name} is not on the board`);
    return row;
  };

  beforeAll(async () => {
    server = await startOpenaiServer({ script: madeTrader });
    makeRecordedMarket(join(root, 'market'), sharedPath('data/crypto'));
    mkdirSync(join(root, 'contestants', 'llm'), { recursive: true });
    for (const model of accounts.keys())
      writeFileSync(
        join(root, 'contestants', 'llm', `${model}.json`),
        JSON.stringify({ title: model, provider: 'recorded', model, interval: '4h' }),
      );
    const placebo = {
      kind: 'placebo',
      params: { exposure: 0.5 },
      grid: { holdHours: [6, 24] },
      seeds: [1, 2],
    };
    writeFileSync(
      join(root, 'contestants', 'roster.json'),
      JSON.stringify({ contestants: [{ kind: 'buy-and-hold' }, placebo] }),
    );
    // They held up to twenty times their money in one coin.
    const risk = { maxSymbolExposureFraction: 20, maxGrossExposureFraction: 40 };
    writeFileSync(join(root, 'settings.json'), JSON.stringify({ risk }));

    const file = sharedPath(REPLIES);
    const imported = await run(['llm', 'import', file, '--timeframe', '4h', '--recordings', recordings]);
    expect(imported.stderr).toBe('');
    expect(imported.code).toBe(0);
    fromTo = /--from \S+ --to [\d-]+T[\d:]+/.exec(imported.stdout)?.[0].split(' ') ?? [];
    const first = await play('first');
    expect(first.code, first.stderr).toBe(0);
    ({ rows } = boardSchema.parse(JSON.parse(readFileSync(join(root, 'first', 'leaderboard.json'), 'utf8'))));
  });
  afterAll(async () => {
    await server.close();
  });

  it('stand on one board with the benchmark and the placebos', () => {
    const count = (role: string): number => rows.filter((row) => row.role === role).length;
    expect([count('contestant'), count('benchmark'), count('placebo')]).toEqual([10, 1, 4]);
    expect(rows.filter(({ rank }) => rank !== null)).toHaveLength(10);
  });

  it('make every decision that they have a reply to, the last one too, and more than 95 % of those due', () => {
    for (const { run: name, decisions } of runs) {
      const { coveragePct, models } = rowOf(name);
      expect(models?.questions, name).toBe(DUE);
      const readable = [...decisions.values()].filter(({ text }) => text !== '').length;
      expect(coveragePct, name).toBeCloseTo((100 * readable) / DUE, 6);
      expect(coveragePct, name).toBeGreaterThan(95);
    }
  });

  it('ask nobody, though there are keys and a server, and what they cost is not known', () => {
    expect(server.requests()).toBe(0);
    const asking = rows.flatMap(({ models }) => models ?? []);
    expect(asking).toHaveLength(10);
    expect(asking.map(({ costUsd }) => costUsd)).toEqual(asking.map(() => null));
  });

  it('come out the same when they are played again', async () => {
    expect((await play('again')).code).toBe(0);
    expect(dump('again')).toBe(dump('first'));
  });

  it('have the best and the three worst of the recorded accounts, and all their signs', () => {
    const recorded = [...accounts].sort(([, a], [, b]) => b.returnPct - a.returnPct).map(([name]) => name);
    const ours = rows.filter(({ role }) => role === 'contestant').map(({ name }) => name);
    expect(ours[0]).toBe(recorded[0]);
    expect(ours.at(-1)).toBe(recorded.at(-1));
    expect(new Set(ours.slice(-3))).toEqual(new Set(recorded.slice(-3)));
    for (const [name, { returnPct }] of accounts)
      if (Math.abs(returnPct) > 4.5)
        expect(Math.sign(rowOf(name).returnPct), name).toBe(Math.sign(returnPct));
  });

  it('fill as a second writing of our rules does, trade for trade, and end with the same money', () => {
    const market = pricesHere(join(root, 'market'));
    const fills = fillsByName(dump('first'));
    for (const { run: name, decisions } of runs) {
      const books = playBooks(market, decisions, OUR_RULES);
      expect(books.open, name).toEqual([]);
      const expected = books.trades.flatMap((trade) => [
        [trade.entryMs, trade.entryPrice, trade.quantity],
        [trade.exitMs, trade.exitPrice, -trade.quantity],
      ]);
      const inOrder = (list: number[][]): number[][] =>
        list.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
      const found = (fills.get(name) ?? []).map(({ timeMs, price, quantity }) => [timeMs, price, quantity]);
      expect(found.length, name).toBe(expected.length);
      inOrder(expected).forEach((fill, k) => {
        inOrder(found)[k]?.forEach((figure, part) => {
          expect(figure / (fill[part] ?? NaN), `${name}: fill ${String(k)}`).toBeCloseTo(1, 9);
        });
      });
      expect(rowOf(name).equityUsd).toBeCloseTo(books.finalUsd, 6);
    }
  });

  it('have one whose 17 trades begin alike in both books, and five of which end otherwise inside a bar', () => {
    const market = pricesHere(join(root, 'market'));
    const explained = runs.find(({ run: name }) => name === 'anthropic_temp01_trial10');
    if (explained === undefined) throw new Error('the run of docs/recorded-runs.md is not there');
    const tradesBy = (rules: BookRules): BookTrade[] =>
      [...playBooks(market, explained.decisions, rules).trades].sort(
        (a, b) => a.entryMs - b.entryMs || a.coin.localeCompare(b.coin),
      );
    const theirs = tradesBy(RULES_THERE);
    const ours = tradesBy(OUR_RULES);
    const entries = (trades: readonly BookTrade[]): unknown[] =>
      trades.map(({ coin, entryMs, quantity }) => [coin, entryMs, quantity]);
    expect(entries(ours)).toHaveLength(17);
    expect(entries(ours)).toEqual(entries(theirs));
    const otherwise = ours.filter(({ exitMs }, k) => exitMs !== theirs[k]?.exitMs);
    expect(otherwise.map(({ coin, exit }) => `${coin} ${exit}`)).toEqual([
      'BNB stop',
      'BNB target',
      'XRP stop',
      'SOL stop',
      'ETH stop',
    ]);
  });
});

type Fill = Pick<LedgerEntry, 'timeMs' | 'price' | 'quantity'>;

/** Entries and exits of every contestant by its name, from a journal's dump. */
function fillsByName(text: string): Map<string, Fill[]> {
  const lineSchema = z.object({
    event: z.string().optional(),
    c: z.int().optional(),
    name: z.string().optional(),
    fill: z
      .object({
        contestant: z.int(),
        effect: z.string(),
        timeMs: z.number(),
        price: z.number(),
        quantity: z.number(),
      })
      .optional(),
  });
  const names = new Map<number, string>();
  const fills = new Map<string, Fill[]>();
  for (const line of text.trim().split('\n')) {
    const { event, c, name, fill } = lineSchema.parse(JSON.parse(line));
    if (event === 'joined' && c !== undefined && name !== undefined) names.set(c, name);
    if (fill === undefined || fill.effect === 'funding') continue;
    const owner = names.get(fill.contestant) ?? '';
    fills.set(owner, [...(fills.get(owner) ?? []), fill]);
  }
  return fills;
}
