import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeShared } from '../../../../test/support/shared-files.js';
import { type Condition, holds, parseInvalidation } from './invalidation.js';

const HOUR_MS = 3_600_000;
const context = {
  timeframeMs: 4 * HOUR_MS,
  metrics: ['ema20', 'macd', 'rsi7', 'rsi14', 'ema50'],
  aliases: ['BTC-USDT', 'BTC'],
};
const read = (text: string): Condition | undefined => parseInvalidation(text, context);
const below = (value: number, metric = 'close'): Condition => ({ metric, op: 'below', value });
const above = (value: number, metric = 'close'): Condition => ({ metric, op: 'above', value });

describe('a condition in words', () => {
  it.each([
    ['4h close below 105000', below(105000)],
    ['price closes above 2.45', above(2.45)],
    ['If price closes below 108000 on 4-hour candle', below(108000)],
    ['If price closes below $1,085.50.', below(1085.5)],
    ['Price drops below 0.1890 USDT on the 4h chart', below(0.189)],
    ['BTC closes below $104,500', below(104500)],
    ['btc-usdt price > 120000', above(120000)],
    ['If price closes below 2.54 on 240 minute candle, indicating breakdown of uptrend support', below(2.54)],
    ['closes below 3 (recent support)', below(3)],
    ['RSI14 below 30', below(30, 'rsi14')],
    ['RSI(7) drops below 40', below(40, 'rsi7')],
    ['RSI 7-period exceeds 85', above(85, 'rsi7')],
    ['MACD crosses below 0', below(0, 'macd')],
  ])('%s is for a machine', (text, condition) => {
    expect(read(text)).toEqual(condition);
  });

  it.each([
    ['no number', 'If the uptrend breaks'],
    ['a figure instead of a number', 'price closes below EMA20'],
    ['another timeframe', 'If price closes below 108000 on 3-minute candle'],
    ['another timeframe in front', '1h close below 108000'],
    ['two conditions', 'If price closes below 101500 or RSI(7) drops below 40'],
    ['two numbers', 'price closes below 101500 or 99000'],
    ['a joined condition', 'closes below 100, indicating weakness and volume confirms'],
    ['a duration', 'price closes below 100 for 2 consecutive candles'],
    ['a negation', 'price does not close above 100'],
    ['another coin', 'ETH closes below 3000'],
    ['a figure that is shown with two periods', 'RSI below 30'],
    ['a figure that is not shown', 'RSI21 below 30'],
    ['contradicting periods', 'RSI(7) 14-period below 30'],
    ['a unit', 'price closes below 105k'],
    ['a percentage', 'price < 95%'],
    ['a number that may be two', 'close below 1,05'],
    ['a broken number', 'close below 2.4.5'],
    ['no figure', 'drops below 30'],
    ['a price of nothing', 'close below 0'],
    ['a condition of its own kind', 'N/A'],
    ['nothing', ''],
    ['length', `close below 100 (${'very '.repeat(80)}low)`],
  ])('with %s is for the model alone', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  const WORDS = [
    ...[
      'if',
      'price',
      'closes',
      'close',
      'below',
      'above',
      'on',
      '4h',
      'candle',
      'BTC',
      'RSI(7)',
      'RSI14',
      'MACD',
    ],
    ...[
      'or',
      'and',
      '105000',
      '2.45',
      '$1,085',
      '0',
      '3-minute',
      ',',
      '(support)',
      'indicating',
      'weakness',
      'for',
      'EMA20',
    ],
  ];

  /** Sentences of the known form in which words are missing, replaced or added. */
  const sentences = fc
    .tuple(
      ...['if', 'price', 'closes', 'below', '105000', 'on', '4h', 'candle'].map((word) =>
        fc.tuple(
          fc.constantFrom('keep', 'keep', 'keep', 'keep', 'keep', 'drop', 'replace', 'add'),
          fc.constantFrom(...WORDS),
          fc.constant(word),
        ),
      ),
    )
    .map((slots) =>
      slots
        .flatMap(([change, other, word]) =>
          change === 'keep'
            ? [word]
            : change === 'drop'
              ? []
              : change === 'replace'
                ? [other]
                : [other, word],
        )
        .join(' '),
    );

  /** Counted apart from the parser: what names a period or a timeframe is no number of a condition. */
  function countsOf(text: string): { numbers: number; operators: number } {
    const plain = text.replace(/\b(?:RSI\(7\)|RSI14|EMA20|4h|3-minute)/gi, 'x');
    return {
      numbers: (plain.match(/\d[\d.,]*/g) ?? []).length,
      operators: (plain.match(/\b(?:below|above)\b/gi) ?? []).length,
    };
  }

  it('has no form for a machine without exactly one number and one comparison, and never another number', () => {
    let forms = 0;
    fc.assert(
      fc.property(sentences, (text) => {
        const found = read(text);
        if (found === undefined) return;
        forms++;
        expect(countsOf(text), text).toEqual({ numbers: 1, operators: 1 });
        expect(text.replaceAll(',', '')).toContain(String(found.value));
        expect(text.includes(found.op)).toBe(true);
        expect(/3-minute|\bor\b|\band\b|\bfor\b/.test(text), text).toBe(false);
      }),
      { numRuns: 20_000, seed: 11 },
    );
    expect(forms, 'the property looks at some').toBeGreaterThan(1000);
  });

  it('B-28: comes true by its own figure, and not by one that is not known', () => {
    expect([holds(below(100), 99.99), holds(below(100), 100), holds(below(100), NaN)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([holds(above(100), 100.01), holds(above(100), 100), holds(above(100), NaN)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

const recordedSchema = z.object({
  cases: z.array(
    z.object({
      recorded_signals: z.array(
        z.object({ coin: z.string(), signal: z.string(), invalidation_condition: z.string() }),
      ),
    }),
  ),
});

describeShared('vectors/llm_responses.json.gz', 'conditions of recorded replies', (golden) => {
  const conditions = recordedSchema
    .parse(golden)
    .cases.flatMap((each) => each.recorded_signals)
    .filter((signal) => signal.signal !== 'close_position');

  it('are for a machine in three of four cases, if bars were as long as the prompts of that time said', () => {
    const readable = (timeframeMs: number): number =>
      conditions.filter(
        ({ coin, invalidation_condition: text }) =>
          parseInvalidation(text, { ...context, timeframeMs, aliases: [coin] }) !== undefined,
      ).length;
    expect(conditions).toHaveLength(1202);
    expect(readable(180_000), 'told that bars are of 3 minutes, they say so').toBe(874);
    expect(readable(4 * HOUR_MS), 'on the 4h bars that they traded, those that name none').toBe(8);
  });
});
