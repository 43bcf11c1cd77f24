import { describe, expect, it } from 'vitest';
import { perpetual } from '../../../test/support/made-market.js';
import { type Account, openAccount } from '../domain/account.js';
import { type Instrument, spotInstrument } from '../domain/instrument.js';
import type { Intent, OpenIntent } from '../domain/intent.js';
import { DEFAULT_LIMITS, type RiskLimits } from './limits.js';
import { type ReviewContext, type Reviewed, reviewIntents } from './review-intents.js';

const SYMBOLS = ['A', 'B', 'C'];

function contextFor(
  options: {
    breakers?: ReviewContext['breakers'];
    account?: Account;
    limits?: Partial<RiskLimits>;
    instrument?: Instrument;
    price?: number;
    correlation?: ReviewContext['correlation'];
  } = {},
): ReviewContext {
  const account = options.account ?? openAccount(10_000, SYMBOLS.length);
  let equity = account.cashUsd;
  for (const p of account.positions)
    if (p.quantity !== 0) equity += p.marginUsd + p.quantity * (p.markPrice - p.entryPrice);
  return {
    account,
    equityUsd: equity,
    nowMs: 0,
    barMs: 3_600_000,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    breakers: options.breakers,
    roundTripCostFraction: 0.002,
    symbolIndex: (symbol) => (SYMBOLS.includes(symbol) ? SYMBOLS.indexOf(symbol) : undefined),
    instrument: (own) => options.instrument ?? spotInstrument(SYMBOLS[own] ?? ''),
    price: () => options.price ?? 100,
    symbolName: (own) => SYMBOLS[own] ?? '',
    correlation: options.correlation ?? (() => NaN),
  };
}

const open = (extra: Partial<OpenIntent> = {}): OpenIntent => ({
  kind: 'open',
  symbol: 'A',
  side: 'long',
  reason: 'test',
  size: { weight: 0.5 },
  ...extra,
});

/** An account that holds `quantity` of A at 100. */
function holding(quantity: number, cashUsd = 5_000): Account {
  const account = openAccount(10_000, SYMBOLS.length);
  account.cashUsd = cashUsd;
  account.openNames = 1;
  const position = account.positions[0];
  if (position === undefined) throw new Error('no position');
  Object.assign(position, {
    quantity,
    entryPrice: 100,
    entryReferencePrice: 100,
    marginUsd: Math.abs(quantity) * 100,
    markPrice: 100,
  });
  return account;
}

const review = (intents: Intent | Intent[], context = contextFor()): Reviewed =>
  reviewIntents(Array.isArray(intents) ? intents : [intents], context);

