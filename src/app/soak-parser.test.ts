import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeShared } from '../../test/support/shared-files.js';
import { type ParsedReply, parseReply } from '../core/strategies/llm/parse-reply.js';
import type { TradeSignal } from '../core/strategies/llm/trade-signal.js';
import { MADE_REPLIES } from './made-replies.js';
import { mutateReply } from './mutate-reply.js';
import { brokenReplyLaw } from './reply-laws.js';
import { type ParserTally, newParserTally, soakReply } from './soak-parser.js';

function soak(replies: readonly string[], count: number, seed: number): ParserTally {
  const tally = newParserTally();
  for (let number = 0; number < count; number++) soakReply(tally, replies, seed, number, () => 0);
  return tally;
}

describe('damaged replies', () => {
  it('B-13, B-14: 5,000 of them never throw, and give no coin and no number that they do not hold', () => {
    const tally = soak(MADE_REPLIES, 5000, 11);
    expect(tally.broken).toEqual([]);
    expect(tally.replies).toBe(5000);
    // Otherwise the damages would leave nothing to get wrong.
    expect(tally.readAs['signals']).toBeGreaterThan(1000);
    for (const kind of ['no-action', 'no_json', 'malformed_json', 'truncated', 'no_signals', 'empty'])
      expect(tally.readAs[kind], kind).toBeGreaterThan(10);
  });

  it('are the same for the same seed', () => {
    expect(mutateReply(MADE_REPLIES, 3, 7)).toBe(mutateReply(MADE_REPLIES, 3, 7));
    expect(mutateReply(MADE_REPLIES, 3, 7)).not.toBe(mutateReply(MADE_REPLIES, 4, 7));
  });
});

describeShared('vectors/llm_responses.json.gz', 'damaged recorded replies', (golden) => {
  const { cases } = z.object({ cases: z.array(z.object({ raw_response: z.string() })) }).parse(golden);

  it('never throw, and give no coin and no number that they do not hold', () => {
    const recorded = cases.map((each) => each.raw_response);
    const tally = soak(recorded, 5000, 12);
    expect(tally.broken).toEqual([]);
    expect(tally.readAs['signals']).toBeGreaterThan(2000);
  });
});

describe('the made replies', () => {
  it('are read as what they are', () => {
    expect(
      MADE_REPLIES.map((reply) => {
        const parsed = parseReply(reply);
        if (parsed.kind === 'signals')
          return parsed.signals.map(({ coin, signal }) => `${coin} ${signal}`).join(', ');
        return parsed.kind === 'unusable' ? parsed.class : parsed.kind;
      }),
    ).toEqual([
      'BTC buy, ETH hold, SOL close_position',
      'no-action',
      'BTC buy, ETH hold',
      'DOGE sell',
      'XRP buy, BNB close_position',
      'BNB buy',
      'BTC buy',
      'BTC buy, ETH hold, SOL close_position',
      'BTC buy',
      'no_signals',
      'BTC buy, ETH hold',
      'empty',
    ]);
  });
});

describe('the laws of a reply', () => {
  const signal: TradeSignal = {
    coin: 'BTC',
    signal: 'buy',
    quantity: 1150.5,
    leverage: -3,
    profitTarget: null,
    stopLoss: null,
    confidence: null,
    riskUsd: null,
    invalidation: null,
  };
  const read = (...signals: TradeSignal[]): ParsedReply => ({
    kind: 'signals',
    signals,
    notes: [],
    reasoning: '',
  });

  it('hold for what is in the reply', () => {
    expect(brokenReplyLaw('btc: 1,150.5 and -3', read(signal))).toBeUndefined();
  });

  it.each([
    ['ETH: 1150.5, -3', 'the coin BTC is not in the reply'],
    ['BTC: 11150.5, -3', 'BTC: quantity 1150.5 is not in the reply'],
    ['BTC: 1150.55, -3', 'BTC: quantity 1150.5 is not in the reply'],
    ['BTC: 1150.5, 3', 'BTC: leverage -3 is not in the reply'],
  ])('are broken by %j', (reply, what) => {
    expect(brokenReplyLaw(reply, read(signal))).toBe(what);
  });

  it('are broken by two signals for a coin, and by none', () => {
    expect(brokenReplyLaw('BTC 1150.5 -3', read(signal, signal))).toBe('the coin BTC has two signals');
    expect(brokenReplyLaw('BTC', read())).toBe('signals without a signal');
  });
});
