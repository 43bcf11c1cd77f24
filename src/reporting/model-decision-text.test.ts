import { describe, expect, it } from 'vitest';
import type { ModelCall } from '../core/session/model-record.js';
import { modelDecisionText } from './model-decision-text.js';

const AT_MS = Date.UTC(2026, 0, 5, 4);

const CALL: ModelCall = {
  event: 'model-call',
  c: 0,
  atMs: AT_MS,
  slot: 'decide',
  probe: 0,
  provider: 'openai',
  model: 'gpt-4o-mini',
  request: 'r',
  usage: { inputTokens: 900, cachedInputTokens: 100, cacheWriteTokens: 200, outputTokens: 50 },
  costUsd: 0.00125,
  reply: 'h',
  stop: 'end',
  servedBy: 'gpt-4o-mini-2024-07-18',
  fingerprint: null,
};
type Shown = Parameters<typeof modelDecisionText>[1];

function text(call: Partial<Shown['calls'][number]>, decision?: Shown['decision']): string {
  return modelDecisionText('mini', {
    seq: 1234,
    atMs: AT_MS,
    calls: [
      {
        call: CALL,
        system: 'You trade.',
        user: 'What now?',
        form: 'signals',
        reply: '{"coin": "BTC", "signal": "close_position"}',
        latencyMs: 1500,
        attempts: 1,
        ...call,
      },
    ],
    decision,
  });
}

describe('a decision with a model as text', () => {
  it('has what was asked, answered, read and done, in this order', () => {
    const shown = text({}, { why: 'act', detail: 'closes', intents: [{ kind: 'close', symbol: 'BTC' }] });
    const order = [
      'mini at 2026-01-05',
      'round 1,234',
      '=== decide: openai gpt-4o-mini, 1,100 tokens in, 100 cached, 50 out, 0.001250 USD, 1.5 s',
      '--- SYSTEM\nYou trade.',
      '--- PROMPT\nWhat now?',
      '--- REPLY\n{"coin"',
      '--- READ AS\n{',
      '--- OUTCOME\nact: closes',
      'order: {"kind":"close","symbol":"BTC"}',
    ];
    let from = 0;
    for (const part of order) {
      const found = shown.indexOf(part, from);
      expect(found, part).toBeGreaterThanOrEqual(from);
      from = found;
    }
  });

  it('says why there is no answer, and reads nothing', () => {
    const { reply: _reply, stop: _stop, servedBy: _servedBy, fingerprint: _fingerprint, ...rest } = CALL;
    const failed = { ...rest, fault: 'timeout' as const, why: 'no reply within 60 s' };
    const shown = text(
      { call: failed, reply: undefined, attempts: 3 },
      { why: 'fault', fault: 'no reply within 60 s' },
    );
    expect(shown).toContain('none: timeout: no reply within 60 s');
    expect(shown).toContain('1.5 s, 3 attempts');
    expect(shown).toContain('not decided: no reply within 60 s');
    expect(shown).not.toContain('READ AS');
  });

  it('says what the recording does not have', () => {
    const shown = text({ system: undefined, user: undefined, reply: undefined, latencyMs: undefined });
    expect(shown.match(/\(not in the recording\)/g)).toHaveLength(3);
    expect(shown).toContain('nothing to do, as at the decision before');
  });

  it('sends nothing to the terminal that steers it', () => {
    const hostile = 'one\u001b[2Jtwo\u0007\r\u009bthree\nfour';
    const shown = text(
      {
        system: hostile,
        user: hostile,
        reply: JSON.stringify({ coin: 'BTC', signal: 'close_position', invalidation_condition: hostile }),
      },
      { why: 'act', detail: hostile, fault: hostile, refused: [{ why: hostile }] },
    );
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(shown).toContain('four');
  });

  it('reads a regime as a regime', () => {
    expect(text({ form: 'regime', reply: 'no idea' })).toContain('--- READ AS\nunusable: ');
  });
});
