/** A live arena in a process of its own, looked at once a day of its exchange. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { createExchangeClock } from '../../test/support/local-exchange/exchange-clock.js';
import { openLocalExchange } from '../../test/support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../../test/support/local-exchange/venue-data.js';
import { listed } from '../../test/support/local-exchange/venue-market.js';
import { type Inspector, openInspector } from './inspector.js';

export interface MemorySettings {
  readonly days: number;
  /** How long an hour of the exchange lasts here. */
  readonly hourMs: number;
  readonly instrument: 'spot' | 'perpetual';
}

/** At the end of a day, after a collection. */
export interface MemoryOfDay {
  readonly day: number;
  readonly rounds: number;
  /** What the system has given the process. */
  readonly residentBytes: number;
  /** Of it, what V8 sets aside for new objects; it gives itself more or less of that as it likes. */
  readonly youngBytes: number;
  /** What objects take. */
  readonly heapBytes: number;
  /** Buffers outside the heap. */
  readonly bufferBytes: number;
  /** Files and connections; undefined where the system does not tell. */
  readonly descriptors: number | undefined;
}

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const START_MS = Date.UTC(2026, 0, 5);
const WARMUP_DAYS = 30;
/** The newest bar of an exchange is an open one. */
const DAYS_AFTER = 3;
const SEED = 5;
const TICK = 0.00001;
/** How long a process may take to say where it is looked into, and to end. */
const PATIENCE_MS = 30_000;

export async function memoryOfArena(
  { days, hourMs, instrument }: MemorySettings,
  seen: (day: number) => void,
): Promise<readonly MemoryOfDay[]> {
  const perpetual = instrument === 'perpetual';
  const market = generateMarket({
    seed: SEED,
    symbols: SYMBOLS,
    timeframe: '1h',
    startMs: START_MS,
    length: 24 * (WARMUP_DAYS + days + DAYS_AFTER),
    perpetual,
  });
  const clock = createExchangeClock(START_MS + WARMUP_DAYS * DAY_MS + HOUR_MS / 12);
  const exchange = await openLocalExchange({
    venue: perpetual ? 'binanceusdm' : 'binance',
    markets: SYMBOLS.map((symbol) => listed(perpetual ? `${symbol}:USDT` : symbol, { tickSize: TICK })),
    data: dataOfMarket(market, (name) => name.replace(/:.*/, '')),
    clock,
  });
  const folder = mkdtempSync(join(tmpdir(), 'soak-memory-'));
  const factor = HOUR_MS / hourMs;
  writeFileSync(join(folder, 'live.json'), JSON.stringify({ live: { clockFactor: factor } }));
  clock.run(factor);
  const child = spawn(
    process.execPath,
    [
      ...['--inspect=127.0.0.1:0', 'dist/cli/main.cjs', 'arena', '--quiet', '--json'],
      ...['--market', 'live', '--exchange', 'binance', '--instrument', instrument],
      ...['--symbols', SYMBOLS.join(','), '--exchange-url', exchange.url],
      ...['--config', join(folder, 'live.json'), '--state', join(folder, 'state')],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-2_000);
  });
  const over = (): Error => new Error(`the arena ended with ${String(child.exitCode)}: ${said}`);
  const ended = new Promise<void>((resolve) => child.once('close', resolve));
  let inspector: Inspector | undefined;
  try {
    inspector = await openInspector(child, PATIENCE_MS);
    const began = clock.now();
    const found: MemoryOfDay[] = [];
    for (let day = 1; day <= days; day++) {
      while (clock.now() < began + day * DAY_MS && child.exitCode === null) await sleep(hourMs);
      if (child.exitCode !== null) throw over();
      found.push(await look(inspector, child, day, join(folder, 'state')));
      seen(day);
    }
    // Node waits for whoever looks into it.
    inspector.close();
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (child.exitCode !== 0) throw over();
    return found;
  } finally {
    inspector?.close();
    child.kill('SIGKILL');
    await ended;
    clock.stop();
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const usageSchema = z.object({
  rss: z.number(),
  heapUsed: z.number(),
  arrayBuffers: z.number(),
  spaces: z.array(z.looseObject({ space_name: z.string(), physical_space_size: z.number() })),
});
const USAGE =
  "({ ...process.memoryUsage(), spaces: process.getBuiltinModule('v8').getHeapSpaceStatistics() })";
const stateSchema = z.looseObject({ rounds: z.number() });

async function look(
  inspector: Inspector,
  { pid }: ChildProcess,
  day: number,
  state: string,
): Promise<MemoryOfDay> {
  // Twice: what the first one frees lets go of more.
  for (let n = 0; n < 2; n++) await inspector.call('HeapProfiler.collectGarbage');
  const usage = usageSchema.parse(await inspector.evaluate(USAGE));
  const descriptors = `/proc/${String(pid)}/fd`;
  const file = join(state, 'arena_state.json');
  // Before the first round there is none.
  const rounds = existsSync(file) ? stateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).rounds : 0;
  return {
    day,
    rounds,
    residentBytes: usage.rss,
    youngBytes: usage.spaces.find((space) => space.space_name === 'new_space')?.physical_space_size ?? 0,
    heapBytes: usage.heapUsed,
    bufferBytes: usage.arrayBuffers,
    descriptors: existsSync(descriptors) ? readdirSync(descriptors).length : undefined,
  };
}
