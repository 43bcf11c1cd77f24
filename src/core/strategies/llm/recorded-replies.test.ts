import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeShared } from '../../../../test/support/shared-files.js';
import { type ParsedReply, parseReply } from './parse-reply.js';

const signalsSchema = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])));
const schema = z.object({
  cases: z.array(
    z.object({
      class: z.string(),
      raw_response: z.string(),
      recorded_signals: signalsSchema,
      tolerant_signals: signalsSchema.optional(),
    }),
  ),
});

function recordedForm(parsed: ParsedReply): z.infer<typeof signalsSchema> {
  if (parsed.kind !== 'signals') return [];
  return parsed.signals.map((signal) => ({
    coin: signal.coin,
    signal: signal.signal,
    quantity: signal.quantity,
    leverage: signal.leverage,
    stop_loss: signal.stopLoss,
    profit_target: signal.profitTarget,
    confidence: signal.confidence,
    risk_usd: signal.riskUsd,
    invalidation_condition: signal.invalidation,
  }));
}

describeShared('vectors/llm_responses.json.gz', 'replies of recorded runs', (golden) => {
  const { cases } = schema.parse(golden);
  const ofClass = (...classes: string[]): typeof cases =>
    cases.filter((each) => classes.includes(each.class));

  it('give the 1,386 recorded signals, each in every field and in order, and no note', () => {
    let signals = 0;
    for (const each of ofClass('signals')) {
      const parsed = parseReply(each.raw_response);
      expect(recordedForm(parsed)).toEqual(each.recorded_signals);
      expect(parsed.notes).toEqual([]);
      signals += each.recorded_signals.length;
    }
    expect(signals).toBe(1386);
  });

  it('B-13: with comments or null prices give the signals that the recorded system lost', () => {
    const damaged = ofClass('malformed_json', 'null_fields');
    expect(damaged).toHaveLength(9);
    for (const each of damaged) {
      const parsed = parseReply(each.raw_response);
      expect(recordedForm(parsed)).toEqual(each.tolerant_signals);
      expect(parsed.kind).toBe(each.tolerant_signals?.length === 0 ? 'no-action' : 'signals');
    }
  });

  it('are a decision to do nothing where the JSON is empty', () => {
    for (const each of ofClass('no_action')) expect(parseReply(each.raw_response).kind).toBe('no-action');
  });

  it('B-13: without JSON are unusable, by class', () => {
    const classes = ofClass('empty', 'no_json').map((each) => {
      const parsed = parseReply(each.raw_response);
      return [each.class, parsed.kind === 'unusable' ? parsed.class : parsed.kind];
    });
    expect(classes).toHaveLength(7);
    expect(classes.filter(([expected, read]) => expected !== read)).toEqual([]);
  });

  it('come with their reasoning', () => {
    for (const each of ofClass('signals', 'no_json')) {
      const { reasoning } = parseReply(each.raw_response);
      expect(reasoning).not.toBe('');
      expect(each.raw_response).toContain(reasoning);
    }
  });

  it('B-13: cut off anywhere give only signals that the whole reply gives', () => {
    for (const [k, each] of ofClass('signals').slice(0, 60).entries()) {
      const whole = recordedForm(parseReply(each.raw_response));
      for (let share = 1; share < 20; share++) {
        const cut = each.raw_response.slice(0, Math.floor((each.raw_response.length * share) / 20) + (k % 7));
        for (const signal of recordedForm(parseReply(cut))) expect(whole).toContainEqual(signal);
      }
    }
  });
});
