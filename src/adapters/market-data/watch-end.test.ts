import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchEnd } from './watch-end.js';

const HEAD = 'timestamp,close,volume';
const rows = (volumeOf: (row: number) => string, count = 100): string =>
  [HEAD, ...Array.from({ length: count }, (_, row) => `${String(row)},100.5,${volumeOf(row)}`)].join('\n');
const FIXED = rows((row) => (row / 3).toFixed(4));
const FREE = rows((row) => String(row / 8));

function mayBeTorn(text: string, chunkBytes = 1 << 20): boolean {
  const end = watchEnd();
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) end.see(bytes.subarray(at, at + chunkBytes));
  return end.mayBeTorn();
}

describe('the end of a CSV', () => {
  it('is whole with a line break, whatever the numbers are', () => {
    for (const text of [`${FIXED}\n`, `${FREE}\n`, `${FREE}\r\n`, `${FREE}\n\n`, `${HEAD}\n`])
      expect(mayBeTorn(text)).toBe(false);
  });

  it('is whole without one where its last number is as wide as all others, or in quotes', () => {
    expect(mayBeTorn(FIXED)).toBe(false);
    expect(mayBeTorn(`${FREE}\n100,100.5,"12"`)).toBe(false);
  });

  it('may be torn where its last number could have gone on', () => {
    for (const text of [FREE, FIXED.slice(0, -1), FIXED.slice(0, -5), rows(String), rows(() => '1.5', 5)])
      expect(mayBeTorn(text), text.slice(-20)).toBe(true);
  });

  it('is judged alike in chunks of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6000 }), fc.nat(6), (chunkBytes, cut) => {
        const text = FIXED.slice(0, FIXED.length - cut);
        expect(mayBeTorn(text, chunkBytes)).toBe(mayBeTorn(text));
      }),
    );
  });
});
