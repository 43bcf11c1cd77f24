import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NumberForm, readNumber } from './read-number.js';

const text = (said: string, form: NumberForm = 'plain'): ReturnType<typeof readNumber> =>
  readNumber({ kind: 'text', text: said, spelled: false }, form);
const bare = (said: string, form: NumberForm = 'plain'): ReturnType<typeof readNumber> =>
  readNumber({ kind: 'bare', text: said }, form);

describe('reading a number', () => {
  it('gives every finite number back as it was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(bare(JSON.stringify(value))).toEqual({ kind: 'number', value: value + 0, coerced: false });
      }),
    );
  });

  it.each([
    ['10x', 'multiple', 10],
    ['12.5 X', 'multiple', 12.5],
    ['1,150.5', 'plain', 1150.5],
    ['1,234,567', 'plain', 1234567],
    ['$1,150.50', 'usd', 1150.5],
    [' 0.25 ', 'plain', 0.25],
    ['１０ｘ', 'multiple', 10],
    ['+3', 'plain', 3],
    ['.5', 'plain', 0.5],
  ] as const)('B-14: %s is understood, and told', (said, form, value) => {
    expect(text(said, form)).toEqual({ kind: 'number', value, coerced: true });
  });

  it.each([
    ...[
      '',
      'ten',
      '5%',
      '10 to 12',
      '1150 USD',
      '0,75',
      '1,15',
      '1,1500',
      '1.150,5',
      '1,150,5',
      '12,345.6.7',
    ],
    ...['007', '01.5', '0x10', '1_000', '10²', '½', '١٠', '−5', '--5', '10x', '$5', '1e', '9'.repeat(41)],
  ])('B-14: %j is not guessed at', (said) => {
    expect(text(said)).toEqual({ kind: 'rejected', why: 'not-a-number' });
  });

  it.each(['NaN', 'Infinity', '-Infinity', '-inf', '1e999', '1e-999', '-0.1e-999'])(
    'B-14: %s is out of range',
    (said) => {
      expect(bare(said)).toEqual({ kind: 'rejected', why: 'out-of-range' });
    },
  );

  it('takes no number from booleans, lists and objects, and knows null', () => {
    expect(bare('true')).toEqual({ kind: 'rejected', why: 'not-a-number' });
    expect(readNumber({ kind: 'array', items: [], whole: true }, 'plain')).toMatchObject({
      why: 'not-a-number',
    });
    expect(bare('null')).toEqual({ kind: 'rejected', why: 'null' });
    expect(text('null'), 'a text is not null').toMatchObject({ why: 'not-a-number' });
  });

  it('gives no negative zero', () => {
    expect(bare('-0.00')).toEqual({ kind: 'number', value: 0, coerced: false });
  });
});
