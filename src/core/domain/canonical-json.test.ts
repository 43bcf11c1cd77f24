import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

/** The same in as few words as possible. */
function plainly(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Not like an index: objects give those before all others, whatever order they were put in. */
const key = fc.string({ unit: 'binary' }).map((text) => `k${text}`);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, true, -0, 1e21, 5e-324, '', '"', '\\', '\u007f', '\ud800', 'é'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('any')),
    fc.dictionary(key, tie('any')),
  ),
})).any;

describe('canonical JSON', () => {
  it('is JSON with sorted keys, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(values.map(canonicalJson)).toEqual(values.map(plainly));
      }),
    );
  });

  it('tells apart objects of as many keys that come one after another', () => {
    const made = [
      { b: 1, a: 2 },
      { b: 3, a: 4 },
      { a: 5, b: 6 },
      { b: 7, c: undefined },
      { d: 8, c: 9 },
    ];
    expect(made.map(canonicalJson)).toEqual([
      '{"a":2,"b":1}',
      '{"a":4,"b":3}',
      '{"a":5,"b":6}',
      '{"b":7}',
      '{"c":9,"d":8}',
    ]);
  });

  it('takes nothing that JSON cannot hold', () => {
    for (const wrong of [NaN, Infinity, { a: -Infinity }, [1n], { f: () => 1 }])
      expect(() => canonicalJson(wrong)).toThrow('no place in canonical JSON');
  });
});
