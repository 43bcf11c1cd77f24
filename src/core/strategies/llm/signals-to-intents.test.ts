import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perpetual } from '../../../../test/support/made-market.js';
import { type Instrument, spotInstrument } from '../../domain/instrument.js';
import type { PositionView } from '../strategy.js';
import { coinNames } from './coin-names.js';
import type { SignalContext } from './signal-context.js';
import { signalRefusalText } from './signal-refusal.js';
import { type SignalIntents, signalsToIntents } from './signals-to-intents.js';
import type { SignalWord, TradeSignal } from './trade-signal.js';
import type { ExitPlan } from './trader-memory.js';

const SYMBOLS = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT'];
const PRICE = 100;

function position(quantity: number, more: Partial<PositionView> = {}): PositionView {
  return {
    quantity,
    entryPrice: 95,
    markPrice: PRICE,
    openedAtMs: 0,
    leverage: 5,
    marginUsd: 100,
    stopPrice: quantity > 0 ? 90 : 110,
    targetPrice: quantity > 0 ? 120 : 80,
    liquidationPrice: NaN,
    staleBars: 0,
    ...more,
  };
}

function plan(more: Partial<ExitPlan> = {}): ExitPlan {
  return {
    side: 'long',
    profitTarget: 120,
    stopLoss: 90,
    invalidation: 'close below 88',
    condition: { metric: 'close', op: 'below', value: 88 },
    confidence: 0.6,
    riskUsd: 100,
    entryReason: 'trend',
    ...more,
  };
}

interface Situation {
  readonly held?: Readonly<Record<number, PositionView>>;
  readonly plans?: Readonly<Record<string, ExitPlan>>;
  readonly leaving?: readonly number[];
  readonly rules?: Partial<SignalContext['rules']>;
  readonly price?: number;
  readonly instrument?: Instrument;
}

function contextOf(s: Situation = {}): SignalContext {
  return {
    rules: { leverageMin: 1, leverageMax: 20, tightenOnly: true, maxPositions: 6, ...s.rules },
    names: coinNames(SYMBOLS, false),
    symbols: SYMBOLS,
    plans: s.plans ?? {},
    leaving: new Set(s.leaving),
    instrument: () => s.instrument ?? perpetual('x'),
    position: (symbol) => s.held?.[symbol],
    price: () => s.price ?? PRICE,
    condition: () => null,
    reason: () => 'because',
  };
}

function signal(coin: string, word: SignalWord, more: Partial<TradeSignal> = {}): TradeSignal {
  const short = word === 'sell';
  return {
    coin,
    signal: word,
    quantity: 1,
    leverage: 10,
    profitTarget: short ? 80 : 120,
    stopLoss: short ? 110 : 90,
    confidence: 0.7,
    riskUsd: 50,
    invalidation: null,
    ...more,
  };
}

const judge = (signals: readonly TradeSignal[], situation?: Situation): SignalIntents =>
  signalsToIntents(signals, contextOf(situation));
const kindsOf = (judged: SignalIntents): string[] => judged.refusals.map((refusal) => refusal.kind);
const doneBy = (judged: SignalIntents): string[] =>
  judged.intents.map(({ kind, symbol }) => `${kind} ${symbol}`);

