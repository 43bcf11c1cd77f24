import fc from 'fast-check';
import { evaluate } from 'mathjs/number';
import { describe, expect, it } from 'vitest';
import { bar, flatBars, marketOf, perpetual } from '../../../../test/support/made-market.js';
import { FREE, NO_LIMITS, sessionFor } from '../../../../test/support/scripted-kind.js';
import { type DecisionRecord, decideSession } from '../../session/decide.js';
import { advanceSession } from '../../session/session.js';
import { erase } from '../catalog.js';
import { type Snapshot, compileExpression } from './compile-expression.js';
import { spotInstrument } from '../../domain/instrument.js';
import { writeExpression } from './expression.js';
import { formula } from './formula.js';
import { parseExpression, parseTruth } from './parse-expression.js';
import { mayHold } from './satisfiable.js';
import { FormulaError, placeOf } from './source.js';

const EXIT = { position: true, constants: { fast: 10 } };

/** A snapshot whose prices are given, and whose features are all `feature`. */
function snapshot(prices: Partial<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>): Snapshot {
  const read = (name: keyof typeof prices) => (): number => prices[name] ?? NaN;
  return {
    features: { value: () => NaN },
    market: {
      timeframeMs: 3_600_000,
      instrument: () => spotInstrument('A'),
      hasBar: () => true,
      open: read('open'),
      high: read('high'),
      low: read('low'),
      close: read('close'),
      volume: read('volume'),
      fundingRate: () => NaN,
      reading: () => NaN,
      readingAgeMs: () => NaN,
    },
    portfolio: { cashUsd: 100, equityUsd: 200, quantity: () => 0, position: () => undefined },
    position: undefined,
    symbol: 0,
    symbols: 4,
    nowMs: Date.UTC(2026, 0, 7, 13),
  };
}

function valueOf(source: string, s: Snapshot): number {
  return compileExpression(parseExpression(source, EXIT), () => 0)(s);
}

function complaint(run: () => unknown): { message: string; line: number; column: number } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const source = (run as { source?: string }).source ?? '';
    const { line, column } = placeOf(source, error.offset);
    return { message: `${error.message} | ${error.hint ?? ''}`, line, column };
  }
  throw new Error('no complaint');
}

