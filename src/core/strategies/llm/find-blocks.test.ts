import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBlocks } from './find-blocks.js';

function blocksOf(text: string): string[] {
  return findBlocks(text).blocks.map(({ startAt, endAt }) => text.slice(startAt, endAt));
}

describe('finding blocks', () => {
  it('B-13: closing braces before the JSON shift nothing', () => {
    expect(blocksOf('so } it } goes }} {"a": {"b": 1}} and }')).toEqual(['{"a": {"b": 1}}']);
  });

  it('B-13: braces and quotes inside texts break nothing', () => {
    expect(blocksOf('x {"a": "}{", "b": "say \\"{\\" }"} y {"c": 1}')).toEqual([
      '{"a": "}{", "b": "say \\"{\\" }"}',
      '{"c": 1}',
    ]);
  });

  it('B-13: an opening brace in prose hides nothing behind it', () => {
    for (const stray of [
      '{',
      '{ ',
      '{like this}',
      '{ it\'s "so" }',
      '{"',
      '{"never closed',
      '[{',
      "{'",
      '{{{',
    ])
      expect(blocksOf(`I use ${stray} here.\n\n{"a": 1}\n`), stray).toContain('{"a": 1}');
  });

  it('reads lists of objects, and no other brackets of prose', () => {
    expect(blocksOf('[1] MACD: [-12.5, 3] - [ ] todo [link](x)\n[{"a": 1}, {"b": 2}]')).toEqual([
      '[{"a": 1}, {"b": 2}]',
    ]);
    expect(blocksOf('nothing:\n\n```json\n[]\n```')).toEqual(['[]']);
    expect(blocksOf('an empty list [] is no decision')).toEqual([]);
  });

  it('stops when there are more blocks than a reply can mean', () => {
    expect(findBlocks('{} '.repeat(50_000)).blocks.length).toBe(2001);
  });

  const PIECES = [
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '“',
      ',',
      ':',
      '\\',
      '\\"',
      '\n',
      '\n\n',
      ' ',
      '   ',
      '/*',
      '*/',
      '//',
      '```',
      '0',
      '1,1',
    ],
    ...[
      '{"a":',
      '[{"a":',
      '{"',
      "{'a",
      '"x"y ',
      '" x',
      '{"a":1 b',
      '{"coin":"A","signal":"buy"},',
      '“”',
      '\n  ',
      'word',
    ],
  ];
  const MOST_STEPS_PER_CHARACTER = 6;

  it.each(PIECES.flatMap((piece) => [piece, `{"a":"${piece}`, `{"a":1,:${piece}`]))(
    'work grows with the text alone, also over %j again and again',
    (piece) => {
      const [short, long] = [piece.repeat(200), piece.repeat(2000)];
      const steps = findBlocks(long).steps;
      expect(steps).toBeLessThan(MOST_STEPS_PER_CHARACTER * long.length + 1000);
      expect(steps).toBeLessThan(12 * findBlocks(short).steps + 1000);
    },
  );

  it('work grows with the text alone whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }),
        fc.integer({ min: 1, max: 400 }),
        (parts, n) => {
          const text = parts.join('').repeat(n);
          const { steps, blocks } = findBlocks(text);
          expect(steps).toBeLessThan(MOST_STEPS_PER_CHARACTER * text.length + 1000);
          for (const [i, block] of blocks.entries()) {
            expect(block.endAt).toBeGreaterThan(block.startAt);
            expect(block.startAt, 'blocks do not overlap').toBeGreaterThanOrEqual(blocks[i - 1]?.endAt ?? 0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
