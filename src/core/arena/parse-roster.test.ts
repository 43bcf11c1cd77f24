import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arenaOn, rosterMarketOf, rosterOn, sha256 } from '../../../test/support/made-arena.js';
import { flatBars, marketOf } from '../../../test/support/made-market.js';
import { createKinds } from '../strategies/catalog.js';
import { contestantId } from './contestant.js';
import { lackOfSymbols, parseRoster } from './parse-roster.js';

const market = marketOf([flatBars(100, 10), flatBars(50, 10)]);
const ENTRY = { kind: 'sma-cross', symbols: ['A'], params: { fast: 2, slow: 5 } };

describe('the training behind a contestant', () => {
  it('is kept beside it and no part of its identity', () => {
    const [plain] = rosterOn(market, ENTRY);
    fc.assert(
      fc.property(
        fc.record({
          study: fc.string({ maxLength: 512 }),
          trial: fc.nat(),
          trials: fc.integer({ min: 1, max: 1e6 }),
        }),
        (training) => {
          const [entry] = rosterOn(market, { ...ENTRY, training });
          expect(entry?.training).toEqual(training);
          expect(entry?.manifest).toEqual(plain?.manifest);
          const [seat] = arenaOn(market, { ...ENTRY, training }).seats;
          expect(seat?.contestant.training).toEqual(training);
          expect(seat?.contestant.id).toBe(plain && contestantId(plain.manifest, sha256));
        },
      ),
    );
    expect(plain).not.toHaveProperty('training');
    const [seat] = arenaOn(market, ENTRY).seats;
    expect(seat?.contestant).not.toHaveProperty('training');
  });

  it.each([
    ['a grid', { grid: { fast: [2, 3] } }],
    ['several seeds', { seeds: [1, 2] }],
    ['one for each symbol', { symbols: 'each' }],
  ])('belongs to one contestant: %s is refused', (_what, more) => {
    const training = { study: 's', trial: 1, trials: 9 };
    expect(() => rosterOn(market, { ...ENTRY, ...more, training })).toThrow(
      'test.training: a trial is one contestant, this entry makes 2',
    );
    expect(
      rosterOn(market, [
        { ...ENTRY, ...more },
        { ...ENTRY, training },
      ]),
    ).toHaveLength(3);
  });

  it.each([
    ['no trials', { study: 's', trial: 1, trials: 0 }],
    ['half a trial', { study: 's', trial: 1.5, trials: 3 }],
    ['no study', { trial: 1, trials: 3 }],
    ['more than that', { study: 's', trial: 1, trials: 3, value: 2 }],
  ])('with %s is refused by name', (_what, training) => {
    expect(() => rosterOn(market, { ...ENTRY, training })).toThrow('test.training');
  });
});

describe('an entry that needs more symbols than the market has', () => {
  const one = rosterMarketOf(marketOf([flatBars(100, 10)]));
  const kept = (content: unknown): (string | undefined)[] =>
    parseRoster(content, 'file', one, createKinds(), 'keep').map(lackOfSymbols);
  const WEIGHTED = { kind: 'buy-and-hold', params: { weights: [0.6, 0.4] } };

  it.each([
    ['all of them', { kind: 'momentum-rotation', symbols: 'all' }],
    ['nothing said of them', { kind: 'momentum-rotation' }],
    ['the majors by weight', { ...WEIGHTED, symbols: 'majors' }],
  ])('is kept, with what it lacks, where it leaves them to the market: %s', (_what, entry) => {
    expect(kept([{ kind: 'sma-cross' }, entry])).toEqual([
      undefined,
      'needs at least 2 symbols, the market has 1',
    ]);
  });

  it.each([
    ['by name', { kind: 'momentum-rotation', symbols: ['A'] }, 'needs at least 2 symbols, got 1'],
    ['one by one', { kind: 'momentum-rotation', symbols: 'each' }, 'needs at least 2 symbols, got 1'],
    ['by name, with weights', { ...WEIGHTED, symbols: ['A'] }, '2 weights for 1 symbols'],
  ])('is refused where it chooses them itself: %s', (_what, entry, words) => {
    expect(() => kept(entry)).toThrow(words);
  });

  it('is refused where nobody keeps it', () => {
    expect(() => parseRoster({ kind: 'momentum-rotation' }, 'file', one, createKinds())).toThrow(
      'file.symbols: momentum-rotation needs at least 2 symbols, got 1',
    );
  });
});