/** Arithmetic and comparisons over two prices, as text that mathjs and a formula both read. */
const arithmetic: fc.Arbitrary<string> = fc.letrec<{ e: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom('open', 'close'),
    fc.integer({ min: 0, max: 9 }).map(String),
    fc.constantFrom('0.5', '1e2'),
  ),
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(tie('e'), fc.constantFrom('+', '-', '*', '/'), tie('e'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('e').map((a) => `-${a}`),
    tie('e').map((a) => `abs(${a})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `max(${a}, ${b})`),
    fc
      .tuple(tie('e'), fc.constantFrom('<', '<=', '>', '>='), tie('e'), tie('e'), tie('e'))
      .map(([a, op, b, x, y]) => `(${a} ${op} ${b} ? ${x} : ${y})`),
  ),
})).e;

describe('an expression', () => {
  it('is worth what mathjs says it is worth', () => {
    fc.assert(
      fc.property(
        arithmetic,
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        (text, open, close) => {
          fc.pre(text.length < 1500);
          const mine = valueOf(text, snapshot({ open, close }));
          const theirs = evaluate(text, { open, close }) as number;
          // What mathjs compares loosely (1e-12) is left out; unknowns are NaN here and false there.
          fc.pre(!Number.isNaN(mine));
          expect(mine === theirs || Math.abs(mine - theirs) <= 1e-9 * Math.abs(theirs)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(arithmetic, (text) => {
        const written = writeExpression(parseExpression(text, EXIT));
        expect(writeExpression(parseExpression(written, EXIT))).toBe(written);
      }),
    );
  });

  it.each([
    ['2 + 3 * 4', 14],
    ['-2 ^ 2', -4],
    ['7 % 3', 1],
    ['-7 % 3', 2],
    ['fast * 2', 20],
    ['symbols', 4],
    ['hour_utc', 13],
    ['weekday_utc', 3],
    ['equity - cash', 100],
    ['min(3, 1, 2)', 1],
    ['close > open ? 1 : 2', 1],
    ['1 < close < 20', 1],
    ['1 < close < 5', 0],
    ['not (close > 5)', 0],
    ['true and close == 10', 1],
  ])('%s is %d', (text, expected) => {
    expect(valueOf(text, snapshot({ open: 5, close: 10 }))).toBe(expected);
  });

  it('is unknown, and neither true nor false, where something in it is unknown', () => {
    const s = snapshot({ close: 10 });
    const unknown = [
      'open > 1',
      'not (open > 1)',
      'open > 1 and close > 1',
      'open > 1 or close < 1',
      'pnl > 0',
    ];
    expect(unknown.map((text) => valueOf(text, s))).toEqual(unknown.map(() => NaN));
    expect(valueOf('open > 1 and close < 1', s), 'one falsehood decides').toBe(0);
    expect(valueOf('open > 1 or close > 1', s), 'one truth decides').toBe(1);
  });

  it.each([
    ['rsi(14) < 30 and\n  clse > 5', 2, 3, 'did you mean "close"'],
    ['rsi(14) < 30 andd close > 5', 1, 11, 'an operator is missing'],
    ['rsi(14) < ', 1, 11, ''],
    ['close > sma(20, 30)', 1, 9, 'at most period'],
    ['close > sma(0)', 1, 9, 'period is 0'],
    ['close > sma(2.5)', 1, 9, 'whole number'],
    ['close > sma(close)', 1, 13, 'plain numbers'],
    ['close > bollinger(20).uper', 1, 9, 'did you mean "upper"'],
    ['close > bolinger(20)', 1, 9, 'did you mean "bollinger"'],
    ['close and open > 1', 1, 1, 'a condition is expected'],
    ['1 + (close > open)', 1, 6, 'a number is expected'],
    ['close = 5', 1, 1, 'an assignment'],
    ['f(x) = 5', 1, 1, 'definition of a function'],
    ['close[-1] > 1', 1, 8, 'looks n bars back'],
    ['close[1.5] > 1', 1, 7, 'looks n bars back'],
    ['pnl[1] > 0', 1, 1, 'has no past'],
    ['[1, 2] > 3', 1, 2, 'a list'],
    ['1:5 > 3', 1, 1, 'a range'],
    ['5 close > 3', 1, 1, 'an operator is missing'],
    ['close! > 3', 1, 1, 'operator "!"'],
    ['close > 5%', 1, 9, '0.05 instead'],
    ['close.foo > 1', 1, 1, 'only an indicator has outputs'],
    ['crosses_above(close)', 1, 1, 'takes two numbers'],
    ['abs(1, 2) > 1', 1, 1, 'takes one number'],
    ['import("fs")', 1, 8, 'no meaning'],
    ['evaluate(1) > 0', 1, 1, 'nothing called "evaluate"'],
    ['constructor(1) > 0', 1, 1, 'nothing called "constructor"'],
    ['__proto__ > 0', 1, 1, 'nothing called'],
    ['close; open > 1', 1, 6, 'no meaning'],
    ['', 1, 1, 'empty'],
    [`${'('.repeat(60)}close${')'.repeat(60)} > 1`, 1, 61, 'nested deeper'],
    [`${'close + '.repeat(240)}1 > 0`, 1, 1, ''],
    ['close > 1e999', 1, 9, 'finite'],
  ])('%s is refused at line %d, column %d', (source, line, column, words) => {
    const run = Object.assign(() => parseTruth(source, EXIT), { source });
    const said = complaint(run);
    expect(said.message).toContain(words);
    expect([said.line, said.column]).toEqual([line, column]);
  });

  it('a position is unknown to an entry', () => {
    expect(() => parseTruth('pnl > 0', { position: false, constants: {} })).toThrow('only while a position');
  });

  it('never evaluates anything of the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (source) => {
        try {
          parseExpression(source, EXIT);
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a proof that a condition can never hold', () => {
  const holds = (source: string): boolean => mayHold(parseTruth(source, EXIT));

  it.each([
    'rsi(14) < 20 and rsi(14) > 80',
    'rsi(14) > 100',
    'close < bollinger(20, 2).lower and close > bollinger(20, 2).middle',
    'high < low',
    'close[3] > high[3]',
    '2 * close + 1 < close and close > 0',
    'close > open and open > low and low > close',
    'close < 5 and not (close < 6)',
    'close == 3 and close != 3',
    'abs(close - open) < 1 and abs(close - open) > 2',
    'hour_utc > 23',
    'bars_held > 5',
  ])('never: %s', (source) => {
    expect(holds(source)).toBe(false);
  });

  it.each([
    'rsi(14) < 30',
    'rsi(14) < 30 or rsi(14) > 200',
    'close < bollinger(20, 2).lower and close > bollinger(20, 3).middle',
    'close > open and open > close[1]',
    'close * open > 5 and close * open < 6',
    'rsi(14) < 20 and rsi(7) > 80',
  ])('perhaps: %s', (source) => {
    expect(holds(source)).toBe(true);
  });

  it('never says never where an example is found', () => {
    const term = fc.constantFrom('open', 'close', '3', '7');
    const compare = fc
      .tuple(
        term,
        fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        term,
        fc.constantFrom('', ' + 2', ' * 3'),
      )
      .map(([a, op, b, more]) => `${a} ${op} ${b}${more}`);
    const condition = fc.letrec<{ c: string }>((tie) => ({
      c: fc.oneof(
        { maxDepth: 3 },
        compare,
        fc.tuple(tie('c'), fc.constantFrom('and', 'or'), tie('c')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('c').map((c) => `not (${c})`),
      ),
    })).c;
    const prices = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(condition, prices, prices, (source, open, close) => {
        if (valueOf(source, snapshot({ open, close })) === 1) expect(holds(source)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a formula', () => {
  const parse = (raw: unknown): { ok: boolean; text: string } => {
    const parsed = formula.manifest.parameters.safeParse(raw);
    const issue = parsed.error?.issues[0];
    return {
      ok: parsed.success,
      text: issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`,
    };
  };

  it.each([
    [
      'C-1: an exit that every entry meets',
      { entry: 'rsi(14) <= 35', exit: 'rsi(14) < 40' },
      'closed on the next bar',
    ],
    [
      'C-1: an exit by time that is over at once',
      { entry: 'close > open', exit: 'bars_held >= 1' },
      'closed on the next bar',
    ],
    [
      'C-1: bands, where the order of the outputs tells',
      { entry: 'close < bollinger.lower', exit: 'close < bollinger.middle' },
      'closed on the next bar',
    ],
    ['an entry that can never be', { entry: 'rsi < 20 and rsi > 30', exit: 'rsi > 50' }, 'never be true'],
    ['no entry', {}, 'entry: nothing would ever open it'],
    ['nothing that closes', { entry: 'close > open' }, 'nothing would ever close it'],
    [
      'an exit alone',
      { exit: 'close > open', shortEntry: 'close < open', maxHoldBars: 3 },
      'an exit without an entry',
    ],
    [
      'a risk without a stop',
      { entry: 'close > open', exit: 'close < open', risk: '0.01' },
      'risk needs a stop',
    ],
    [
      'two sizes',
      { entry: 'close > open', exit: 'close < open', stop: '0.1', risk: '0.01', size: '1' },
      'not both',
    ],
    ['an unknown parameter', { entry: 'close > open', exit: 'close < open', stp: '0.1' }, 'stp'],
    [
      'a reserved constant',
      { entry: 'close > open', exit: 'close < open', constants: { rsi: 5 } },
      'meaning already',
    ],
    ['a number as text of a condition', { entry: 'close', exit: 'close < open' }, 'line 1, column 1'],
  ])('is refused: %s', (_name, raw, words) => {
    const { ok, text } = parse(raw);
    expect(ok).toBe(false);
    expect(text).toContain(words);
  });

  it('shows the line and marks the place of a mistake', () => {
    expect(parse({ entry: ['rsi(14) < 30', 'and clse > 5'], exit: 'rsi(14) > 50' }).text).toBe(
      [
        'entry: line 2, column 5: there is nothing called "clse"',
        '    and clse > 5',
        '        ^',
        '    did you mean "close"? Known are open, high, low, close, volume, equity, cash, symbols, hour_utc, weekday_utc, pnl, bars_held, entry_price, weight, sma, ema, vwma, vwap_session, rsi, macd, stochastic, roc, adx, donchian, bollinger, zscore, atr, deviation, volatility, volume_ratio.',
      ].join('\n'),
    );
  });

  /** Plays a formula on bars and tells what it did. */
  function play(
    raw: unknown,
    closes: readonly number[],
    cashUsd = 1000,
  ): { fills: string[]; equity: number } {
    let last = closes[0] ?? 100;
    const bars = closes.map((close) => {
      const made = bar(last, close);
      last = close;
      return made;
    });
    const market = marketOf([bars], { instruments: [perpetual('A')] });
    const params = formula.manifest.parameters.parse(raw);
    const session = sessionFor(erase(formula), market, { params, costs: FREE, limits: NO_LIMITS, cashUsd });
    const fills: string[] = [];
    for (let t = 0; t < market.length; t++) {
      const keep: DecisionRecord[] = [];
      const before = session.account.positions[0]?.quantity ?? 0;
      advanceSession(session, t);
      decideSession(session, t, keep);
      const after = session.account.positions[0]?.quantity ?? 0;
      if (before !== after) fills.push(`${String(t)}: ${before.toFixed(2)} -> ${after.toFixed(2)}`);
    }
    return { fills, equity: session.equityUsd };
  }

  it('enters at the open after its entry is true and leaves at the open after its exit is', () => {
    const raw = { entry: 'close > close[1]', exit: 'close < close[1]', size: '0.5' };
    expect(play(raw, [100, 100, 101, 102, 103, 102, 101, 101]).fills).toEqual([
      '3: 0.00 -> 4.95',
      '6: 4.95 -> 0.00',
    ]);
  });

  it('takes shorts, and turns round where the other entry holds', () => {
    const raw = {
      entry: 'close > close[1]',
      exit: 'false',
      maxHoldBars: 100,
      shortEntry: 'close < close[1]',
      shortExit: 'false',
      size: '0.5',
    };
    expect(play(raw, [100, 101, 101, 100, 100, 100]).fills).toEqual(['2: 0.00 -> 4.95', '4: 4.95 -> -4.98']);
  });

  it('stays out after its stop until the entry has been false once', () => {
    const raw = { entry: 'close > 50', exit: 'close < 20', stop: '0.05', size: '1' };
    const { fills } = play(raw, [100, 100, 90, 90, 95, 49, 60, 61, 61]);
    expect(fills).toEqual(['1: 0.00 -> 10.00', '2: 10.00 -> 0.00', '7: 0.00 -> 15.83']);
  });

  it('knows its profit and its age', () => {
    const profit = { entry: 'close > 99', exit: 'pnl >= 0.1', size: '1' };
    expect(play(profit, [100, 100, 105, 111, 111, 80, 80]).fills.slice(0, 2)).toEqual([
      '1: 0.00 -> 10.00',
      '4: 10.00 -> 0.00',
    ]);
    const age = { entry: 'close == 100', exit: 'bars_held >= 3', size: '1' };
    expect(play(age, [100, 101, 101, 101, 101, 101]).fills).toEqual(['1: 0.00 -> 10.00', '4: 10.00 -> 0.00']);
  });

  it('opens nothing whose stop or size is unknown', () => {
    const raw = { entry: 'close > 1', exit: 'close < 1', stop: 'atr(50) / close', size: '1' };
    expect(
      play(
        raw,
        flatBars(100, 30).map((b) => b.close),
      ).fills,
    ).toEqual([]);
  });

  it('loses at most its risk at the stop, whatever its leverage', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.001, max: 0.015, noNaN: true }),
        (leverage, stop) => {
          const raw = { entry: 'close > 50', exit: 'close < 20', stop: String(stop), risk: '0.01', leverage };
          const { equity } = play(raw, [100, 100, 100 * (1 - stop) - 1e-9, 49]);
          expect(equity).toBeGreaterThanOrEqual(1000 * 0.99 - 1e-6);
          expect(equity).toBeLessThan(1000);
        },
      ),
    );
  });
});
