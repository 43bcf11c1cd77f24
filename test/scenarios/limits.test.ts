import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { runW2 } from '../../src/app/bench-kernel.js';
import { ROOT, runCli, temporaryFolder } from '../support/cli.js';

/** The workloads of `bench/`: results known from independent programs in C and plain JavaScript. */
const folder = temporaryFolder();
const market = join(folder.path, 'market');
beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'bench/gen.mjs'), folder.path]);
  mkdirSync(market);
  copyFileSync(join(folder.path, 'w1.csv'), join(market, 'W1_1h.csv'));
  for (let s = 0; s < 6; s++)
    copyFileSync(join(folder.path, `w2_${String(s)}.csv`), join(market, `W2${String(s)}_1h.csv`));
});
afterAll(folder.remove);

describe('workload W1 through the backtest command', () => {
  const backtest = (...more: string[]): Record<string, unknown> => {
    const base = [
      'backtest',
      '--market',
      market,
      '--symbols',
      'W1',
      '--timeframe',
      '1h',
      '--kind',
      'sma-cross',
    ];
    const costs = ['--cash', '1000000', '--fee-bps', '5', '--half-spread-bps', '0', '--slippage-bps', '0'];
    const result = runCli([
      ...base,
      '--params',
      '{"fast":10,"slow":30}',
      ...costs,
      '--quantity',
      '1',
      '--json',
      ...more,
    ]);
    expect(result.code).toBe(0);
    return JSON.parse(result.stdout) as Record<string, unknown>;
  };

  it('ends with the equity and fills of the C program', () => {
    const answer = backtest();
    expect(Math.abs((answer['finalEquityUsd'] as number) / 997828.0233294982 - 1)).toBeLessThan(1e-9);
    expect(answer['fills']).toBe(1938);
    expect(answer['closedTrades']).toBe(969);
    const metrics = answer['metrics'] as Record<string, number>;
    // C divides the first bar's return by nothing; here the start counts as a sample: equal to four digits.
    expect(metrics['sharpe']).toBeCloseTo(-0.59039, 4);
    expect(metrics['maxDrawdownPct']).toBeCloseTo(-0.264915491845, 9);
  });

  it('D-7: writes fills and equity as CSV that add up', () => {
    const trades = join(folder.path, 'trades.csv');
    const equity = join(folder.path, 'equity.csv');
    backtest('--trades-csv', trades, '--equity-csv', equity);
    const lines = readFileSync(trades, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(1939);
    expect(lines[0]).toMatch(/^timestamp,symbol,side,qty,price,order_id,status,fee,pnl/);
    let cash = 1_000_000;
    for (const line of lines.slice(1)) {
      const [, , side, qty, price, , , fee] = line.split(',');
      cash += (side === 'buy' ? -1 : 1) * Number(qty) * Number(price) - Number(fee);
    }
    const last = readFileSync(equity, 'utf8').trim().split('\n').at(-1)?.split(',')[1];
    expect(Math.abs(cash - Number(last))).toBeLessThan(1e-4);
  });

  it('C-10: two backtests in a row do not see each other', () => {
    expect(backtest()).toEqual(backtest());
  });
});

describe('workload W2 through the arena sessions', () => {
  it.each([
    [10, 3801130121, 2535],
    [100, 235015146, 12173],
  ])('%d contestants end in the order of the C program', (contestants, hash, fills) => {
    const table = loadRecordedMarket({
      folder: market,
      timeframe: '1h',
      symbols: [0, 1, 2, 3, 4, 5].map((s) => `W2${String(s)}`),
    }).table;
    const result = runW2(table, contestants, () => 0);
    expect([result.orderHash, result.fills]).toEqual([hash, fills]);
  });
});

describe('the bench command', () => {
  it('runs the engine beside the limits and finds the same results', () => {
    const result = runCli(['bench', '--brief', '--contestants', '10', '--repetitions', '3', '--json']);
    expect(result.stderr).not.toContain('error');
    const answer = JSON.parse(result.stdout) as {
      w1: { same: boolean; fills: number; hotOverJs: number };
      w2: { m: number; orderHashMatches: boolean; fillsMatch: boolean }[];
      candles: { bars: number };
    };
    expect(result.code).toBe(0);
    expect(answer.w1).toMatchObject({ same: true, fills: 1938 });
    expect(answer.w2).toMatchObject([{ m: 10, orderHashMatches: true, fillsMatch: true }]);
    expect(answer.candles.bars, 'all that bench/gen.mjs makes').toBe(50_000 + 6 * 17_520);
  });
});