describe('an entry', () => {
  it('becomes an order of the quantity that was said, with its stop, target and leverage', () => {
    const judged = judge([signal('BTC', 'buy'), signal('ETH', 'sell')]);
    expect(judged.intents).toEqual([
      {
        ...{ kind: 'open', symbol: 'BTC-USDT', side: 'long', reason: 'model-buy', size: { quantity: 1 } },
        ...{ leverage: 10, stop: { price: 90 }, target: { price: 120 }, confidence: 0.7 },
      },
      {
        ...{ kind: 'open', symbol: 'ETH-USDT', side: 'short', reason: 'model-sell', size: { quantity: 1 } },
        ...{ leverage: 10, stop: { price: 110 }, target: { price: 80 }, confidence: 0.7 },
      },
    ]);
    expect(judged.plans['ETH-USDT']).toEqual({
      ...{ side: 'short', profitTarget: 80, stopLoss: 110, invalidation: '', condition: null },
      ...{ confidence: 0.7, riskUsd: 50, entryReason: 'because' },
    });
  });

  it.each<[string, Partial<TradeSignal>, string]>([
    ['without a quantity', { quantity: null }, 'no-quantity'],
    ['of nothing', { quantity: 0 }, 'no-quantity'],
    ['of a negative quantity', { quantity: -1 }, 'no-quantity'],
    ['without leverage', { leverage: null }, 'no-leverage'],
    ['with leverage 0', { leverage: 0 }, 'leverage-range'],
    ['with too much leverage', { leverage: 21 }, 'leverage-range'],
    ['without a stop', { stopLoss: null }, 'no-stop'],
    ['with a stop of 0', { stopLoss: 0 }, 'no-stop'],
    ['without a target', { profitTarget: null }, 'no-target'],
    ['with a confidence above 1', { confidence: 75 }, 'confidence-range'],
  ])('%s is refused', (_what, more, kind) => {
    const judged = judge([signal('BTC', 'buy', more)]);
    expect(judged.intents).toEqual([]);
    expect(kindsOf(judged)).toEqual([kind]);
    expect(judged.plans).toEqual({});
  });

  it('B-23: with stop and target on the wrong sides of the price is refused, for a long and mirrored for a short', () => {
    expect(kindsOf(judge([signal('BTC', 'buy', { stopLoss: 100 })]))).toEqual(['stop-side']);
    expect(kindsOf(judge([signal('BTC', 'buy', { profitTarget: 99.99 })]))).toEqual(['target-side']);
    expect(kindsOf(judge([signal('BTC', 'sell', { stopLoss: 99 })]))).toEqual(['stop-side']);
    expect(kindsOf(judge([signal('BTC', 'sell', { profitTarget: 101 })]))).toEqual(['target-side']);
  });

  it('into what is held is refused, on its own side and on the other', () => {
    const held = { 0: position(1), 1: position(-1) };
    expect(kindsOf(judge([signal('BTC', 'buy'), signal('ETH', 'buy')], { held }))).toEqual([
      'already-held',
      'other-side-held',
    ]);
  });

  it('has the leverage of the venue as its limit: 1 on spot', () => {
    const instrument = spotInstrument('x');
    const judged = judge([signal('BTC', 'buy', { leverage: 2 }), signal('ETH', 'buy', { leverage: 1 })], {
      instrument,
      rules: { leverageMin: 10 },
    });
    expect(judged.refusals).toEqual([
      { kind: 'leverage-range', symbol: 'BTC-USDT', leverage: 2, least: 1, most: 1 },
    ]);
    expect(doneBy(judged)).toEqual(['open ETH-USDT']);
  });

  it('needs a price', () => {
    expect(kindsOf(judge([signal('BTC', 'buy')], { price: NaN }))).toEqual(['no-price']);
  });

  it('B-17: beyond the number of positions is refused, where what leaves makes room and what was refused takes none', () => {
    const situation = { held: { 0: position(1) }, rules: { maxPositions: 1 } };
    expect(kindsOf(judge([signal('ETH', 'buy')], situation))).toEqual(['too-many-positions']);
    const swap = [
      signal('ETH', 'buy', { quantity: null }),
      signal('SOL', 'buy'),
      signal('BTC', 'close_position'),
    ];
    expect(doneBy(judge(swap, situation))).toEqual(['close BTC-USDT', 'open SOL-USDT']);
    const part = [signal('BTC', 'close_position', { quantity: 0.5 }), signal('ETH', 'buy')];
    expect(doneBy(judge(part, situation)), 'a part that is left takes a place').toEqual(['reduce BTC-USDT']);
  });
});

describe('a close', () => {
  it.each<[string, number | null]>([
    ['no quantity', null],
    ['quantity 0', 0],
    ['all of it', 2],
    ['more than is held', 5],
    ['all of it as it was rounded', 1.995],
  ])('B-21: needs only the coin: with %s it closes all', (_what, quantity) => {
    const bare = { quantity, leverage: 0, profitTarget: 0, stopLoss: null, confidence: null, riskUsd: null };
    const judged = judge([signal('BTC', 'close_position', bare)], { held: { 0: position(2) } });
    expect(judged.intents).toEqual([{ kind: 'close', symbol: 'BTC-USDT', reason: 'model-close' }]);
    expect(judged.refusals).toEqual([]);
  });

  it('of a part reduces, of a short too, however its quantity is signed', () => {
    for (const quantity of [0.5, -0.5]) {
      const judged = judge([signal('BTC', 'close_position', { quantity })], { held: { 0: position(-2) } });
      expect(judged.intents).toEqual([
        { kind: 'reduce', symbol: 'BTC-USDT', reason: 'model-reduce', fraction: 0.25 },
      ]);
    }
  });

  it('of nothing is refused', () => {
    expect(kindsOf(judge([signal('BTC', 'close_position')]))).toEqual(['not-held']);
  });

  it('B-22: comes before an entry, wherever the reply has it', () => {
    const judged = judge([signal('ETH', 'buy'), signal('SOL', 'buy'), signal('BTC', 'close_position')], {
      held: { 0: position(1) },
    });
    expect(doneBy(judged)).toEqual(['close BTC-USDT', 'open ETH-USDT', 'open SOL-USDT']);
  });
});

