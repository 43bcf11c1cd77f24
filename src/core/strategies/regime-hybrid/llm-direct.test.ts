import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AskedBar,
  type ScriptedModel,
  answered,
  failed,
  playAskedSession,
} from '../../../../test/support/play-asked-session.js';
import { sessionFor } from '../../../../test/support/scripted-kind.js';
import { generateMarket } from '../../market/generate-market.js';
import type { Session } from '../../session/session.js';
import { erase } from '../catalog.js';
import { llmDirect } from './llm-direct.js';

const KIND = erase(llmDirect);
const MARKET = generateMarket({
  seed: 2,
  symbols: ['BTC-USD', 'ETH-USD', 'ETH-EUR'],
  timeframe: '1h',
  startMs: Date.UTC(2025, 0, 6),
  length: 60,
  perpetual: true,
});
const PRICE = MARKET.candles[0]?.close[0] ?? NaN;

function open(params: object = {}): Session {
  return sessionFor(KIND, MARKET, {
    params: KIND.manifest.parameters.parse({ provider: 'made', model: 'small', ...params }),
  });
}

function signal(change: object = {}): string {
  const args = {
    coin: 'BTC-USD',
    signal: 'buy',
    quantity: 1000,
    leverage: 2,
    profit_target: PRICE * 1.2,
    stop_loss: PRICE * 0.8,
    confidence: 0.7,
    risk_usd: 10,
    invalidation_condition: 'none',
    ...change,
  };
  return JSON.stringify({ [args.coin]: { trade_signal_args: args } });
}

function first(text: string, params: object = {}): AskedBar | undefined {
  return playAskedSession(open(params), () => answered(text), 0, 1)[0];
}

describe('llm-direct', () => {
  it('asks once at every bar for all its symbols', () => {
    const bars = playAskedSession(open(), () => answered('{}'));
    expect(bars.every(({ questions }) => questions.length === 1)).toBe(true);
    const [question] = bars.at(-1)?.questions ?? [];
    expect(question).toMatchObject({ slot: 'decide', form: 'signals', probe: 0, trial: 1 });
    expect(question?.user).toMatch(/BTC-USD: price [\d.]+, .*\nETH-USD: .*\nETH-EUR: .*; nothing held\n/);
    expect(question?.user).not.toMatch(/NaN|undefined|Infinity/);
    expect(bars[0]?.questions[0]?.user).toContain('BTC-USD: readings n/a; nothing held');
  });

  it("opens with the reply's own numbers, shows what is held, and closes", () => {
    const session = open();
    const model: ScriptedModel = (_question, t) =>
      answered(t === 0 ? signal() : t === 3 ? signal({ signal: 'close_position', quantity: 0 }) : '{}');
    const bars = playAskedSession(session, model, 0, 6);
    expect(bars[0]?.record?.intents).toEqual([
      {
        kind: 'open',
        symbol: 'BTC-USD',
        side: 'long',
        reason: 'model-buy',
        size: { quantity: 1000 },
        leverage: 2,
        stop: { price: PRICE * 0.8 },
        target: { price: PRICE * 1.2 },
        confidence: 0.7,
      },
    ]);
    expect(bars[2]?.questions[0]?.user).toMatch(
      /BTC-USD: .*; held 1000 from [\d.]+, stop [\d.]+, target [\d.]+/,
    );
    expect(bars[3]?.record?.intents).toEqual([{ kind: 'close', symbol: 'BTC-USD', reason: 'model-close' }]);
    expect(session.account.closedTrades).toBe(1);
  });

  it.each<[string, object, string]>([
    ['a quantity', { quantity: null }, 'no quantity above 0'],
    ['a quantity above 0', { quantity: -1 }, 'no quantity above 0'],
    ['leverage', { leverage: 0 }, 'no leverage of 1 or more'],
    ['a stop', { stop_loss: null }, 'no stop'],
    ['a target', { profit_target: 'soon' }, 'no target'],
    ['a stop below the price', { stop_loss: PRICE * 1.1 }, 'is not between stop and target'],
    ['a confidence within 0-1', { confidence: 7 }, 'a confidence outside 0-1'],
    ['shorts when it takes none', { signal: 'sell' }, 'shorts are not taken'],
    ['a symbol that is traded', { coin: 'DOGE' }, 'not traded here'],
    ['a name that means one symbol', { coin: 'ETH' }, 'not traded here'],
    ['something to close', { signal: 'close_position' }, 'nothing is held'],
  ])('refuses, and guesses nothing, without %s', (_what, change, why) => {
    const bar = first(signal(change));
    expect(bar?.record?.intents).toEqual([]);
    expect(bar?.record?.why.code).toBe('refused');
    expect(bar?.record?.why.detail).toContain(why);
    expect(bar?.record?.fault).toBeUndefined();
  });

  it('takes the first part of a name for the symbol, and a short where it may', () => {
    expect(first(signal({ coin: 'BTC' }))?.record?.intents[0]).toMatchObject({ symbol: 'BTC-USD' });
    const short = signal({ signal: 'sell', stop_loss: PRICE * 1.1, profit_target: PRICE * 0.9 });
    expect(first(short, { side: 'both' })?.record?.intents[0]).toMatchObject({ side: 'short' });
  });

  it('refuses the second signal for one symbol, and does not add to what is held', () => {
    const two = first(signal().slice(0, -1) + ',' + signal({ coin: 'BTC' }).slice(1));
    expect(two?.record?.intents).toHaveLength(1);
    expect(two?.record?.why.detail).toContain('named twice');
    const bars = playAskedSession(open(), () => answered(signal()), 0, 3);
    expect(bars[1]?.record?.why).toEqual({
      code: 'refused',
      detail: 'BTC-USD: buy refused, it is held already',
    });
  });

  it('holds in its own right when the model has nothing to do', () => {
    const bar = first('{}');
    expect(bar?.record?.why).toEqual({ code: 'hold' });
  });

  it.each<[string, ScriptedModel, string, string]>([
    ['no reply', () => failed('late'), 'late', 'late: made to fail'],
    ['an empty reply', () => answered(''), 'unusable', 'the reply cannot be used (empty)'],
    ['prose', () => answered('Up it goes.'), 'unusable', 'the reply cannot be used (no_json)'],
    ['nobody to ask', () => undefined, 'not-asked', 'the model was not asked'],
  ])('tells %s as a decision that could not be made', (_what, model, code, fault) => {
    const session = open();
    session.observation.pointAt(0, 0, 10_000);
    const question = KIND.questions?.(session.observation, {})[0];
    if (question === undefined) throw new Error('no question');
    const answer = model(question, 0);
    session.observation.answers = new Map(answer === undefined ? [] : [[question.slot, answer]]);
    const step = KIND.decide(session.observation, {});
    expect(step.why.code).toBe(code);
    expect(step.fault).toContain(fault);
    expect(step.intents).toEqual([]);
  });

  it('never throws and never names a symbol that it does not trade, whatever the reply is', () => {
    const session = open({ side: 'both' });
    session.observation.pointAt(55, 0, 10_000);
    const words = fc.constantFrom(
      ...signal().split(/(?<=[,:{])/),
      ...signal({ coin: 'XRP' }).split(/(?<=[,:{])/),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }), (parts) => {
        session.observation.answers = new Map([['decide', answered(parts.join(''))]]);
        for (const intent of KIND.decide(session.observation, {}).intents)
          expect(MARKET.symbols).toContain(intent.symbol);
      }),
      { numRuns: 1000 },
    );
  });
});
