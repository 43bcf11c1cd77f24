import { describe, expect, it } from 'vitest';
import { bar, flatBars, marketOf, perpetual } from '../../../../test/support/made-market.js';
import {
  type Script,
  answered,
  modelSession,
  playModelSession,
  replyOf,
} from '../../../../test/support/play-model-session.js';
import { sessionFor } from '../../../../test/support/scripted-kind.js';
import { type ModelAnswer, NO_TOKENS } from '../../domain/model-call.js';
import type { MarketTable } from '../../domain/market-table.js';
import { DEFAULT_LIMITS } from '../../risk/limits.js';
import { createKinds } from '../catalog.js';
import type { TraderMemory } from './trader-memory.js';

const A = perpetual('A');
const B = perpetual('B');
const NOTHING = '{"decisions": []}';

/** Bars of A as given (closes; each opens where the one before closed), B flat at 50. */
function closes(...prices: number[]): MarketTable {
  const bars = prices.map((price, i) => bar(prices[i - 1] ?? price, price));
  return marketOf([bars, flatBars(50, prices.length)], { instruments: [A, B] });
}

const buyA = (more: Record<string, unknown> = {}): string =>
  replyOf({
    ...{ coin: 'A', signal: 'buy', quantity: 2, leverage: 5, profit_target: 200, stop_loss: 10 },
    ...{ invalidation_condition: 'none', confidence: 0.8, risk_usd: 100 },
    ...more,
  });

const failedWith = (fault: 'timeout' | 'budget', why: string): ModelAnswer => ({
  kind: 'failed',
  fault,
  why,
  usage: NO_TOKENS,
  costUsd: 0,
});

/** Answers by slot of the market; nothing to do elsewhere. */
const script =
  (replies: Record<number, string | ModelAnswer>): Script =>
  (_question, t) =>
    replies[t] ?? NOTHING;