describe('a hold', () => {
  const held = { 0: position(1) };
  const plans = { 'BTC-USDT': plan() };
  const hold = (more: Partial<TradeSignal>): SignalIntents =>
    judge([signal('BTC', 'hold', more)], { held, plans });

  it('with the stop and target that there are changes nothing', () => {
    expect(hold({})).toEqual({ intents: [], refusals: [], plans: expect.anything() as unknown });
    expect(hold({ stopLoss: null, profitTarget: null }).intents).toEqual([]);
    const shown = { stopPrice: 90.004, targetPrice: 119.996 };
    expect(
      judge([signal('BTC', 'hold')], { held: { 0: position(1, shown) } }).intents,
      'a price that comes back as it was shown, rounded, has not changed',
    ).toEqual([]);
  });

  it('B-17: brings a stop closer and refuses to take it away, and does the rest of what it says', () => {
    expect(hold({ stopLoss: 96 }).intents).toEqual([
      { kind: 'adjust-protection', symbol: 'BTC-USDT', reason: 'model-hold', stop: { price: 96 } },
    ]);
    const wider = hold({ stopLoss: 80, profitTarget: 130, confidence: 0.9 });
    expect(wider.intents).toEqual([
      { kind: 'adjust-protection', symbol: 'BTC-USDT', reason: 'model-hold', target: { price: 130 } },
    ]);
    expect(wider.refusals).toEqual([{ kind: 'stop-widened', symbol: 'BTC-USDT', stop: 80, present: 90 }]);
    expect(wider.plans['BTC-USDT']).toMatchObject({ stopLoss: 90, profitTarget: 130, confidence: 0.9 });
  });

  it('widens a stop where the rules allow it, and never to nothing', () => {
    const rules = { tightenOnly: false };
    const wider = judge([signal('BTC', 'hold', { stopLoss: 80 })], { held, rules });
    expect(wider.intents).toMatchObject([{ stop: { price: 80 } }]);
    expect(kindsOf(judge([signal('BTC', 'hold', { stopLoss: 0 })], { held, rules }))).toEqual(['no-stop']);
  });

  it('mirrors all of that for a short', () => {
    const short = { held: { 0: position(-1) } };
    expect(judge([signal('BTC', 'hold', { stopLoss: 105, profitTarget: 80 })], short).intents).toMatchObject([
      { stop: { price: 105 } },
    ]);
    expect(kindsOf(judge([signal('BTC', 'hold', { stopLoss: 115, profitTarget: 80 })], short))).toEqual([
      'stop-widened',
    ]);
    expect(kindsOf(judge([signal('BTC', 'hold', { stopLoss: 99, profitTarget: 101 })], short))).toEqual([
      'stop-side',
      'target-side',
    ]);
  });

  it('refuses a stop or target that the price has passed', () => {
    expect(kindsOf(hold({ stopLoss: 101, profitTarget: 99 }))).toEqual(['stop-side', 'target-side']);
  });

  it('takes new words, keeps old ones, and gives a plan to a position that had none', () => {
    expect(hold({ invalidation: ' close  below\n92 ' }).plans['BTC-USDT']).toMatchObject({
      invalidation: 'close below 92',
      condition: null,
    });
    expect(hold({ invalidation: null }).plans['BTC-USDT']).toMatchObject({
      invalidation: 'close below 88',
      condition: { value: 88 },
      entryReason: 'trend',
    });
    const inherited = judge([signal('BTC', 'hold', { invalidation: 'watch the news' })], { held });
    expect(inherited.plans['BTC-USDT']).toMatchObject({
      side: 'long',
      stopLoss: 90,
      invalidation: 'watch the news',
    });
  });

  it('of what is not held says nothing', () => {
    expect(judge([signal('BTC', 'hold', { stopLoss: 0, quantity: 0 })])).toEqual({
      intents: [],
      refusals: [],
      plans: {},
    });
  });
});

