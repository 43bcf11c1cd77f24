import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRegime, regimeReplySchema } from './regime.js';

const REPLY = {
  regime: 'MOMENTUM',
  trend: 'STRONG_BULL',
  volatility: 'NORMAL',
  risk_mode: 'DEFENSIVE',
  confidence: 0.8,
  reasoning: 'RSI and averages agree.',
};

function whyOf(reply: unknown): string {
  const reading = parseRegime(typeof reply === 'string' ? reply : JSON.stringify(reply));
  return reading.kind === 'unusable' ? reading.why : `read as ${reading.regime.regime}`;
}

describe("a model's regime", () => {
  it('is read from JSON alone, in prose, in a fence and with harmless slips', () => {
    const json = JSON.stringify(REPLY);
    for (const text of [
      json,
      `Here it is:\n\`\`\`json\n${json}\n\`\`\``,
      json.replace(/}$/, ',}'),
      json.replaceAll('"', "'"),
      json.replace('MOMENTUM', 'momentum'),
      json.replace('0.8', '"0.8"'),
      `{"thinking": "a range?"}\n${json}`,
    ])
      expect(parseRegime(text), text).toEqual({
        kind: 'regime',
        regime: {
          regime: 'MOMENTUM',
          trend: 'STRONG_BULL',
          volatility: 'NORMAL',
          riskMode: 'DEFENSIVE',
          confidence: 0.8,
          reasoning: 'RSI and averages agree.',
        },
      });
  });

  it('needs all six fields', () => {
    for (const name of Object.keys(REPLY)) {
      const { [name as keyof typeof REPLY]: _gone, ...rest } = REPLY;
      expect(whyOf(rest), name).toBe(
        name === 'regime' ? 'no JSON object with a regime in it' : `${name} is missing`,
      );
    }
  });

  it('C-4: is never made TRANSITIONAL, NEUTRAL or DEFENSIVE because a word or number is wrong', () => {
    for (const wrong of [
      { regime: 'BULLISH' },
      { regime: null },
      { trend: 'UP' },
      { volatility: 'EXTREME' },
      { risk_mode: 'YOLO' },
      { confidence: 1.2 },
      { confidence: -0.1 },
      { confidence: 'high' },
      { confidence: null },
      { reasoning: '' },
      { reasoning: ['x'] },
    ])
      expect(parseRegime(JSON.stringify({ ...REPLY, ...wrong })), JSON.stringify(wrong)).toMatchObject({
        kind: 'unusable',
      });
    expect(whyOf('')).toBe('no JSON object with a regime in it');
    expect(whyOf('I think the market trends upward.')).toBe('no JSON object with a regime in it');
    expect(whyOf(JSON.stringify(REPLY).slice(0, -30))).toBe('the JSON is cut off or damaged');
    expect(whyOf(`${JSON.stringify(REPLY).slice(0, -1)}, "regime": "RANGING"}`)).toBe(
      'regime is said twice, differently',
    );
  });

  it('is the last one of several, as a model corrects itself downwards', () => {
    const first = JSON.stringify({ ...REPLY, regime: 'RANGING' });
    expect(whyOf(`${first}\nNo: the move is directed.\n${JSON.stringify(REPLY)}`)).toBe('read as MOMENTUM');
    expect(whyOf(`${first}\n${JSON.stringify({ ...REPLY, regime: 'BOTH' })}`)).toMatch(/^regime: /);
  });

  it('keeps its reasons as one bounded line without control signs', () => {
    const reading = parseRegime(
      JSON.stringify({ ...REPLY, reasoning: `a\n\u001b[31mb\u202e${'c'.repeat(900)}` }),
    );
    const text = reading.kind === 'regime' ? reading.regime.reasoning : '';
    expect(text).toMatch(/^a\uFFFD\uFFFD\[31mb\uFFFDc+…$/);
    expect(text.length).toBeLessThanOrEqual(401);
  });

  it('is read or refused, whatever the text is: it never throws and never gives a word of its own', () => {
    const pieces = fc.constantFrom(
      ...JSON.stringify(REPLY).split(/(?<=[,:{])/),
      '}',
      '```',
      '\n',
      'NaN',
      '{"regime"',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 20 }), (parts) => {
        const reading = parseRegime(parts.join(''));
        if (reading.kind === 'unusable') return;
        const { riskMode, ...rest } = reading.regime;
        expect(regimeReplySchema.safeParse({ ...rest, risk_mode: riskMode }).success).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
