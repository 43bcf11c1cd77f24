import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openScorecard, recordMark, recordSample } from '../metrics/scorecard.js';
import { openCards, readCard, stepCard } from './cards.js';
import { openRanks, rankDescending } from './rank.js';

const paths = fc.array(
  fc.record({
    equity: fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: 1, max: 1e6, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(0, -20) },
    ),
    exposure: fc.double({ min: 0, max: 3, noNaN: true }),
    sampled: fc.boolean(),
  }),
  { minLength: 2, maxLength: 60 },
);

describe('a card in an array', () => {
  it('holds the bits of a scorecard, in blocks of any size, beside others', () => {
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 60 }), (path, size) => {
        const cards = openCards(3, 10_000);
        const card = openScorecard(10_000);
        const keys = new Float32Array(3 * size);
        for (let from = 0; from < path.length; from += size) {
          const part = path.slice(from, from + size);
          for (const { equity, exposure, sampled } of part) {
            recordMark(card, equity, exposure);
            if (sampled) recordSample(card, equity);
          }
          const column = (of: (bar: (typeof part)[number]) => number): Float64Array =>
            Float64Array.from(part, of);
          stepCard(
            cards,
            1,
            column(({ equity }) => equity),
            column(({ exposure }) => exposure),
            part.length,
            Uint8Array.from(part, ({ sampled }) => (sampled ? 1 : 0)),
            { keys, contestants: 3, samplesPerYear: 8760 },
          );
          const { samples, squaredDeviations, meanReturn } = card;
          const deviation = Math.sqrt(squaredDeviations / (samples - 1));
          const sharpe =
            samples > 1 && squaredDeviations > 0 ? (meanReturn / deviation) * Math.sqrt(8760) : 0;
          expect(keys[3 * (part.length - 1) + 1]).toBe(Math.fround(sharpe));
        }
        expect(readCard(cards, 1)).toEqual(card);
        expect(readCard(cards, 2)).toEqual(openScorecard(10_000));
      }),
    );
  });
});

describe('the ranking', () => {
  it('is a stable sort by the key, the largest first', () => {
    const key = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 300 }), (values) => {
        const keys = Float32Array.from([7, ...values]);
        const ranks = openRanks(values.length);
        rankDescending(ranks, keys, 1);
        const expected = values.map((_, k) => k).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
        // Infinity minus itself is no difference.
        fc.pre(values.every((value) => Number.isFinite(value)));
        expect([...ranks.order]).toEqual(expected);
      }),
    );
  });
});
