import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MappableTrial, type TrialMapping, mapTrial, trialMappingSchema } from './trial-mapping.js';

const TRIAL: MappableTrial = {
  study: 'mine',
  number: 7,
  objective: 0.123456789,
  params: { fast_period: 8, slow_period: 59.7, stop_pct: 4.25, strategy: 'ema-cross', flag: true, lr: 0.001 },
  attributes: { best_target: 0.31, note: 'x' },
};
const parsed = (mapping: unknown): TrialMapping => trialMappingSchema.parse(mapping);
const map = (mapping: unknown, trial: MappableTrial = TRIAL): unknown => mapTrial(trial, parsed(mapping));
const paramsOf = (params: unknown, more: object = {}): unknown =>
  (map({ kind: 'sma-cross', params, ...more }) as { contestant: { params: unknown } }).contestant.params;
const whyNot = (mapping: unknown): string => (map(mapping) as { why: string }).why;
const complaint = (mapping: unknown): string => {
  const result = trialMappingSchema.safeParse(mapping);
  const [issue] = result.error?.issues ?? [];
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
};

describe('a mapping', () => {
  it('takes names that are equal by themselves', () => {
    expect(map({ kind: 'sma-cross' })).toEqual({ contestant: { kind: 'sma-cross', params: TRIAL.params } });
    expect(map({ kind: 'sma-cross', params: 'same' })).toEqual(map({ kind: 'sma-cross' }));
  });

  it('renames, rounds, scales, and takes attributes and constants', () => {
    expect(
      paramsOf({
        fast: 'fast_period',
        slow: { from: 'slow_period', round: true },
        stop: { from: 'stop_pct', scale: 0.01, round: 4 },
        target: { attribute: 'best_target' },
        side: { value: 'long' },
        nested: { value: { a: [1] } },
      }),
    ).toEqual({ fast: 8, slow: 60, stop: 0.0425, target: 0.31, side: 'long', nested: { a: [1] } });
  });

  it('leaves what it does not name, or takes it along when told', () => {
    expect(paramsOf({ fast: 'fast_period' })).toEqual({ fast: 8 });
    const { params } = TRIAL;
    expect(paramsOf({ fast: 'fast_period', lr: { value: 5 } }, { others: 'same' })).toEqual({
      slow_period: params['slow_period'],
      stop_pct: params['stop_pct'],
      strategy: 'ema-cross',
      flag: true,
      lr: 5,
      fast: 8,
    });
  });

  it('may take the kind from a parameter, which is no parameter of the contestant then', () => {
    expect(map({ kind: { from: 'strategy' }, params: { fast: 'fast_period' } })).toEqual({
      contestant: { kind: 'ema-cross', params: { fast: 8 } },
    });
    expect(map({ kind: { from: 'strategy' } })).toMatchObject({
      contestant: { params: expect.not.objectContaining({ strategy: 'ema-cross' }) as object },
    });
    expect(whyNot({ kind: { from: 'lr' } })).toBe('parameter "lr" should name a kind, it is 0.001');
  });

  it('gives symbols, bar length and a title that says where it comes from', () => {
    expect(
      map({
        kind: 'flat',
        params: {},
        symbols: ['BTC-USD'],
        timeframe: '4h',
        title: '{study} #{number}: {value}',
      }),
    ).toEqual({
      contestant: {
        title: 'mine #7: 0.123457',
        kind: 'flat',
        params: {},
        symbols: ['BTC-USD'],
        timeframe: '4h',
      },
    });
  });

  it('cuts a title that is too long between two characters', () => {
    const trial = { ...TRIAL, study: `${'x'.repeat(59)}\u{1F680}` };
    expect(map({ kind: 'flat', title: '{study}' }, trial)).toMatchObject({
      contestant: { title: 'x'.repeat(59) },
    });
  });

  it('leaves an optional parameter away where the trial has none', () => {
    expect(paramsOf({ fast: 'fast_period', slow: { from: 'absent', optional: true } })).toEqual({ fast: 8 });
  });

  it('names a missing parameter, the nearest one, and those that exist', () => {
    expect(whyNot({ kind: 'sma-cross', params: { fast: 'fast_perod' } })).toBe(
      'there is no parameter "fast_perod"; did you mean "fast_period"? The trial has fast_period, slow_period, stop_pct, strategy, flag, lr',
    );
    expect(whyNot({ kind: 'sma-cross', params: { fast: { attribute: 'x' } } })).toContain(
      'there is no user attribute "x"; did you mean "note"? The trial has best_target, note',
    );
    expect(whyNot({ kind: 'sma-cross', params: { fast: 'constructor' } })).toContain(
      'no parameter "constructor"',
    );
  });

  it.each([
    ['a text', { from: 'strategy', round: true }, '(for "p") should be a number'],
    ['a flag', { from: 'flag', scale: 2 }, 'it is true'],
    ['a number too large', { from: 'lr', scale: 1e308, round: 2 }, undefined],
    ['a product too large', { from: 'slow_period', scale: 1e308 }, 'no finite number'],
  ])('does not scale %s', (_what, source, words) => {
    const result = map({ kind: 'flat', params: { p: source } }) as { why?: string };
    if (words === undefined) expect(result.why).toBeUndefined();
    else expect(result.why).toContain(words);
  });

  it.each([
    [1.005, 2, 1.01],
    [0.5, true, 1],
    [-0.5, true, -1],
    [-0.4, true, 0],
    [1e21, true, 1e21],
    [1.4e-7, 3, 0],
    [2.675, 2, 2.68],
  ])('rounds %d to %s: %d', (value, round, result) => {
    const trial = { ...TRIAL, params: { x: value } };
    const { contestant } = map({ kind: 'flat', params: { p: { from: 'x', round } } }, trial) as {
      contestant: { params: { p: number } };
    };
    expect(Object.is(contestant.params.p, result), String(contestant.params.p)).toBe(true);
  });

  it('rounding is near, idempotent, and gives no more decimals than asked', () => {
    const digits = fc.nat({ max: 12 });
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), digits, (value, round) => {
        const once = (x: number): number =>
          (
            map({ kind: 'flat', params: { p: { from: 'x', round } } }, { ...TRIAL, params: { x } }) as {
              contestant: { params: { p: number } };
            }
          ).contestant.params.p;
        const result = once(value);
        expect(Math.abs(result - value)).toBeLessThanOrEqual(0.5 * 10 ** -round + 1e-9);
        expect(once(result)).toBe(result);
      }),
    );
  });

  it.each<[string, unknown, string[]]>([
    ['no kind', {}, ['kind', 'name of a kind']],
    ['an unknown field', { kind: 'a', parms: {} }, ['parms']],
    [
      'a number for a parameter',
      { kind: 'a', params: { fast: 8 } },
      ['params.fast', '{ "value": CONSTANT }'],
    ],
    ['a word for all', { kind: 'a', params: 'all' }, ['params', '"same"']],
    ['two origins', { kind: 'a', params: { p: { from: 'x', value: 1 } } }, ['params.p', '"from"']],
    ['a slip', { kind: 'a', params: { p: { form: 'x' } } }, ['params.p', '"from"']],
    ['a constant that is scaled', { kind: 'a', params: { p: { value: 1, scale: 2 } } }, ['params.p']],
    ['decimals without end', { kind: 'a', params: { p: { from: 'x', round: 99 } } }, ['params.p']],
    ['an unknown bar length', { kind: 'a', timeframe: '2h' }, ['timeframe']],
    ['no symbols', { kind: 'a', symbols: [] }, ['symbols']],
  ])('with %s is refused where it stands', (_what, mapping, words) => {
    for (const word of words) expect(complaint(mapping)).toContain(word);
  });
});