describe('a session of llm-trader', () => {
  it('asks one question a bar, with its set-up, and trades what the reply says', () => {
    const session = modelSession(closes(100, 100, 110, 110), {
      temperature: 0.7,
      trial: 3,
      budgetUsdPerDay: 2,
    });
    const played = playModelSession(
      session,
      script({ 0: buyA(), 2: replyOf({ coin: 'A', signal: 'close_position' }) }),
    );
    expect(played.decisions.map(({ questions }) => questions.length)).toEqual([1, 1, 1, 1]);
    expect(played.decisions[0]?.questions[0]).toMatchObject({
      ...{ slot: 'decide', trial: 3, probe: 0, form: 'signals', budgetUsdPerDay: 2 },
      setup: { provider: 'made', model: 'scripted', temperature: 0.7, maxTokens: 4000 },
    });
    expect(played.decisions.map(({ step }) => step.why.code)).toEqual([
      'act',
      'no-action',
      'act',
      'no-action',
    ]);
    expect(played.fills.map(({ effect, quantity, price }) => [effect, quantity, price])).toEqual([
      ['entry', 2, 100],
      ['exit', -2, 110],
    ]);
    expect(session.equityUsd).toBeCloseTo(10_020, 9);
  });

  it('B-24: takes shorts, with stop and target mirrored', () => {
    const short = buyA({ signal: 'sell', profit_target: 80, stop_loss: 120 });
    const played = playModelSession(modelSession(closes(100, 100, 90, 75)), script({ 0: short }));
    expect(played.fills.map(({ effect, reason, price }) => [effect, reason, price])).toEqual([
      ['entry', 'strategy', 100],
      ['exit', 'target', 80],
    ]);
  });

  it('B-22: closes before it buys, so that the money is there', () => {
    const all = { coin: 'B', quantity: 199, leverage: 1, profit_target: 60, stop_loss: 40 };
    const swap = replyOf({ ...all, signal: 'buy' }, { coin: 'A', signal: 'close_position' });
    const played = playModelSession(
      modelSession(closes(100, 100, 100, 100)),
      script({ 0: buyA({ quantity: 99, leverage: 1 }), 1: swap }),
    );
    expect(played.fills.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([
      [0, 99],
      [0, -99],
      [1, 199],
    ]);
  });

  it('B-15: an answer that failed is a fault with its reason, not a decision to hold', () => {
    const session = modelSession(closes(100, 100, 100));
    const why = 'the provider did not answer within 60 s';
    const played = playModelSession(session, script({ 0: buyA(), 1: failedWith('timeout', why) }));
    const [, failed, next] = played.decisions;
    expect(failed?.step).toMatchObject({ fault: why, why: { code: 'fault' } });
    expect(failed?.intents).toEqual([]);
    expect(next?.step.fault).toBeUndefined();
    expect(session.account.positions[0]?.quantity, 'what is held stays').toBe(2);
  });

  it('B-13: a reply without a decision in it is a fault that names its class, and the model is told', () => {
    const played = playModelSession(
      modelSession(closes(100, 100, 100, 100, 100)),
      script({ 0: 'I hold.', 1: '', 2: answered('{"decisions": [{"coin": "A", "sig', { stop: 'length' }) }),
    );
    expect(played.decisions.map(({ step }) => step.fault)).toEqual([
      'unusable reply: no_json: there is no JSON in the reply',
      'unusable reply: empty: the reply is empty',
      'unusable reply: truncated: the JSON ends before its first signal does',
      undefined,
      undefined,
    ]);
    const news = played.decisions.map(({ questions }) => questions[0]?.user.split('## SINCE')[1] ?? '');
    expect(news[1]).toContain('could not be used: there is no JSON in the reply');
    expect(news[3], 'all that was not told yet').toMatch(/no JSON in the reply[^]*is empty[^]*ends before/);
    expect(news[4]).toContain('Nothing to report.');
  });

  it('that fails again and again is told once, with how often', () => {
    const played = playModelSession(
      modelSession(closes(...Array.from({ length: 6 }, () => 100))),
      script({ 0: 'no', 1: 'no', 2: 'no', 3: '' }),
    );
    const news = played.decisions.at(4)?.questions[0]?.user.split('## SINCE')[1] ?? '';
    expect(news.match(/could not be used: there is no JSON in the reply/g)).toHaveLength(1);
    expect(news).toContain('there is no JSON in the reply (3 times)');
    expect(news).toContain('the reply is empty\n');
  });

  it('is without an answer at fault too, and asks nothing where no symbol has a bar', () => {
    const market = marketOf([[bar(100), undefined, bar(100)]], { instruments: [A] });
    const played = playModelSession(modelSession(market), (_question, t) => (t === 2 ? undefined : NOTHING));
    expect(played.decisions.map(({ questions }) => questions.length)).toEqual([1, 0, 1]);
    expect(played.decisions.map(({ step }) => [step.why.code, step.fault])).toEqual([
      ['no-action', undefined],
      ['no-bar', undefined],
      ['fault', 'no answer: the question of this bar was not asked'],
    ]);
  });

  it('an answer of another model than the pinned one is a fault', () => {
    const session = modelSession(closes(100, 100, 100), { servedBy: 'm-2025-08' });
    const played = playModelSession(
      session,
      script({
        0: answered(NOTHING, { servedBy: 'm-2025-08' }),
        1: answered(buyA(), { servedBy: 'm-2025-10' }),
      }),
    );
    expect(played.decisions.map(({ step }) => step.fault)).toEqual([
      undefined,
      'answered by m-2025-10, not by m-2025-08',
      'answered by made, not by m-2025-08',
    ]);
    expect(played.fills).toEqual([]);
  });

  it('tells the model every refusal once: its own and those of the review, also when an answer was missed', () => {
    const much = buyA({ quantity: 500, leverage: 10, profit_target: 120, stop_loss: 90 });
    const session = modelSession(closes(100, 100, 100, 100, 100), {}, { limits: DEFAULT_LIMITS });
    const played = playModelSession(
      session,
      script({ 0: much, 1: failedWith('budget', 'the budget is spent'), 2: buyA({ stop_loss: 110 }) }),
    );
    expect(played.decisions[0]?.questions[0]?.system, 'it could have known').toContain(
      'of one symbol: at most 1 times the account value; of all positions together: at most 1 times.',
    );
    expect(played.decisions[0]?.refused.map(({ kind }) => kind)).toEqual(['symbol-exposure']);
    const news = played.decisions.map(({ questions }) => questions[0]?.user.split('## SINCE')[1] ?? '');
    const exposure =
      'refused: A: its notional would be 5.00 times of the account value, the limit is 1.00 times';
    expect(news[1]).toContain(exposure);
    expect(news[2], 'the question before had no answer').toContain(exposure);
    expect(news[3]).toContain('refused: A: stop_loss 110.00 of a long must be below the price 100.00');
    expect(news[3]).not.toContain('its notional');
    expect(news[4]).toContain('Nothing to report.');
    expect(played.decisions[2]?.step.why).toEqual({
      code: 'refused',
      detail: 'A: stop_loss 110.00 of a long must be below the price 100.00',
    });
  });

  it('on spot, entries of shorts are refused by the review, and the model is told', () => {
    const market = marketOf([flatBars(100, 3)]);
    const short = buyA({ signal: 'sell', leverage: 1, profit_target: 80, stop_loss: 120 });
    const played = playModelSession(modelSession(market), script({ 0: short }));
    expect(played.decisions[0]?.refused).toEqual([{ kind: 'short-on-spot', symbol: 'A' }]);
    expect(played.decisions[1]?.questions[0]?.user).toContain('A: cannot be sold short, it is a spot market');
  });

  it('B-28: leaves at the close at which its own condition has come true, also when no answer came', () => {
    const condition = { invalidation_condition: 'If price closes below 95 on 1h candle' };
    for (const answer of [
      NOTHING,
      failedWith('timeout', 'late'),
      replyOf({ coin: 'A', signal: 'hold', stop_loss: 20 }),
    ]) {
      const session = modelSession(closes(100, 100, 96, 94, 93, 93));
      const played = playModelSession(session, script({ 0: buyA(condition), 3: answer }));
      expect(played.decisions[3]?.intents).toEqual([{ kind: 'close', symbol: 'A', reason: 'invalidated' }]);
      expect(played.fills.map(({ effect, price }) => [effect, price])).toEqual([
        ['entry', 100],
        ['exit', 94],
      ]);
      const [, , before = '', at = '', after = '', later = ''] = played.decisions.map(
        (d) => d.questions[0]?.user ?? '',
      );
      expect(before).toContain('A: tested at every close as "close below 95": it does not hold now.');
      expect(at).toContain('it holds now, and the position is closed at the next open');
      expect(after).toContain('closed: A, because the invalidation condition that you gave came true');
      expect(later).not.toContain('came true');
    }
  });

  it('does not act on a condition that held when it was given, nor on words that leave a doubt', () => {
    for (const words of ['price closes below 120', 'price closes below 95 or 90', 'if momentum fades']) {
      const played = playModelSession(
        modelSession(closes(100, 100, 94, 60)),
        script({ 0: buyA({ leverage: 1, invalidation_condition: words }) }),
      );
      expect(played.fills, words).toHaveLength(1);
      expect(played.decisions[3]?.questions[0]?.user).toContain(`| ${words}`);
      expect(played.decisions[3]?.questions[0]?.user).toContain(
        'A: not tested by a machine; judge it yourself.',
      );
    }
  });

  it('forgets the plan of what is gone, and tells of the protective exit', () => {
    const session = modelSession(closes(100, 100, 80, 80, 80));
    const played = playModelSession(session, script({ 0: buyA({ stop_loss: 90 }) }));
    expect(played.decisions[2]?.questions[0]?.user).toContain('- closed: A long, by stop');
    expect(played.decisions[3]?.questions[0]?.user).toContain('Nothing to report.');
    expect((session.memory as TraderMemory).plans).toEqual({});
  });

  it('keeps what its reasoning said about the symbol, also where the reasoning stands inside the JSON', () => {
    const entry = JSON.parse(buyA().split('DECISIONS\n')[1] ?? '') as Record<string, unknown>;
    const strict = JSON.stringify({ reasoning: 'B is flat.\nA broke out of its range.', ...entry });
    const played = playModelSession(modelSession(closes(100, 100, 100)), script({ 0: strict }));
    expect(played.decisions[1]?.questions[0]?.user).toContain('| at entry: A broke out of its range.');
  });

  it('explains the conditions under which it will leave by itself, with their figures', () => {
    const session = modelSession(closes(100, 100, 96));
    playModelSession(session, script({ 0: buyA({ invalidation_condition: 'price closes below 95' }) }));
    expect(session.plan.kind.explain?.(session.observation, session.memory)).toEqual([
      {
        ...{ symbol: 'A', rule: 'leave, invalidated', text: 'close below 95', value: 96 },
        ...{ threshold: 95, holds: false },
      },
    ]);
  });

  it('is told the Sharpe ratio of its returns between decisions', () => {
    const session = modelSession(closes(100, 100, 110, 99));
    const played = playModelSession(session, script({ 0: buyA({ quantity: 10 }) }));
    // Equity 10,000, 10,000, 10,100, 9,990: returns 0, 1 % and -1.0891 % in three hours.
    const returns = [0, 0.01, 9990 / 10100 - 1];
    const mean = returns.reduce((sum, r) => sum + r, 0) / 3;
    const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 2);
    const expected = (mean / deviation) * Math.sqrt(8760);
    expect(played.decisions[3]?.questions[0]?.user).toContain(`Sharpe ratio: ${expected.toFixed(3)}`);
    expect(played.decisions[1]?.questions[0]?.user, 'one return has no deviation').toContain(
      'Sharpe ratio: n/a',
    );
  });

  it('keeps a memory of bounded size', () => {
    const session = modelSession(marketOf([flatBars(100, 120), flatBars(50, 120)], { instruments: [A, B] }));
    const many = (t: number): string =>
      replyOf(
        ...Array.from({ length: 400 }, (_, i) => ({ coin: `X${String(t)}N${String(i)}`, signal: 'buy' })),
      );
    const bad = (t: number): string => (t % 3 === 0 ? 'no' : many(t));
    playModelSession(session, (_question, t) => bad(t), 0, 60);
    const early = JSON.stringify(session.memory).length;
    playModelSession(session, (_question, t) => bad(t), 60, 120);
    expect(early).toBeLessThan(3000);
    expect(JSON.stringify(session.memory).length).toBeLessThan(early + 200);
  });

  it('asks a sampled share of its questions once more, and says whether the decision would have been another', () => {
    const market = closes(...Array.from({ length: 200 }, () => 100));
    const session = modelSession(market, { probeShare: 0.25 });
    const open = replyOf({
      coin: 'B',
      signal: 'buy',
      quantity: 1,
      leverage: 2,
      profit_target: 60,
      stop_loss: 40,
    });
    const asked = playModelSession(session, ({ probe }, t) =>
      probe === 1 && t % 2 === 0 ? open : NOTHING,
    ).decisions.filter(({ questions }) => questions.length === 2);
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.length).toBeLessThan(70);
    for (const { t, questions, step } of asked) {
      expect(questions[1]).toEqual({ ...questions[0], slot: 'probe', probe: 1 });
      expect(step.probe).toBe(t % 2 === 0 ? 'flipped' : 'same');
    }
  });

  it('a probe without an answer says nothing', () => {
    const session = modelSession(closes(100, 100), { probeShare: 1 });
    const played = playModelSession(session, ({ probe }) =>
      probe === 1 ? failedWith('timeout', 'late') : NOTHING,
    );
    expect(played.decisions.map(({ step }) => 'probe' in step)).toEqual([false, false]);
  });
});

