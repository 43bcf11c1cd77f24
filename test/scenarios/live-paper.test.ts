import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type QuoteEvent, quoteEventsOf } from '../../src/core/deployment/quote-events.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed } from '../support/local-exchange/venue-market.js';
import { until } from '../support/until.js';

/** An hour of the exchange lasts this long here. */
const HOUR_HERE_MS = 4000;
const FACTOR = HOUR_MS / HOUR_HERE_MS;
const START_MS = Date.UTC(2026, 0, 5);
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

const { path: root, remove } = temporaryFolder();
interface Running {
  readonly child: ChildProcess;
  readonly ended: ReturnType<typeof ended>;
  readonly words: string[];
}
const running = new Set<Running>();
const clock = createExchangeClock(START_MS + 30 * 24 * HOUR_MS);
const market = generateMarket({
  seed: 5,
  symbols: SYMBOLS,
  timeframe: '1h',
  startMs: START_MS,
  length: 24 * 60,
});
const exchange = await openLocalExchange({
  venue: 'binance',
  markets: market.symbols.map((symbol) => listed(symbol)),
  data: dataOfMarket(market),
  clock,
});
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  clock.stop();
  await exchange.close();
  remove();
});

const state = join(root, 'arena');
const config = join(root, 'config.json');
mkdirSync(join(root, 'contestants'));
writeFileSync(
  join(root, 'contestants', 'a.json'),
  JSON.stringify([
    { title: 'busy', kind: 'sma-cross', params: { fast: 1, slow: 2, stop: 0.003 } },
    { title: 'calm', kind: 'sma-cross', params: { fast: 5, slow: 20 } },
  ]),
);
writeFileSync(
  config,
  JSON.stringify({
    market: { exchangeUrl: exchange.url, symbols: SYMBOLS, warmupBars: 50 },
    live: { clockFactor: FACTOR },
    paper: { pollMs: 50, quoteSeconds: 3000 },
    contestants: { folder: join(root, 'contestants') },
    state: { folder: state },
  }),
);

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = startCli([...args, '--config', config], env);
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => words.push(text.toString()));
  const one = { child, ended: ended(child), words };
  running.add(one);
  return one;
}

async function end(crew: readonly Running[], signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  for (const { child } of crew) child.kill(signal);
  const left = await Promise.all(crew.map(({ ended: code }) => code));
  const words = crew.map((one) => one.words.join('')).join('\n---\n');
  const wanted = signal === 'SIGKILL' ? { code: null, signal } : { code: 0, signal: null };
  expect(left, words).toEqual(crew.map(() => wanted));
}

function foldersOf(name: string): string[] {
  return ['--paper', join(root, name, 'paper'), '--deployments', join(root, name, 'deployments')];
}

/** Deploys a contestant as the deployer's file says it, by hand. */
function deploy(name: string, title: string): void {
  const store = journalOf(state, true);
  const row = store.contestants().find((one) => one.name === title);
  store.close();
  if (row === undefined) throw new Error(`no contestant ${title}`);
  const { manifest } = JSON.parse(row.body) as { manifest: unknown };
  const folder = join(root, name, 'deployments');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'deployment_state.json'),
    JSON.stringify({
      schema_version: 2,
      generation: 1,
      champion: { id: row.id, name: title, manifest, source: 'by-hand' },
    }),
  );
}

interface Told {
  readonly barMs: number;
  readonly quotes: readonly QuoteEvent[];
  readonly fills: readonly LedgerEntry[];
}

function roundsOf(folder: string): Told[] {
  const store = journalOf(folder, true);
  try {
    return [...store.rounds(1)].map(({ barMs, events, fills }) => ({
      barMs,
      quotes: quoteEventsOf(events),
      fills: Array.from({ length: ledgerCount(fills) }, (_, i) => readLedgerEntry(fills, i)),
    }));
  } finally {
    store.close();
  }
}

const tradesOf = (name: string): LedgerEntry[] =>
  roundsOf(join(root, name, 'paper')).flatMap(({ fills }) => [...fills]);