describe('risk refuses with a typed reason and both figures', () => {
  it.each<[string, Intent, Parameters<typeof contextFor>[0], object]>([
    [
      'a symbol the session does not trade',
      open({ symbol: 'Z' }),
      {},
      { kind: 'unknown-symbol', symbol: 'Z' },
    ],
    ['a symbol without a price', open(), { price: NaN }, { kind: 'no-price' }],
    ['a size that is NaN', open({ size: { weight: NaN } }), {}, { kind: 'invalid', what: 'weight NaN' }],
    [
      'a negative notional',
      open({ size: { notionalUsd: -5 } }),
      {},
      { kind: 'invalid', what: 'notional -5' },
    ],
    ['a risk fraction without a stop', open({ size: { riskFraction: 0.01 } }), {}, { kind: 'invalid' }],
    [
      'an order below the minimum',
      open({ size: { notionalUsd: 9 } }),
      {},
      { kind: 'below-minimum', notionalUsd: 9, minimumUsd: 10 },
    ],
    [
      'an order smaller than a lot',
      open({ size: { notionalUsd: 50 } }),
      { instrument: spotInstrument('A', { lotSize: 1 }) },
      { kind: 'below-lot', quantity: 0.5, lotSize: 1 },
    ],
    [
      'D-6: an order over the largest value',
      open(),
      { limits: { maxOrderValueUsd: 4_000 } },
      { kind: 'order-too-large', notionalUsd: 5_000, limitUsd: 4_000 },
    ],
    [
      'too much of one symbol',
      open({ size: { weight: 0.3 } }),
      { limits: { maxSymbolExposureFraction: 0.2 } },
      { kind: 'symbol-exposure', exposureFraction: 0.3, limitFraction: 0.2 },
    ],
    [
      'too much in all',
      open({ symbol: 'B', size: { notionalUsd: 2_000 } }),
      { account: holding(50), limits: { maxGrossExposureFraction: 0.6 } },
      { kind: 'gross-exposure', exposureFraction: 0.7, limitFraction: 0.6 },
    ],
    [
      'too many names',
      open({ symbol: 'B', size: { notionalUsd: 100 } }),
      { account: holding(50), limits: { maxOpenNames: 1 } },
      { kind: 'too-many-names', open: 1, limit: 1 },
    ],
    [
      'an account without cash',
      open({ symbol: 'B' }),
      { account: holding(100, 0) },
      { kind: 'no-cash', freeCashUsd: 0 },
    ],
    ['leverage on spot', open({ leverage: 2 }), {}, { kind: 'leverage', leverage: 2, limit: 1 }],
    [
      'B-17: leverage over the limit',
      open({ leverage: 60 }),
      { instrument: perpetual('A') },
      { kind: 'leverage', leverage: 60, limit: 50 },
    ],
    ['a short on spot', open({ side: 'short' }), {}, { kind: 'short-on-spot' }],
    [
      'B-23: a stop above the price of a long',
      open({ stop: { price: 101 } }),
      {},
      { kind: 'stop-on-wrong-side', stop: 101, price: 100 },
    ],
    [
      'B-23: a target below the price of a long',
      open({ target: { price: 99 } }),
      {},
      { kind: 'target-on-wrong-side' },
    ],
    [
      'a stop below the price of a short',
      open({ side: 'short', stop: { price: 99 } }),
      { instrument: perpetual('A') },
      { kind: 'stop-on-wrong-side' },
    ],
    ['a close of nothing', { kind: 'close', symbol: 'A', reason: 'x' }, {}, { kind: 'nothing-to-close' }],
    [
      'a reduction by more than all',
      { kind: 'reduce', symbol: 'A', reason: 'x', fraction: 1.5 },
      { account: holding(50) },
      { kind: 'invalid' },
    ],
    [
      'an entry against a held position',
      open({ side: 'short', size: { notionalUsd: 100 } }),
      { account: holding(50), instrument: perpetual('A') },
      { kind: 'already-held' },
    ],
  ])('%s', (_name, intent, options, refusal) => {
    const { orders, refusals } = review(intent, contextFor(options));
    expect(orders).toEqual([]);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject(refusal);
  });
});

describe('risk approves', () => {
  it('B-22: exits before entries, whatever their order, and counts what they free', () => {
    const { orders, refusals } = review(
      [open({ symbol: 'B', size: { weight: 1 } }), { kind: 'close', symbol: 'A', reason: 'x' }],
      contextFor({ account: holding(100, 0) }),
    );
    expect(refusals).toEqual([]);
    expect(orders.map((order) => [order.symbol, order.effect])).toEqual([
      [0, 'exit'],
      [1, 'entry'],
    ]);
  });

  it('exits when every limit is broken', () => {
    const limits = {
      maxGrossExposureFraction: 1e-9,
      maxSymbolExposureFraction: 1e-9,
      maxOrderValueUsd: 1e-9,
      maxOpenNames: 1,
    };
    const { orders } = review(
      { kind: 'close', symbol: 'A', reason: 'x' },
      contextFor({ account: holding(50), limits }),
    );
    expect(orders).toHaveLength(1);
  });

  it('an order of all the cash, and gives later entries only what is left', () => {
    const { orders, refusals } = review([
      open({ size: { weight: 1 } }),
      open({ symbol: 'B', size: { weight: 0.5 } }),
    ]);
    expect(orders).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ kind: 'no-cash', symbol: 'B', freeCashUsd: 0 });
  });

  it('a target as the difference to what is held, and a change of side as close and open', () => {
    const more = review(
      { kind: 'target', symbol: 'A', weight: 0.8, reason: 'x' },
      contextFor({ account: holding(50) }),
    );
    expect(more.orders[0]).toMatchObject({ effect: 'entry', direction: 1 });
    expect(more.orders[0]?.notionalUsd).toBeCloseTo(3_000, 9);
    const less = review(
      { kind: 'target', symbol: 'A', weight: 0.2, reason: 'x' },
      contextFor({ account: holding(50) }),
    );
    expect(less.orders[0]).toMatchObject({ effect: 'exit', direction: -1 });
    expect(less.orders[0]?.quantity).toBeCloseTo(30, 9);
    const flip = review(
      { kind: 'target', symbol: 'A', weight: -0.5, reason: 'x' },
      contextFor({ account: holding(50), instrument: perpetual('A') }),
    );
    expect(flip.orders.map((order) => [order.effect, order.direction])).toEqual([
      ['exit', -1],
      ['entry', -1],
    ]);
    const same = review(
      { kind: 'target', symbol: 'A', weight: 0.5, reason: 'x' },
      contextFor({ account: holding(50) }),
    );
    expect([same.orders, same.refusals]).toEqual([[], []]);
  });

  it('E-10: a size by risk loses at most that risk at the stop, costs included, whatever the leverage', () => {
    for (const leverage of [1, 5, 50]) {
      const { orders } = review(
        open({ size: { riskFraction: 0.01 }, stop: { fraction: 0.05 }, leverage }),
        contextFor({
          instrument: perpetual('A'),
          limits: { maxSymbolExposureFraction: 100, maxGrossExposureFraction: 100 },
        }),
      );
      const notional = orders[0]?.notionalUsd ?? NaN;
      expect(notional * (0.05 + 0.002)).toBeCloseTo(100, 9);
    }
  });

  it('a change of protection at once, on the right side only', () => {
    const account = holding(50);
    review(
      { kind: 'adjust-protection', symbol: 'A', reason: 'x', stop: { price: 90 } },
      contextFor({ account }),
    );
    expect(account.positions[0]?.stopPrice).toBe(90);
    const { refusals } = review(
      { kind: 'adjust-protection', symbol: 'A', reason: 'x', stop: { price: 110 } },
      contextFor({ account }),
    );
    expect(refusals[0]?.kind).toBe('stop-on-wrong-side');
    expect(account.positions[0]?.stopPrice).toBe(90);
  });
});