describe('parameters of llm-trader', () => {
  const schema = createKinds().find('llm-trader')?.manifest.parameters;

  it('have defaults, and none for whom to ask', () => {
    expect(schema?.parse({ provider: 'openai', model: 'gpt-5' })).toEqual({
      ...{
        provider: 'openai',
        model: 'gpt-5',
        temperature: null,
        maxTokens: 4000,
        prompt: 'trader-1',
        trial: 1,
      },
      ...{ leverageMin: 1, leverageMax: 20, tightenOnly: true, maxPositions: 6, probeShare: 0 },
      ...{ budgetUsdPerDay: null, mask: false },
    });
    expect(schema?.safeParse({ provider: 'openai' }).success).toBe(false);
  });

  it.each([
    { leverageMin: 10, leverageMax: 5 },
    { prompt: 'trader-0' },
    { prompt: 'direct-1' },
    { probeShare: 1.1 },
    { temperature: 3 },
    { budgetUsdPerDay: 0 },
    { model: 'two words' },
    { model: '\u001B[31m' },
    { apiKey: 'secret' },
  ])('refuse %j', (more) => {
    expect(schema?.safeParse({ provider: 'openai', model: 'gpt-5', ...more }).success).toBe(false);
  });
});

describe('llm-direct', () => {
  it('asks about its one symbol at every bar with the short prompt, and trades like llm-trader', () => {
    const kind = createKinds().find('llm-direct');
    if (kind === undefined) throw new Error('there is no llm-direct');
    expect(kind.manifest.maxSymbols).toBe(1);
    const market = marketOf([flatBars(100, 60)], { instruments: [A] });
    const session = sessionFor(kind, market, {
      params: kind.manifest.parameters.parse({ provider: 'made', model: 'm' }),
    });
    const played = playModelSession(session, (_question, t) => (t === 55 ? buyA() : NOTHING));
    expect(played.fills).toHaveLength(1);
    const user = played.decisions[59]?.questions[0]?.user ?? '';
    expect(user).toContain('RSI14 50.0');
    expect(user).toContain('Change over 10 bars +0.00 %, over 24 bars +0.00 %');
    expect(user).toContain('"symbol": "A", "side": "long", "quantity": 2,');
    expect(user.length).toBeLessThan(3000);
  });
});
