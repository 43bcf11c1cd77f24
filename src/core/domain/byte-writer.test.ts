import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteReader, createByteReader } from './byte-reader.js';
import { type ByteWriter, createByteWriter } from './byte-writer.js';

type Part =
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'uint32'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'doubles'; readonly value: readonly number[] };

const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('uint32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 20 }) }),
  fc.record({ kind: fc.constant('doubles' as const), value: fc.array(fc.double(), { maxLength: 20 }) }),
);

function write(parts: readonly Part[]): Uint8Array {
  const out = createByteWriter();
  for (const { kind, value } of parts) (out[kind] as (value: Part['value']) => void)(value);
  return out.finish();
}

function read(parts: readonly Part[], input: ByteReader): unknown[] {
  return parts.map(({ kind }) => {
    const value = input[kind]();
    return value instanceof Float64Array ? [...value] : value;
  });
}

const DAMAGED: unknown = expect.objectContaining({ kind: 'damaged' });

describe('state as bytes', () => {
  it('comes back bit for bit, whatever was written in whatever order', () => {
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const input = createByteReader(write(parts), 'a blob');
        // toEqual tells -0 from 0 and takes NaN for itself.
        expect(read(parts, input)).toEqual(parts.map(({ value }) => value));
        input.end();
      }),
    );
  });

  it('is damage when it is cut anywhere, never a wild read', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const bytes = write(parts);
        for (let length = 0; length < bytes.length; length++)
          expect(() => read(parts, createByteReader(bytes.subarray(0, length), 'a blob'))).toThrow(DAMAGED);
      }),
      { numRuns: 30 },
    );
  });

  it('is damage or other values when bytes were changed, and never fails in another way', () => {
    fc.assert(
      fc.property(fc.array(part), fc.uint8Array({ maxLength: 200 }), (parts, foreign) => {
        try {
          read(parts, createByteReader(foreign, 'a blob'));
        } catch (error) {
          expect(error).toEqual(DAMAGED);
        }
      }),
    );
  });

  it('is damage when something is left over', () => {
    const input = createByteReader(new Uint8Array([1, 0, 0, 0, 9]), 'a blob');
    expect(input.uint32()).toBe(1);
    expect(() => {
      input.end();
    }).toThrow('a blob has 1 bytes too many');
  });

  it('is little-endian on every machine', () => {
    const out = createByteWriter();
    out.uint32(0x01020304);
    out.double(1);
    expect([...out.finish()]).toEqual([4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  it('keeps lists of doubles on eight-byte boundaries, so that they can be looked at in place', () => {
    const out = createByteWriter();
    out.text('odd');
    out.doubles(Float64Array.from([1.5, -0, NaN]));
    const bytes = out.finish();
    // 4 + 3 bytes of text, 4 of count, 5 of zeros.
    expect([...new Float64Array(bytes.buffer, 16, 3)]).toEqual([1.5, -0, NaN]);
    expect(bytes.length).toBe(40);
    bytes[12] = 1;
    const input = createByteReader(bytes, 'a blob');
    input.text();
    expect(() => input.doubles()).toThrow(DAMAGED);
  });

  it('reads a blob that lies anywhere in a larger one', () => {
    const parts: Part[] = [
      { kind: 'text', value: 'a' },
      { kind: 'doubles', value: [1, 2] },
    ];
    const bytes = write(parts);
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 3);
    const input = createByteReader(larger.subarray(3, 3 + bytes.length), 'a blob');
    expect(read(parts, input)).toEqual(['a', [1, 2]]);
    input.end();
  });

  it('asks for no memory that a damaged count names', () => {
    const count = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    expect(() => createByteReader(count, 'a blob').doubles()).toThrow(DAMAGED);
    expect(() => createByteReader(count, 'a blob').text()).toThrow(DAMAGED);
  });

  it('grows beyond its first buffer', () => {
    const out = createByteWriter();
    const values = Float64Array.from({ length: 50_000 }, (_, i) => i / 7);
    out.text('x'.repeat(70_000));
    out.doubles(values);
    const input = createByteReader(out.finish(), 'a blob');
    expect(input.text()).toHaveLength(70_000);
    expect(input.doubles()).toEqual(values);
  });

  it.each([-1, 0.5, NaN, 2 ** 32])('refuses %d as an unsigned integer instead of wrapping it', (value) => {
    const out: ByteWriter = createByteWriter();
    expect(() => {
      out.uint32(value);
    }).toThrow('Broken invariant');
  });
});
