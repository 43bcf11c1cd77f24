import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFailed } from 'vitest';
import { z } from 'zod';
import { journalOf } from '../../src/cli/wire.js';
import { type QuoteEvent, quoteEventsOf } from '../../src/core/deployment/quote-events.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import { DAY_MS, HOUR_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed } from '../support/local-exchange/venue-market.js';
import { until } from '../support/until.js';

/** An hour of the exchange lasts this long here. */
const HOUR_HERE_MS = 4000;
const FACTOR = HOUR_MS / HOUR_HERE_MS;
const START_MS = Date.UTC(2026, 0, 5);
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const PATIENCE_MS = 120_000;

const { path: root, remove } = temporaryFolder();
interface Running {
  readonly child: ChildProcess;
  readonly ended: ReturnType<typeof ended>;
  readonly words: string[];
}
const running = new Set<Running>();
const clock = createExchangeClock(START_MS + 20 * DAY_MS);
/** It falls for weeks: who holds loses a fifth in the eight days, who buys the falls gains. */
const market = generateMarket({
  seed: 24,
  symbols: SYMBOLS,
  timeframe: '1h',
  startMs: START_MS,
  length: 24 * 90,
});
const exchange = await openLocalExchange({
  venue: 'binance',
  markets: market.symbols.map((symbol) => listed(symbol)),
  data: dataOfMarket(market),
  clock,
});
const folder = (name: string): string => join(root, name);
const places = [
  ...['--config', folder('config.json'), '--state', folder('arena')],
  ...['--deployments', folder('deployments'), '--paper', folder('paper')],
];
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  const paper = paperPid();
  if (paper !== undefined) killNow(paper);
  clock.stop();
  await exchange.close();
  remove();
});

mkdirSync(folder('contestants'));
mkdirSync(join(folder('deployments'), 'trials'), { recursive: true });
const long = (entry: number, exit: number): object => ({
  kind: 'donchian-breakout',
  params: { entry, exit, stop: 0.3 },
});
writeFileSync(
  join(folder('contestants'), 'a.json'),
  JSON.stringify([
    { title: 'quick', kind: 'sma-cross', params: { fast: 1, slow: 2 } },
    { title: 'calm', kind: 'sma-cross', params: { fast: 5, slow: 20 } },
    { title: 'slow', kind: 'ema-cross', params: { fast: 10, slow: 60 } },
    { title: 'bands', kind: 'rsi-bands', params: { period: 9 } },
    { title: 'wide bands', kind: 'rsi-bands', params: { period: 5, low: 20, high: 70 } },
    { title: 'breakout', ...long(20, 10) },
    { title: 'short breakout', ...long(6, 6) },
  ]),
);
writeFileSync(
  join(folder('deployments'), 'trials', 'first.json'),
  JSON.stringify({ study: 'mine', number: 1, value: 1, contestant: long(3, 200) }),
);
writeFileSync(
  folder('config.json'),
  JSON.stringify({
    market: { exchangeUrl: exchange.url, symbols: SYMBOLS, warmupBars: 100 },
    live: { clockFactor: FACTOR },
    paper: {
      fills: 'quote',
      pollMs: 50,
      quoteSeconds: 3000,
      dayLossFraction: 0,
      weekLossFraction: 0,
      drawdownFraction: 0,
    },
    contestants: { folder: folder('contestants') },
    logs: { folder: folder('logs') },
  }),
);

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = startCli([...args, ...places], env);
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => words.push(text.toString()));
  const one = { child, ended: ended(child), words };
  running.add(one);
  return one;
}

const run = (...args: string[]): CliResult => runCli([...args, ...places]);
const startArena = (env?: Record<string, string>): Running =>
  start(['arena', '--market', 'live', '--exchange', 'binance', '--quiet'], env);
const startDeployer = (more: readonly string[], env?: Record<string, string>): Running =>
  start(['deployer', '--hybrid-mode', '--check-interval', '0.2', ...more], env);
const startPaper = (env?: Record<string, string>): Running => start(['paper'], env);

async function end(one: Running, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  one.child.kill(signal);
  const wanted = signal === 'SIGKILL' ? { code: null, signal } : { code: 0, signal: null };
  expect(await one.ended, one.words.join('')).toEqual(wanted);
}

/** Dies by its own hand at the named moment, as by kill -9. */
async function dies(one: Running): Promise<void> {
  expect(await one.ended, one.words.join('')).toMatchObject({ signal: 'SIGKILL' });
}

