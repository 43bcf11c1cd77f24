import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INJECTIONS } from '../../../../test/support/injections.js';
import { FENCE_END, MAX_FENCED_CHARS, fenceText, plainLine } from './fence-text.js';

const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What a fence is, told apart from the code: one opening line, one closing line, and marked lines between them. */
function expectFence(fenced: string): void {
  const lines = fenced.split('\n');
  expect(lines[0]).toMatch(/^--- DATA: news \(.*\) ---$/);
  expect(lines.at(-1)).toBe(FENCE_END);
  const inside = lines.slice(1, -1);
  expect(inside.length).toBeGreaterThan(0);
  for (const line of inside) {
    expect(line.startsWith('| ')).toBe(true);
    expect(line).not.toMatch(STEERING);
    // Full-width look-alikes are the same to a reader.
    expect(line.normalize('NFKC')).not.toMatch(/---|===|```|~~~|###|END OF DATA|<\||<[/a-z]|\[INST/i);
  }
  expect(Array.from(inside.map((line) => line.slice(2)).join('\n')).length).toBeLessThanOrEqual(
    MAX_FENCED_CHARS,
  );
}

describe('text from outside', () => {
  it('is a corpus of at least 50', () => {
    expect(new Set(INJECTIONS).size).toBeGreaterThanOrEqual(50);
  });

  it.each(INJECTIONS.map((text) => [text.slice(0, 40), text]))(
    'stays inside its fence: %j',
    (_start, text) => {
      expectFence(fenceText('news', text));
      const line = plainLine(text, 300);
      expect(Array.from(line).length).toBeLessThanOrEqual(300);
      expect(line).not.toMatch(STEERING);
      expect(plainLine(line, 300), 'once clean it stays as it is').toBe(line);
    },
  );

  it('stays inside its fence whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...INJECTIONS.map((text) => text.slice(0, 60)),
        '-',
        '--',
        '|',
        '\n',
        '`',
        '#',
        '<',
        '＃',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expectFence(fenceText('news', pieces.join('')));
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps plain words as they are', () => {
    const words = 'If price closes below $1,085.50 on 4h candle (RSI < 30), "support" at 1080 - 1085';
    expect(plainLine(words, 300)).toBe(words);
    expect(fenceText('news', 'two\nlines').split('\n').slice(1, -1)).toEqual(['| two', '| lines']);
  });

  it('says where it was cut', () => {
    expect(plainLine('abcdef', 4)).toBe('abc…');
  });
});