describe('a reply', () => {
  it('that names coins which are not traded, or one twice, is told so', () => {
    const judged = judge([
      signal('PEPE', 'buy'),
      signal('BTC', 'buy', { quantity: 1 }),
      signal('BTC-USDT', 'buy', { quantity: 2 }),
    ]);
    expect(judged.intents).toMatchObject([{ symbol: 'BTC-USDT', size: { quantity: 2 } }]);
    expect(judged.refusals).toEqual([
      { kind: 'unknown-coin', coin: 'PEPE' },
      { kind: 'said-twice', symbol: 'BTC-USDT' },
    ]);
  });

  it('says nothing about what leaves already', () => {
    const situation = { held: { 0: position(1), 1: position(1) }, leaving: [0, 1] };
    const judged = judge(
      [signal('BTC', 'hold', { stopLoss: 96 }), signal('ETH', 'close_position')],
      situation,
    );
    expect(judged.intents).toEqual([]);
    expect(judged.refusals).toEqual([{ kind: 'leaving', symbol: 'BTC-USDT' }]);
  });

  const strange = fc.option(
    fc.oneof(fc.constantFrom(0, -1, 100), fc.double({ min: -200, max: 200, noNaN: true })),
  );
  const mostly = (...usual: number[]): fc.Arbitrary<number | null> =>
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: strange });
  const anySignal: fc.Arbitrary<TradeSignal> = fc.record({
    coin: fc.constantFrom('BTC', 'BTC-USDT', 'eth', 'ETH', 'SOL', 'DOGE'),
    signal: fc.constantFrom<SignalWord>('buy', 'sell', 'hold', 'close_position'),
    quantity: mostly(1),
    leverage: mostly(5),
    profitTarget: mostly(80, 120),
    stopLoss: mostly(90, 110),
    confidence: mostly(0.5),
    riskUsd: mostly(10),
    invalidation: fc.option(fc.string()),
  });
  const anyHeld = fc
    .array(fc.constantFrom(0, 0, 0, 0, 2, -2), { minLength: 3, maxLength: 3 })
    .map((all) => Object.fromEntries(all.flatMap((q, i) => (q === 0 ? [] : [[i, position(q)]]))));

  it('whatever it says, leads to orders that keep every rule, exits first, and every signal has an outcome', () => {
    let entries = 0;
    fc.assert(
      fc.property(fc.array(anySignal, { maxLength: 8 }), anyHeld, (signals, held) => {
        const context = contextOf({ held, rules: { maxPositions: 2, leverageMin: 2, leverageMax: 10 } });
        const { intents, refusals, plans } = signalsToIntents(signals, context);
        const order = intents.map(({ kind }) =>
          ['close', 'reduce'].includes(kind) ? 0 : kind === 'open' ? 2 : 1,
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(new Set(intents.map(({ symbol }) => symbol)).size).toBe(intents.length);
        const kept = new Set(Object.keys(held).map((i) => SYMBOLS[Number(i)] ?? ''));
        for (const intent of intents) {
          const now = held[SYMBOLS.indexOf(intent.symbol)];
          expect(SYMBOLS).toContain(intent.symbol);
          if (intent.kind !== 'open') {
            expect(now).toBeDefined();
            if (intent.kind === 'close') kept.delete(intent.symbol);
            if (intent.kind === 'reduce') expect(intent.fraction > 0 && intent.fraction < 1).toBe(true);
            continue;
          }
          entries++;
          expect(now).toBeUndefined();
          kept.add(intent.symbol);
          const sign = intent.side === 'long' ? 1 : -1;
          const { stop, target, leverage = NaN } = intent;
          if (stop === undefined || target === undefined || !('price' in stop) || !('price' in target))
            throw new Error('an entry without protection');
          expect(sign * (PRICE - stop.price)).toBeGreaterThan(0);
          expect(sign * (target.price - PRICE)).toBeGreaterThan(0);
          expect(stop.price > 0 && target.price > 0 && leverage >= 2 && leverage <= 10).toBe(true);
          expect(plans[intent.symbol]?.side).toBe(intent.side);
        }
        if (Object.keys(held).length <= 2) expect(kept.size).toBeLessThanOrEqual(2);
        const quietHolds = signals.filter((each) => each.signal === 'hold').length;
        expect(intents.length + refusals.length + quietHolds).toBeGreaterThanOrEqual(signals.length);
        // Refusals are kept in memory, which is JSON.
        expect(JSON.parse(JSON.stringify({ refusals, plans }))).toEqual({ refusals, plans });
        for (const refusal of refusals) expect(signalRefusalText(refusal, (s) => s)).toMatch(/^.{10,160}$/);
      }),
      { numRuns: 2000, seed: 5 },
    );
    expect(entries, 'some entries were good').toBeGreaterThan(200);
  });
});
