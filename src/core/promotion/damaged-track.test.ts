import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SharedMoments, openSharedMoments } from './block-moments.js';
import { testEvidence } from './evidence-tests.js';
import { gateRules } from './gate-rules.js';
import { gateStanding, trackSharpeRange } from './gate-standing.js';
import { TRACK_FIELDS, openTrack } from './track.js';

const odd = fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1, 1e308, -1e308, 1e-320, 0.5, 168, 21);
const start = { equityUsd: 100, startMs: 0, daily: false, dueDecisions: 0, madeDecisions: 0 };

describe('a track or a cohort with figures that no run leaves behind', () => {
  it('gives undefined where nothing can be told, never a NaN or an infinity as evidence, and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(odd, { minLength: TRACK_FIELDS.length, maxLength: TRACK_FIELDS.length }),
        fc.array(odd, { minLength: 5, maxLength: 5 }),
        fc.constantFrom(0, 1, 2, 3, 21, 90),
        (figures, sums, blocks) => {
          const track = openTrack(start);
          TRACK_FIELDS.forEach((field, i) => {
            track[field] = figures[i] ?? 0;
          });
          const [
            meanChampion = 0,
            meanMarket = 0,
            championSquares = 0,
            marketSquares = 0,
            championMarket = 0,
          ] = sums;
          const shared: SharedMoments = {
            ...openSharedMoments(),
            blocks,
            meanChampion,
            meanMarket,
            championSquares,
            marketSquares,
            championMarket,
          };
          const tests = testEvidence(track, shared);
          for (const { t, p } of [tests.champion, tests.spanning]) {
            expect(Number.isNaN(t ?? 0)).toBe(false);
            if (p !== undefined) expect(p >= 0 && p <= 1, String(p)).toBe(true);
          }
          expect(tests.p >= 0 && tests.p <= 1).toBe(true);
          const range = trackSharpeRange(track, 8760);
          if (range !== undefined)
            expect(Number.isFinite(range.low) && Number.isFinite(range.high)).toBe(true);
          expect(() => gateStanding(track, 5, gateRules())).not.toThrow();
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