describe('caps that several symbols share', () => {
  const both = [open({ symbol: 'A', size: { weight: 0.3 } }), open({ symbol: 'B', size: { weight: 0.3 } })];
  const limits = { maxSymbolExposureFraction: 0.4, correlatedAbove: 0.8 };
  const sizes = (reviewed: Reviewed): number[] => reviewed.orders.map((order) => order.notionalUsd);

  it('E-10: the second of two positions that move together is smaller, and both together are one symbol', () => {
    const [first = 0, second = 0] = sizes(review(both, contextFor({ limits, correlation: () => 0.9 })));
    expect([first, second]).toEqual([3000, expect.closeTo(1000, 9)]);
  });

  it('leaves alone what moves apart, and takes the unknown for the same', () => {
    expect(sizes(review(both, contextFor({ limits, correlation: () => 0.5 })))).toEqual([3000, 3000]);
    expect(sizes(review(both, contextFor({ limits, correlation: () => NaN })))[1]).toBeCloseTo(1000, 9);
  });

  it('does not count a short of what moves along, and counts one of what moves against', () => {
    const instrument = perpetual('A');
    const hedge = [both[0] ?? open(), open({ symbol: 'B', side: 'short', size: { weight: 0.3 } })];
    expect(sizes(review(hedge, contextFor({ limits, instrument, correlation: () => 0.9 })))).toEqual([
      3000, 3000,
    ]);
    expect(sizes(review(hedge, contextFor({ limits, instrument, correlation: () => -0.9 })))[1]).toBeCloseTo(
      1000,
      9,
    );
  });

  it('refuses what has no room left, and names what it moves along with', () => {
    const context = contextFor({ limits, correlation: () => 0.9, account: holding(40, 6_000) });
    expect(review(open({ symbol: 'C', size: { quantity: 5 } }), context).refusals).toEqual([
      { kind: 'correlated-exposure', symbol: 'C', with: 'A', roomUsd: 0, minimumUsd: 10 },
    ]);
  });

  it('scales a quantity like a notional', () => {
    const context = contextFor({ limits, correlation: () => 0.9, account: holding(30, 7_000) });
    expect(review(open({ symbol: 'C', size: { quantity: 20 } }), context).orders[0]?.quantity).toBeCloseTo(
      10,
      9,
    );
  });

  it('caps a class, and only its own', () => {
    const context = contextFor({
      limits: { classes: { A: 'majors', B: 'majors' }, maxClassExposureFraction: 0.5 },
      account: holding(30, 7_000),
    });
    const wants = ['B', 'C'].map((symbol) => open({ symbol, size: { weight: 0.3 } }));
    const reviewed = review(wants, context);
    expect(reviewed.refusals).toEqual([
      { kind: 'class-exposure', symbol: 'B', class: 'majors', exposureFraction: 0.6, limitFraction: 0.5 },
    ]);
    expect(reviewed.orders.map((order) => order.symbol)).toEqual([2]);
  });
});
