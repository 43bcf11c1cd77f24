import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { quoteEventsOf } from '../../src/core/deployment/quote-events.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import type { StoredRound } from '../../src/ports/arena-store.js';
import { ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed } from '../support/local-exchange/venue-market.js';
import { madeTrader } from '../support/made-trader.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { until } from '../support/until.js';

/** An hour of the exchange lasts this long here. */
const HOUR_HERE_MS = 4000;
const FACTOR = HOUR_MS / HOUR_HERE_MS;
const START_MS = Date.UTC(2026, 0, 5);
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const PATIENCE_MS = 120_000;

const { path: root, remove } = temporaryFolder();
const running = new Set<ChildProcess>();
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
/** Real milliseconds. */
let thinkMs = 300;
const models = await startOpenaiServer({
  key: 'sk-made-7f3a',
  script: async (asked) => {
    await sleep(thinkMs);
    return madeTrader(asked);
  },
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  clock.stop();
  await exchange.close();
  await models.close();
  remove();
});

const folder = (name: string): string => join(root, name);
const config = folder('config.json');
const params = { provider: 'openai', model: 'gpt-4o-mini', temperature: 0.1 };
mkdirSync(folder('contestants'));
mkdirSync(folder('deployments'));
writeFileSync(
  join(folder('contestants'), 'a.json'),
  JSON.stringify([{ kind: 'sma-cross' }, { title: 'thinker', kind: 'llm-trader', params }]),
);
writeFileSync(
  config,
  JSON.stringify({
    market: { exchangeUrl: exchange.url, symbols: SYMBOLS, warmupBars: 50 },
    live: { clockFactor: FACTOR },
    // With other cash its questions are not those of the champion's own account.
    paper: { folder: folder('paper'), cashUsd: 20_000, fills: 'quote', pollMs: 50, quoteSeconds: 3000 },
    deployments: { folder: folder('deployments') },
    contestants: { folder: folder('contestants') },
    state: { folder: folder('arena') },
    logs: { folder: 'off' },
    llm: {
      recordings: folder('calls.sqlite'),
      providers: { openai: { baseUrl: models.baseUrl, requestsPerMinute: null, tokensPerMinute: null } },
    },
  }),
);
/** Deploys a contestant as the deployer's file says it, by hand. */
function deploy(title: string): void {
  const store = journalOf(folder('arena'), true);
  const row = store.contestants().find((one) => one.name === title);
  store.close();
  if (row === undefined) throw new Error(`no contestant ${title}`);
  const { manifest } = JSON.parse(row.body) as { manifest: unknown };
  const champion = { id: row.id, name: title, manifest, source: 'by-hand' };
  writeFileSync(
    join(folder('deployments'), 'deployment_state.json'),
    JSON.stringify({ schema_version: 2, generation: 1, champion }),
  );
}

function start(...args: string[]): { child: ChildProcess; ended: ReturnType<typeof ended>; words: string[] } {
  const child = startCli([...args, '--config', config], { OPENAI_API_KEY: 'sk-made-7f3a' });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => words.push(text.toString()));
  running.add(child);
  return { child, ended: ended(child), words };
}

function roundsOf(name: string): StoredRound[] {
  const store = journalOf(folder(name), true);
  try {
    return [...store.rounds(1)];
  } finally {
    store.close();
  }
}

const isLate = ({ events }: StoredRound): boolean =>
  events.some((line) => line.includes('"event":"model-call"') && line.includes('"late"'));

describe('a language model as champion of a paper account at live quotes', () => {
  it('has its think time apart in the latency of its fills, and holds where it answers after the next bar', async () => {
    clock.run(FACTOR);
    const arena = start('arena', '--market', 'live', '--exchange', 'binance', '--quiet');
    await until('the first round', () => roundsOf('arena').length > 0, PATIENCE_MS);
    deploy('thinker');
    const paper = start('paper');
    const taken = (): ReturnType<typeof quoteEventsOf> =>
      roundsOf('paper')
        .flatMap(({ events }) => quoteEventsOf(events))
        .filter(({ event }) => event === 'quote-fill');
    await until('it has traded', () => taken().length > 1, PATIENCE_MS);
    thinkMs = 10 * HOUR_HERE_MS;
    await until('an answer was late', () => roundsOf('paper').some(isLate), PATIENCE_MS);
    thinkMs = 300;
    const late = roundsOf('paper').findLastIndex(isLate);
    await until(
      'it goes on',
      () => roundsOf('paper').length > late + 2 && !roundsOf('paper').slice(-1).some(isLate),
      PATIENCE_MS,
    );
    for (const one of [paper, arena]) {
      one.child.kill('SIGTERM');
      expect(await one.ended, one.words.join('')).toEqual({ code: 0, signal: null });
    }
    clock.stop();

    for (const quote of taken()) {
      if (quote.event !== 'quote-fill') continue;
      const { settledMs = NaN, thinkMs: thoughtMs = NaN, decidedMs, quoteMs } = quote.latencyMs;
      expect(thoughtMs).toBeGreaterThanOrEqual(300 * FACTOR * 0.9);
      expect(decidedMs).toBeGreaterThanOrEqual(settledMs + thoughtMs - 1000);
      expect(quoteMs).toBeGreaterThanOrEqual(decidedMs);
      expect(quoteMs, 'it filled within the bar').toBeLessThan(HOUR_MS);
    }
    expect(roundsOf('arena').some(isLate), 'as in the arena').toBe(true);
    for (const round of roundsOf('paper').filter(isLate))
      expect(round.decisions.join(), 'a late answer is a hold').not.toContain('"intents"');
    const slippage = ['paper', 'slippage', '--config', config];
    const { rows } = JSON.parse(runCli([...slippage, '--json']).stdout) as { rows: { thinkP50Ms: number }[] };
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.thinkP50Ms).toBeGreaterThanOrEqual(300 * FACTOR * 0.9);
    expect(runCli(slippage).stdout).toContain('Think s');
    const verified = runCli(['verify', '--replay', '--config', config]);
    expect(verified.stdout + verified.stderr).not.toMatch(/FAIL|fail/);
  }, 400_000);
});