describe('the paper trader beside an arena on a live market', () => {
  it('trades at opens or at quotes, is killed with the arena, goes on, and its journal plays again', async () => {
    clock.run(FACTOR);
    const arena = ['arena', '--market', 'live', '--exchange', 'binance', '--quiet'];
    const bars = ['paper', ...foldersOf('bars')];
    const quotes = ['paper', '--fills', 'quote', ...foldersOf('quotes')];
    let crew = [start(arena)];
    await until('the first round', () => roundsOf(state).length > 0, 120_000);
    for (const name of ['bars', 'quotes']) deploy(name, 'busy');
    crew.push(start(bars), start(quotes));
    await until(
      'both have traded',
      () => ['bars', 'quotes'].every((name) => tradesOf(name).length > 1),
      120_000,
    );
    await end(crew, 'SIGKILL');
    const before = tradesOf('quotes').length;

    crew = [start(arena), start(bars)];
    // Its commits are rounds, and quotes that a round has not used yet: it dies beside either.
    for (const fault of ['after-commit:1', 'before-commit:2', 'after-commit:2']) {
      const dying = start(quotes, { ARENA_FAULT: fault });
      expect(await dying.ended, dying.words.join('')).toMatchObject({ signal: 'SIGKILL' });
    }
    crew.push(start(quotes));
    const played = roundsOf(join(root, 'quotes', 'paper')).length;
    await until(
      'both go on, and a stop is reached between two bars',
      () =>
        roundsOf(join(root, 'quotes', 'paper')).length > played + 1 &&
        ['bars', 'quotes'].every((name) => tradesOf(name).length > before) &&
        roundsOf(join(root, 'quotes', 'paper')).some((round) =>
          round.quotes.some(({ event }) => event === 'quote-exit'),
        ),
      120_000,
    );
    await end(crew, 'SIGTERM');
    clock.stop();

    for (const name of ['bars', 'quotes']) {
      const verified = runCli(['verify', '--replay', '--config', config, ...foldersOf(name)]);
      expect(verified.stdout + verified.stderr).not.toContain('FAIL');
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    }
    const told = roundsOf(join(root, 'quotes', 'paper'));
    const taken = told.flatMap((round) => round.quotes.filter((quote) => quote.event === 'quote-fill'));
    expect(taken.length).toBeGreaterThan(0);
    for (const { slotMs, bid, ask, latencyMs } of taken) {
      expect(bid).toBeLessThan(ask);
      expect((slotMs - START_MS) % HOUR_MS).toBe(0);
      expect(latencyMs.settledMs ?? 0).toBeLessThanOrEqual(latencyMs.decidedMs);
      expect(latencyMs.decidedMs).toBeLessThanOrEqual(latencyMs.quoteMs);
    }
    for (const { quotes: all, fills } of told)
      for (const fill of fills) {
        const at = all
          .filter((quote) => 'bid' in quote)
          .find((one) => one.symbol === market.symbols[fill.symbol]);
        if (at === undefined || fill.spreadUsd !== 0) continue;
        expect([at.bid, at.ask]).toContain(fill.referencePrice);
        expect(fill.referencePrice).toBe(fill.quantity > 0 ? at.ask : at.bid);
      }
    const slippage = runCli(['paper', 'slippage', '--json', '--config', config, ...foldersOf('quotes')]);
    const { fills, rows } = JSON.parse(slippage.stdout) as {
      fills: number;
      rows: { latencyP50Ms: number }[];
    };
    expect(fills).toBeGreaterThan(0);
    expect(fills).toBeLessThanOrEqual(tradesOf('quotes').length);
    expect(rows.every(({ latencyP50Ms }) => latencyP50Ms > 0)).toBe(true);
  }, 400_000);

  it('writes what its fills cost as a table that a new arena starts with', () => {
    const table = join(root, 'costs.json');
    const slippage = ['paper', 'slippage', '--export', table, '--config', config];
    expect(runCli([...slippage, ...foldersOf('quotes')]).stdout).toContain('Latency p50 s');
    const { symbols } = JSON.parse(readFileSync(table, 'utf8')) as { symbols: { halfSpreadBps: number }[] };
    const plain = join(root, 'plain.json');
    writeFileSync(plain, JSON.stringify({ contestants: { folder: join(root, 'contestants') } }));
    const folder = join(root, 'measured');
    const again = ['arena', '--days', '1', '--quiet', '--state', folder, '--costs', table, '--config', plain];
    expect(runCli(again)).toMatchObject({ code: 0 });
    const store = journalOf(folder, true);
    const { costs } = JSON.parse(store.meta('settings') ?? '{}') as { costs: { halfSpreadBps: number } };
    store.close();
    const spreads = symbols.map(({ halfSpreadBps }) => halfSpreadBps);
    expect(costs.halfSpreadBps).toBeGreaterThanOrEqual(Math.min(...spreads));
    expect(costs.halfSpreadBps).toBeLessThanOrEqual(Math.max(...spreads));
    writeFileSync(table, '{"schemaVersion":2}');
    expect(runCli(again)).toMatchObject({ code: 2 });
  });

  it('refuses quotes for an account that was begun at opens', () => {
    const refused = runCli(['paper', '--once', '--fills', 'quote', '--config', config, ...foldersOf('bars')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('was started with fills at the next open');
  });

  it('refuses opens for an account that was begun at quotes, where somebody says so', () => {
    const refused = runCli(['paper', '--once', '--fills', 'bar', '--config', config, ...foldersOf('quotes')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('was started with fills at quotes, not at the next open');
  });

  it("reads the prices in its arena's state, wherever that was moved", () => {
    const moved = join(root, 'moved');
    renameSync(state, moved);
    const place = ['--state', moved, '--config', config];
    for (const command of [
      ['verify', '--replay', ...foldersOf('quotes')],
      ['paper', 'slippage', ...foldersOf('quotes')],
      ['paper', '--once', ...foldersOf('bars')],
    ]) {
      const { code, stdout, stderr } = runCli([...command, ...place]);
      expect(code, stdout + stderr).toBe(0);
    }
  });
});