/** The paper trader that somebody else has started. */
function paperPid(): number | undefined {
  const path = join(folder('paper'), '.heartbeat');
  if (!existsSync(path)) return undefined;
  const beat = z.looseObject({ pid: z.int(), status: z.string() }).safeParse(jsonOf(path)).data;
  return beat === undefined || beat.status === 'stopped' || !isAlive(beat.pid) ? undefined : beat.pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function killNow(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

/** Undefined while it is not there or being written. */
function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const deployedSchema = z.looseObject({
  generation: z.int(),
  champion: z.looseObject({ name: z.string() }).nullable(),
  health: z.looseObject({ state: z.string() }),
});
function deployed(): z.infer<typeof deployedSchema> | undefined {
  return deployedSchema.safeParse(jsonOf(join(folder('deployments'), 'deployment_state.json'))).data;
}

interface PaperRound {
  readonly barMs: number;
  readonly quotes: readonly QuoteEvent[];
  readonly fills: readonly LedgerEntry[];
  readonly handOvers: readonly { generation: number; steps: { symbol: string; quantity: number }[] }[];
}
const handOverSchema = z.looseObject({
  event: z.literal('hand-over'),
  generation: z.int(),
  steps: z.array(z.looseObject({ symbol: z.string(), quantity: z.number() })),
});

function paperRounds(): PaperRound[] {
  const store = journalOf(folder('paper'), true);
  try {
    return [...store.rounds(1)].map(({ barMs, events, fills }) => ({
      barMs,
      quotes: quoteEventsOf(events),
      fills: Array.from({ length: ledgerCount(fills) }, (_, i) => readLedgerEntry(fills, i)),
      handOvers: events.flatMap((line) => handOverSchema.safeParse(JSON.parse(line)).data ?? []),
    }));
  } finally {
    store.close();
  }
}

const arenaSeq = (): number => {
  const store = journalOf(folder('arena'), true);
  try {
    return store.lastCommit()?.seq ?? 0;
  } finally {
    store.close();
  }
};
const generationOf = (rounds: readonly PaperRound[]): number =>
  rounds.flatMap(({ handOvers }) => handOvers).at(-1)?.generation ?? 0;
const held = (): number =>
  z
    .looseObject({ positions: z.array(z.unknown()) })
    .safeParse(jsonOf(join(folder('paper'), 'positions_state.json'))).data?.positions.length ?? 0;
const reached = (generation: number): Promise<void> =>
  until(
    `generation ${String(generation)} is active`,
    () => deployed()?.generation === generation && deployed()?.health.state === 'active',
    PATIENCE_MS,
  );

describe('arena, deployer and a paper trader at live quotes', () => {
  it('promotes by hand, hands positions over, goes back and sells at once, each of them killed on the way', async () => {
    onTestFailed(() => {
      for (const { child, words } of running) console.error(child.spawnargs.join(' '), words.join(''));
    });
    clock.run(FACTOR);
    let arena = startArena();
    await until('the first round', () => existsSync(folder('arena')) && arenaSeq() > 0, PATIENCE_MS);
    let deployer = startDeployer([]);
    await reached(1);
    await until('the first champion has bought at quotes', () => held() > 0, PATIENCE_MS);

    // All three are killed, and eight days pass.
    const pid = paperPid();
    expect(pid, 'the deployer has started the paper trader').toBeDefined();
    killNow(pid ?? NaN);
    await Promise.all([end(arena, 'SIGKILL'), end(deployer, 'SIGKILL')]);
    const before = paperRounds().length;
    clock.advance(8 * DAY_MS);
    arena = startArena();
    await until(
      'a candidate',
      () => existsSync(join(folder('arena'), 'promotion_candidate.json')),
      PATIENCE_MS,
    );
    deployer = startDeployer(['--no-supervise']);
    let paper = startPaper();
    await until('the paper trader has caught up', () => paperRounds().length > before + 190, PATIENCE_MS);
    await until('something is held', () => held() > 0, PATIENCE_MS);

    // An approval, and everybody dies at the worst moment.
    await end(deployer, 'SIGKILL');
    const approved = run('approve', '--yes', '--override', 'it leads');
    expect(approved.code, approved.stdout + approved.stderr).toBe(0);
    for (const fault of ['before-commit:1', 'after-commit:1', 'before-rename:1'])
      await dies(startDeployer(['--no-supervise'], { ARENA_FAULT: fault }));
    await end(arena, 'SIGKILL');
    await dies(startArena({ ARENA_FAULT: 'before-commit:1' }));
    deployer = startDeployer(['--no-supervise']);
    arena = startArena();
    await end(paper, 'SIGKILL');
    for (const fault of ['before-commit:1', 'after-commit:1', 'after-commit:2'])
      await dies(startPaper({ ARENA_FAULT: fault }));
    paper = startPaper();
    await reached(2);

    // Back to the champion before, on today's positions.
    expect(run('rollback', '--reason', 'a test').code).toBe(0);
    await reached(3);
    await until('something is held', () => held() > 0, PATIENCE_MS);
    const filed = run('kill', '--reason', 'out', '--flatten');
    expect(filed.stdout).toContain('at the next quote');
    await until('everything is sold', () => held() === 0, PATIENCE_MS);
    const killedAt = paperRounds().length;
    await end(paper, 'SIGKILL');
    paper = startPaper();
    await until('the kill is a round', () => paperRounds().length > killedAt, PATIENCE_MS);
    for (const one of [paper, deployer, arena]) await end(one, 'SIGTERM');
    clock.stop();

    const verified = run('verify', '--replay');
    expect(verified.stdout + verified.stderr).not.toContain('FAIL');
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    const rounds = paperRounds();
    expect(rounds.flatMap(({ handOvers }) => handOvers.map(({ generation }) => generation))).toEqual([
      1, 2, 3,
    ]);
    expect(
      rounds.flatMap(({ handOvers }) => handOvers).filter(({ steps }) => steps.length > 0).length,
      'positions went over',
    ).toBeGreaterThan(0);
    const taken = rounds.flatMap(({ quotes }) => quotes).filter(({ event }) => event === 'quote-fill');
    const slots = taken.map((quote) => `${String(quote.slotMs)} ${'symbol' in quote ? quote.symbol : ''}`);
    expect(new Set(slots).size, 'no bar is filled at two quotes').toBe(slots.length);
    const sold = rounds.flatMap(({ quotes }) => quotes).filter(({ event }) => event === 'quote-flatten');
    expect(sold.length).toBeGreaterThan(0);
    const trades = rounds.flatMap(({ fills }) => fills).filter(({ effect }) => /entry|exit/.test(effect));
    const lines = readFileSync(join(folder('paper'), 'trades.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1 + trades.length);
    expect(generationOf(rounds)).toBe(3);
  }, 600_000);
});
