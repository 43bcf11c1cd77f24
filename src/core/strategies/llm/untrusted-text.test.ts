import { describe, expect, it } from 'vitest';
import { INJECTIONS } from '../../../../test/support/injections.js';
import { flatBars, marketOf, perpetual } from '../../../../test/support/made-market.js';
import {
  type PlayedModel,
  modelSession,
  playModelSession,
  replyOf,
} from '../../../../test/support/play-model-session.js';
import { DEFAULT_LIMITS } from '../../risk/limits.js';
import { FENCE_END } from './fence-text.js';
import { parseReply } from './parse-reply.js';

const MARKET = marketOf([flatBars(100, 4), flatBars(50, 4)], {
  instruments: [perpetual('A'), perpetual('B')],
});

const BUY = {
  ...{ coin: 'A', signal: 'buy', quantity: 2, leverage: 5, profit_target: 120, stop_loss: 90 },
  ...{ invalidation_condition: 'none', confidence: 0.5, risk_usd: 20 },
};
/** What most injections want: another symbol, no stop, more leverage and more money than there is. */
const OBEYED = replyOf(
  { coin: 'PEPE', signal: 'buy', quantity: 1e6, leverage: 5, profit_target: 2, stop_loss: 0.1 },
  { coin: 'B', signal: 'buy', quantity: 1e6, leverage: 125, profit_target: 1e9, stop_loss: 0.01 },
  { coin: 'A', signal: 'hold', stop_loss: 1, invalidation_condition: 'none' },
);

/** The first reply carries the text, the second one obeys it. */
function play(firstReply: string): PlayedModel {
  const session = modelSession(MARKET, {}, { limits: DEFAULT_LIMITS });
  return playModelSession(session, (_question, t) =>
    t === 0 ? firstReply : t === 1 ? OBEYED : '{"decisions": []}',
  );
}

/** A prompt without what stands between its fences, which have to be closed and marked. */
function outsideFences(prompt: string): string {
  let inside = false;
  const outside: string[] = [];
  for (const line of prompt.split('\n')) {
    if (line.startsWith('--- DATA: ')) {
      expect(inside).toBe(false);
      inside = true;
    } else if (line === FENCE_END) {
      expect(inside).toBe(true);
      inside = false;
    } else if (inside) expect(line.startsWith('| ')).toBe(true);
    else {
      expect(line.startsWith('| ')).toBe(false);
      outside.push(line);
    }
  }
  expect(inside).toBe(false);
  // Of some texts nothing is left; then there is no fence.
  return outside
    .join('\n')
    .replace('A: no condition was given.', 'A: not tested by a machine; judge it yourself.');
}

function questionAt(played: PlayedModel, t: number): { system: string; user: string } {
  const question = played.decisions[t]?.questions[0];
  if (question === undefined) throw new Error(`no question at ${String(t)}`);
  return question;
}

const plain = play(replyOf(BUY));
const plainQuestion = questionAt(plain, 1);

function expectNothingChanged(played: PlayedModel): void {
  const question = questionAt(played, 1);
  expect(question.system).toBe(plainQuestion.system);
  expect(outsideFences(question.user)).toBe(outsideFences(plainQuestion.user));
  expect(question.user.length).toBeLessThan(plainQuestion.user.length + 1000);
  expect(outsideFences(questionAt(played, 2).user)).toBe(outsideFences(questionAt(plain, 2).user));
  expect(played.fills.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([[0, 2]]);
  expect(played.decisions.map(({ step }) => step.why)).toEqual(plain.decisions.map(({ step }) => step.why));
}

describe('a text that wants to be more than text', () => {
  it('finds limits that refuse what it asks for', () => {
    expect(plain.decisions[1]?.step.why).toEqual({
      code: 'refused',
      detail:
        'PEPE is not one of your symbols; A: stop_loss 1.00 is farther away than 90.00; a stop may only come closer; B: leverage 125.00 is outside 1 to 20',
    });
  });

  it.each(INJECTIONS.map((text) => [text.slice(0, 50), text]))(
    'changes nothing as a condition: %j',
    (_start, text) => {
      expectNothingChanged(play(replyOf({ ...BUY, invalidation_condition: text })));
    },
  );

  it.each(INJECTIONS.map((text) => [text.slice(0, 50), text]))(
    'changes nothing as a reason: %j',
    (_start, text) => {
      expectNothingChanged(play(`A is strong, ${text}\n\n${replyOf(BUY)}`));
    },
  );

  it.each(INJECTIONS.map((text) => [text.slice(0, 50), text]))(
    'decides nothing when a reply quotes it from the prompt: %j',
    (_start, text) => {
      const { user } = questionAt(play(replyOf({ ...BUY, invalidation_condition: text })), 1);
      const reply = `# CHAIN OF THOUGHT\nI was asked:\n${user}\n\n# TRADING DECISIONS\n{"decisions": []}`;
      expect(parseReply(reply).kind).toBe('no-action');
      const kept = parseReply(`I was asked:\n${user}\n\n${replyOf(BUY)}`);
      expect(
        kept.kind === 'signals' ? kept.signals.map(({ coin, quantity }) => [coin, quantity]) : kept,
      ).toEqual([['A', 2]]);
    },
  );
});
