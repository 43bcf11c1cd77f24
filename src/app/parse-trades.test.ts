import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../core/domain/problem.js';
import { parseTrades } from './parse-trades.js';

const HEADER = 'timestamp,symbol,side,qty,price,order_id,status,fee,pnl,champion,reason';
const GOOD = '2026-01-05T01:00:00.000Z,BTC-USDT,buy,0.5,100.25,1-1,FILLED,0.05,,abcdef12,strategy';

function parse(...lines: readonly string[]): ReturnType<typeof parseTrades> {
  return parseTrades(new TextEncoder().encode(lines.join('\n')), 'trades.csv');
}

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'no complaint';
}

describe('a file of trades', () => {
  it('is read as the paper trader writes it, also with quotes and line ends of another system', () => {
    const { lines, passedOver } = parse(
      HEADER,
      GOOD,
      GOOD.replace('buy', 'sell').replace(',,', ',12.5,').replace('strategy', '"a ""stop"", or so"') + '\r',
      GOOD.replace('FILLED', 'CANCELED'),
      '',
    );
    expect(passedOver).toBe(1);
    expect(lines).toMatchObject([
      {
        line: 2,
        pnlUsd: undefined,
        fill: { quantity: 0.5, price: 100.25, feeUsd: 0.05, symbol: 'BTC-USDT' },
      },
      { line: 3, pnlUsd: 12.5, fill: { quantity: -0.5, reason: 'a "stop", or so' } },
    ]);
  });

  it('takes columns in any order and without those that may be missing', () => {
    const { lines } = parse('fee,price,qty,side,symbol,timestamp', '1,100,2,sell,A,2026-01-05T00:00:00Z');
    expect(lines[0]).toMatchObject({ fill: { quantity: -2, price: 100, feeUsd: 1, reason: '' } });
  });

  it('that is wrong is refused with line and column', () => {
    for (const [line, column, bad] of [
      [2, 'timestamp', GOOD.replace('2026-01-05T01', '2026-13-05T01')],
      [2, 'side', GOOD.replace('buy', 'hold')],
      [2, 'qty', GOOD.replace('0.5,', '0x5,')],
      [2, 'qty', GOOD.replace('0.5,', '0,')],
      [2, 'qty', GOOD.replace('0.5,', '-1,')],
      [2, 'price', GOOD.replace('100.25', 'NaN')],
      [2, 'price', GOOD.replace('100.25', '')],
      [2, 'price', GOOD.replace('100.25', '1e999')],
      [2, 'fee', GOOD.replace('0.05', 'free')],
      [2, 'pnl', GOOD.replace(',,', ',much,')],
      [2, 'symbol', GOOD.replace('BTC-USDT', '')],
    ] as const)
      expect(
        complaint(() => parse(HEADER, bad)),
        bad,
      ).toContain(`input: trades.csv, line ${String(line)}, column ${column}`);
    const early = GOOD.replace('T01', 'T00');
    expect(complaint(() => parse(HEADER, GOOD, early))).toContain('line 3, column timestamp: lies before');
    expect(complaint(() => parse(HEADER, GOOD, `${GOOD},more`))).toContain('line 3: 12 columns');
    expect(complaint(() => parse(`${HEADER},colour`, GOOD))).toContain('there is no column "colour"');
    expect(complaint(() => parse('timestamp,symbol', GOOD))).toContain(
      'the column side, qty, price, fee is missing',
    );
    expect(complaint(() => parse(HEADER, GOOD.replace('strategy', '"never closed')))).toContain(
      'a quote is not closed',
    );
    expect(complaint(() => parse(''))).toContain('the file is empty');
    expect(complaint(() => parseTrades(Uint8Array.of(0x74, 0x0a, 0xff, 0xfe), 'x.csv'))).toContain('line 1');
    const latin = Uint8Array.from([...new TextEncoder().encode(`${HEADER}\n${GOOD}`), 0xe4]);
    expect(complaint(() => parseTrades(latin, 'x.csv'))).toBe(
      'input: x.csv, line 2: bytes that are no UTF-8',
    );
  });

  it('of any bytes is read or refused, and never breaks the program', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, headed) => {
        const head = new TextEncoder().encode(headed ? `${HEADER}\n` : '');
        const said = complaint(() => parseTrades(Uint8Array.from([...head, ...bytes]), 'x.csv'));
        expect(said).toMatch(/^(no complaint|input: x\.csv)/);
      }),
      { numRuns: 500 },
    );
  });
});
