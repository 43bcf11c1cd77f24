import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openMarketLog } from '../../src/adapters/storage/sqlite-market-log.js';
import { spotInstrument } from '../../src/core/domain/instrument.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { LISTED_START_MS, openListedExchange } from '../support/listed-exchange.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { type LocalExchange, openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';

let exchange: LocalExchange | undefined;
let removes: (() => void)[] = [];
afterEach(async () => {
  await exchange?.close();
  exchange = undefined;
  for (const remove of removes) remove();
  removes = [];
});

function newFolder(): string {
  const { path, remove } = temporaryFolder();
  removes.push(remove);
  return path;
}

async function listedExchange(hours: number, further = 0): Promise<LocalExchange> {
  return (exchange = await openListedExchange(hours, further));
}

const FROM = ['--from', '2025-01-06'];
const COINS = ['--symbols', 'BTC/USDT,ETH/USDT'];

function download(
  out: string,
  args: readonly string[],
  seen?: Parameters<typeof runCliBeside>[2],
): Promise<CliResult> {
  const all = [
    'market',
    'download',
    '--exchange',
    'binance',
    '--exchange-url',
    exchange?.url ?? '',
    '--out',
    out,
  ];
  return runCliBeside([...all, ...args], {}, seen);
}

function csv(out: string, name: string, file = '1h.csv', folder = 'binance-1h'): string {
  return readFileSync(join(out, folder, name, file), 'utf8');
}

describe('market download', () => {
  it('writes closed bars alone, in a folder that the arena and market check read at once', async () => {
    await listedExchange(240);
    const out = newFolder();
    const result = await download(out, [...COINS, ...FROM]);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain(
      'BTC/USDT  240 new bars; 2025-01-06 00:00 UTC to 2025-01-15 23:00 UTC, no gaps',
    );
    expect(result.stdout).toContain('ready: npm run arena -- --market');
    const lines = csv(out, 'BTC-USDT').trimEnd().split('\n');
    expect(lines[0]).toBe('timestamp,open,high,low,close,volume');
    expect(lines).toHaveLength(241);
    expect(lines[240]).toMatch(new RegExp(`^${String(LISTED_START_MS + 239 * HOUR_MS)},`));
    const market: unknown = JSON.parse(readFileSync(join(out, 'binance-1h', 'market.json'), 'utf8'));
    expect(market).toEqual({
      instrument: 'spot',
      perSymbol: {
        'BTC-USDT': { lotSize: 0.00001, minNotionalUsd: 5 },
        'ETH-USDT': { lotSize: 0.00001, minNotionalUsd: 5 },
      },
    });
    const check = await runCliBeside(['market', 'check', join(out, 'binance-1h')], {});
    expect(check.stdout).toContain('nothing to look at');
    expect(check.code).toBe(0);
    const arena = await runCliBeside(
      ['arena', '--market', join(out, 'binance-1h'), '--state', join(out, 'state'), '--quiet', '--json'],
      {},
    );
    expect(arena.code, arena.stderr).toBe(0);
    expect(existsSync(join(out, 'state', 'leaderboard.txt'))).toBe(true);
  });

  it('adds what is new with the next run, and cuts a torn line', async () => {
    const { clock } = await listedExchange(48, 24);
    const out = newFolder();
    expect((await download(out, [...COINS, ...FROM])).code).toBe(0);
    const before = csv(out, 'ETH-USDT');
    appendFileSync(
      join(out, 'binance-1h', 'ETH-USDT', '1h.csv'),
      `${String(LISTED_START_MS + 48 * HOUR_MS)},10`,
    );
    clock.advance(24 * HOUR_MS);
    const again = await download(out, ['--json']);
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      symbols: [
        { symbol: 'BTC/USDT', addedBars: 24, bars: 72, missing: 0 },
        { symbol: 'ETH/USDT', addedBars: 24, bars: 72, missing: 0 },
      ],
    });
    expect(csv(out, 'ETH-USDT').startsWith(before)).toBe(true);
    const third = await download(out, ['--json']);
    expect(JSON.parse(third.stdout)).toMatchObject({ symbols: [{ addedBars: 0 }, { addedBars: 0 }] });
  });

  it('takes no candles of another symbol for the next ones, and goes on when the right ones come', async () => {
    const { faults } = await listedExchange(24 * 120);
    const calm = newFolder();
    expect((await download(calm, [...COINS, ...FROM, '--quiet'])).code).toBe(0);
    const out = newFolder();
    expect((await download(out, [...COINS, ...FROM, '--to', '2025-03-01', '--quiet'])).code).toBe(0);
    const before = csv(out, 'BTC-USDT');
    faults.add({ kind: 'wrong-symbol' }, { only: /klines/ });
    const wrong = await download(out, ['--quiet']);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(
      /the bar of (BTC|ETH)\/USDT at .* in the folder: an answer for another symbol/,
    );
    expect(csv(out, 'BTC-USDT')).toBe(before);
    faults.clear();
    faults.add({ kind: 'wrong-symbol' }, { only: /klines/, times: 2 });
    expect((await download(out, ['--quiet'])).code).toBe(0);
    for (const name of ['BTC-USDT', 'ETH-USDT'])
      expect(csv(out, name) === csv(calm, name), `${name}: the same bytes`).toBe(true);
  });

  it('killed in the middle and begun again ends with the same bytes as an undisturbed one', async () => {
    const { faults } = await listedExchange(24 * 500);
    const wish = [...COINS, ...FROM, '--quiet'];
    const calm = newFolder();
    expect((await download(calm, wish)).code).toBe(0);
    // Slow enough to be met at work.
    faults.add({ kind: 'slow-answer', delayMs: 150 }, { only: /klines/ });
    const out = newFolder();
    for (const bytes of [60_000, 400_000]) {
      const killed = await download(out, wish, (child) => {
        void until('a part is written', () => {
          const path = join(out, 'binance-1h', 'BTC-USDT', '1h.csv');
          return existsSync(path) && readFileSync(path).length > bytes;
        }).then(() => child.kill('SIGKILL'));
      });
      expect(killed.code).toBeNull();
    }
    expect(csv(out, 'BTC-USDT').length).toBeLessThan(csv(calm, 'BTC-USDT').length);
    faults.clear();
    expect((await download(out, wish)).code).toBe(0);
    for (const name of ['BTC-USDT', 'ETH-USDT'])
      expect(csv(out, name) === csv(calm, name), `${name}: the same bytes`).toBe(true);
    const meta = (folder: string): string => readFileSync(join(folder, 'binance-1h', 'market.json'), 'utf8');
    expect(meta(out)).toBe(meta(calm));
  });

  it.skipIf(!existsSync('/dev/full'))(
    'a full disk is said, with what is safe and what to do',
    async () => {
      await listedExchange(48);
      const out = newFolder();
      const folder = join(out, 'binance-1h', 'BTC-USDT');
      mkdirSync(folder, { recursive: true });
      // A device that takes nothing, as a disk without room.
      symlinkSync('/dev/full', join(folder, '1h.csv'));
      const full = await download(out, [...COINS, ...FROM]);
      expect(full.code).toBe(1);
      expect(full.stderr).toContain('BTC-USDT/1h.csv: the disk is full (ENOSPC)');
      expect(full.stderr).toContain('every whole line is safe');
      rmSync(join(folder, '1h.csv'));
      const again = await download(out, [...COINS, ...FROM, '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({ symbols: [{ bars: 48 }, { bars: 48 }] });
    },
    60_000,
  );

  it('has funding, leverage and margin tiers of perpetuals', async () => {
    await listedExchange(100);
    const out = newFolder();
    const result = await download(out, ['--symbols', 'BTC/USDT', ...FROM, '--instrument', 'perpetual']);
    expect(result.code, result.stderr).toBe(0);
    const rates = csv(out, 'BTC-USDT', 'funding.csv', 'binance-perpetual-1h').trimEnd().split('\n');
    expect(rates[0]).toBe('timestamp,funding_rate');
    expect(rates.length).toBeGreaterThan(10);
    const market: unknown = JSON.parse(
      readFileSync(join(out, 'binance-perpetual-1h', 'market.json'), 'utf8'),
    );
    expect(market).toMatchObject({
      instrument: 'perpetual',
      perSymbol: { 'BTC-USDT': { lotSize: 0.001, maxLeverage: expect.any(Number) as number } },
    });
  });

  it('tells a gap of the exchange and fills nothing', async () => {
    const gappy = await listedExchange(72);
    gappy.hide('BTC/USDT', LISTED_START_MS + 10 * HOUR_MS, LISTED_START_MS + 13 * HOUR_MS);
    const out = newFolder();
    const result = await download(out, [...COINS, ...FROM]);
    expect(result.stdout).toContain('1 gap, 3 bars missing');
    expect(csv(out, 'BTC-USDT').trimEnd().split('\n')).toHaveLength(1 + 69);
    const check = await runCliBeside(['market', 'check', join(out, 'binance-1h')], {});
    expect(check.code).toBe(1);
    expect(check.stdout).toContain('BTC-USDT 1h 2025-01-06T10:00Z: no bars, 3 in a row');
  });

  it('asks again for a gap with the next run, and ends with the bytes of one that never met it', async () => {
    const gappy = await listedExchange(72, 24);
    const backMs = LISTED_START_MS + 80 * HOUR_MS;
    gappy.hide('BTC/USDT', LISTED_START_MS + 10 * HOUR_MS, LISTED_START_MS + 13 * HOUR_MS, backMs);
    gappy.hide('BTC/USDT', LISTED_START_MS + 30 * HOUR_MS, LISTED_START_MS + 31 * HOUR_MS);
    const out = newFolder();
    expect((await download(out, [...COINS, ...FROM])).stdout).toContain('2 gaps, 4 bars missing');
    gappy.clock.set(backMs);
    const again = await download(out, []);
    expect(again.stdout).toMatch(/BTC\/USDT {2}\d new bars and 3 that were missing;.* 1 gap, 1 bar missing/);
    expect(again.stdout).toMatch(/ETH\/USDT {2}\d new bars;.* no gaps/);
    const fresh = newFolder();
    expect((await download(fresh, [...COINS, ...FROM])).code).toBe(0);
    expect(csv(out, 'BTC-USDT')).toBe(csv(fresh, 'BTC-USDT'));
    const third = await download(out, ['--json']);
    expect(JSON.parse(third.stdout)).toMatchObject({ symbols: [{ filledBars: 0, missing: 1 }, {}] });
  });

  it('says of an exchange that tells its newest bars alone how far back they reach', async () => {
    exchange = await openLocalExchange({
      venue: 'kraken',
      markets: [],
      data: { barMs: HOUR_MS, firstMs: 0, candle: () => undefined },
      clock: createExchangeClock(LISTED_START_MS),
    });
    const args = ['market', 'download', '--exchange', 'kraken', '--exchange-url', exchange.url];
    const wish = ['--symbols', 'BTC/USD', '--timeframe', '1h', '--out', newFolder()];
    const far = await runCliBeside([...args, ...wish, '--from', '2024-01-01'], {});
    expect(far.code, far.stderr).toBe(0);
    expect(far.stdout).toContain(
      'kraken tells its newest 720 bars alone, those from 2024-12-11 03:00 UTC on',
    );
    expect(far.stdout).toMatch(/asked from 2024-01-01 00:00 UTC on, the exchange has none before\)/);
    const late = [
      '--symbols',
      'BTC/USD',
      '--timeframe',
      '1h',
      '--out',
      newFolder(),
      '--from',
      '2025-01-10T03:00',
    ];
    const none = await runCliBeside([...args, ...late], {});
    expect(none.stdout).toContain('nothing to play on yet');
    expect(none.stdout).not.toContain('ready:');
  });

  it('says what to do about a wrong symbol, a missing --from, an earlier one and another exchange', async () => {
    await listedExchange(48);
    const out = newFolder();
    const wrong = await download(out, ['--symbols', 'BCT/USDT', ...FROM]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('"BTC/USDT"');
    const without = await download(out, COINS);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('--from 2024-01-01');
    expect((await download(out, [...COINS, '--from', '2025-01-07'])).code).toBe(0);
    const earlier = await download(out, [...COINS, ...FROM]);
    expect(earlier.code).toBe(2);
    expect(earlier.stderr).toContain('cannot be put in front');
    writeFileSync(join(out, 'binance-1h', 'BTC-USDT', '1h.csv'), 'date,price\n1,2\n');
    const foreign = await download(out, COINS);
    expect(foreign.code).toBe(3);
    expect(foreign.stderr).toContain('was not written by a download');
  });

  it('a --from in the future is refused by the clock of the exchange, and leaves nothing behind', async () => {
    await listedExchange(48);
    const out = newFolder();
    const future = await download(out, ['--symbols', 'BTC/USDT', '--from', '2025-01-09']);
    expect(future.code).toBe(2);
    expect(future.stderr).toContain(
      '--from 2025-01-09 00:00 UTC is in the future: at binance it is 2025-01-08 00:20 UTC',
    );
    expect(existsSync(join(out, 'binance-1h', 'download.json'))).toBe(false);
  });

  it('a symbol that has no bars yet begins wherever the next --from says', async () => {
    await listedExchange(48);
    const out = newFolder();
    const none = await download(out, [...COINS, '--from', '2025-01-08']);
    expect(none.code, none.stderr).toBe(0);
    expect(none.stdout).toContain('BTC/USDT  no bars at this exchange in that time');
    const earlier = await download(out, [...COINS, ...FROM]);
    expect(earlier.code, earlier.stderr).toBe(0);
    expect(earlier.stdout).toContain('BTC/USDT  48 new bars; 2025-01-06 00:00 UTC');
    const fresh = newFolder();
    expect((await download(fresh, [...COINS, ...FROM])).code).toBe(0);
    const card = (folder: string): string =>
      readFileSync(join(folder, 'binance-1h', 'download.json'), 'utf8');
    expect(card(out)).toBe(card(fresh));
  });

  it('an exchange that fails ends with 1, names it, and leaves whole lines to go on from', async () => {
    const { faults } = await listedExchange(48);
    const out = newFolder();
    faults.add({ kind: 'html-answer' }, { only: /klines/ });
    const failed = await download(out, [...COINS, ...FROM]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('binance');
    expect(failed.stderr).toContain('run the same command again');
    expect(failed.stderr, 'what it asks again for is said').toMatch(
      /page instead of JSON \(200\); asked|left \| binance/,
    );
    faults.clear();
    faults.add({ kind: 'banned', retryAfterS: 7200 }, { only: /klines/ });
    const banned = await download(out, [...COINS, ...FROM]);
    expect(banned.code).toBe(1);
    expect(banned.stderr).toContain(
      'wait 2.0 h (asking earlier makes it longer), then run the same command again',
    );
    faults.clear();
    expect((await download(out, [...COINS, ...FROM])).code).toBe(0);
  });
});

describe('market check', () => {
  const HEAD = 'timestamp,open,high,low,close,volume';
  const bar = (hour: number, close = 100, volume = 5): string =>
    `${String(LISTED_START_MS + hour * HOUR_MS)},${String(close)},${String(close + 1)},${String(close - 1)},${String(close)},${String(volume)}`;
  const hours = Array.from({ length: 60 }, (_, hour) => hour);
  const write = (folder: string, lines: readonly string[], name = 'BTC-USDT'): void => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, '1h.csv'), [HEAD, ...lines, ''].join('\n'));
  };

  it('lists bars that came twice, wrong ones, a spike and what cannot be read, and ends with 1', async () => {
    const folder = newFolder();
    const lines = hours.map((hour) => bar(hour));
    lines[40] = bar(40, 180);
    lines[50] = `${String(LISTED_START_MS + 50 * HOUR_MS)},100,90,99,100,5`;
    lines.splice(20, 0, bar(19));
    write(folder, lines);
    write(
      folder,
      hours.map((hour) => bar(hour)),
      'ETH-USDT',
    );
    write(folder, ['12,x'], 'SOL-USDT');
    const result = await runCliBeside(['market', 'check', folder, '--json'], {});
    expect(result.code).toBe(1);
    const { folders } = JSON.parse(result.stdout) as {
      folders: { series: { symbol: string; unreadable?: string; inspection?: { counts: object } }[] }[];
    };
    const [btc, eth, sol] = folders[0]?.series ?? [];
    expect(btc?.inspection?.counts).toEqual({
      gap: 0,
      twice: 1,
      order: 0,
      grid: 0,
      wrong: 1,
      outlier: 1,
      volume: 0,
    });
    expect(Object.values(eth?.inspection?.counts ?? { none: 1 }).every((count) => count === 0)).toBe(true);
    expect(sol?.unreadable).toContain('line 2');
  });

  it('tells a last line that may be torn, and none that only lacks its line break', async () => {
    const folder = newFolder();
    const lines = (decimals: number): string =>
      [HEAD, ...hours.map((hour) => `${bar(hour)}.${'0'.repeat(decimals)}`)].join('\n');
    write(folder, [], 'BTC-USDT');
    write(folder, [], 'ETH-USDT');
    writeFileSync(join(folder, 'BTC-USDT', '1h.csv'), lines(8).slice(0, -5));
    writeFileSync(join(folder, 'ETH-USDT', '1h.csv'), lines(8));
    const result = await runCliBeside(['market', 'check', folder], {});
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(
      'BTC-USDT 1h: no line break after the bar of 2025-01-08T11:00Z: the file may be torn there',
    );
    expect(result.stdout).toContain('1 to look at');
    const arena = ['arena', '--market', folder, '--state', join(newFolder(), 'state'), '--quiet'];
    expect((await runCliBeside(arena, {})).code, 'an arena takes both').toBe(0);
  });

  it('tells a symbol that ends long before the others', async () => {
    const folder = newFolder();
    const many = Array.from({ length: 24 * 50 }, (_, hour) => hour);
    for (const [name, days] of [['BTC-USDT', 50] as const, ['ETH-USDT', 10] as const])
      write(
        folder,
        many.slice(0, 24 * days).map((hour) => bar(hour)),
        name,
      );
    const result = await runCliBeside(['market', 'check', folder], {});
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('ETH-USDT 1h: ends 2025-01-15T23:00Z, 40.0 days before BTC-USDT');
    expect(result.stdout).toContain('1 to look at');
  });

  it('compares two folders bar by bar', async () => {
    const [first, second] = [newFolder(), newFolder()];
    write(
      first,
      hours.map((hour) => bar(hour)),
    );
    write(
      second,
      hours.slice(2).map((hour) => bar(hour, hour === 30 ? 110 : 100.1)),
    );
    const result = await runCliBeside(['market', 'check', first, second], {});
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('2025-01-07T06:00Z: close 100 and 110, 9.1 % apart');
    const heads = result.stdout.split('\n').filter((line) => line.startsWith('BTC-USDT'));
    expect(new Set(heads.slice(0, 2).map((line) => line.length)).size, 'the tables line up').toBe(1);
  });

  it("tells from a live arena's own log what was missed, late and revised", async () => {
    const folder = newFolder();
    const log = openMarketLog(folder);
    log.begin({
      exchange: 'binance',
      timeframe: '1h',
      symbols: ['BTC/USDT'],
      instruments: [spotInstrument('BTC/USDT')],
      firstOpenMs: LISTED_START_MS,
    });
    const one = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    log.append(
      [0, 1, 2].map((k) => ({
        openMs: LISTED_START_MS + k * HOUR_MS,
        settledMs: LISTED_START_MS + (k + 1) * HOUR_MS + 2_500,
        bars: [k === 1 ? undefined : one],
        funding: [],
        readings: [],
        missed:
          k === 1
            ? [{ openMs: LISTED_START_MS + HOUR_MS, symbol: 0, reason: 'no-bar' as const, text: 'had none' }]
            : [],
      })),
      [
        {
          openMs: LISTED_START_MS + HOUR_MS,
          symbol: 0,
          kind: 'late',
          bar: one,
          receivedMs: LISTED_START_MS + 3 * HOUR_MS,
        },
      ],
    );
    log.close();
    const result = await runCliBeside(['market', 'check', '--state', folder], {});
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('settled after the close: 2.5 s as a rule, at most 2.5 s');
    expect(result.stdout).toContain('BTC/USDT 2025-01-06T01:00Z no-bar: had none');
    expect(result.stdout).toContain('late: came 3600 s after its close');
    const none = await runCliBeside(['market', 'check', '--state', newFolder()], {});
    expect(none.code).toBe(5);
  });
});
