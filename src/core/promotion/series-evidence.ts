import { addOwnBlock, addSharedBlock, openOwnMoments, openSharedMoments } from './block-moments.js';
import { type EvidenceTests, testEvidence } from './evidence-tests.js';

/** 8 hours absorb most autocorrelation inside a day and match the usual funding interval. */
export const BLOCK_HOURS = 8;

/** The tests from whole series of hourly simple returns, for those who have them; a short last block is dropped. */
export function testSeries(
  own: ArrayLike<number>,
  champion: ArrayLike<number>,
  market: ArrayLike<number>,
  blockHours = BLOCK_HOURS,
): EvidenceTests {
  const shared = openSharedMoments();
  const moments = openOwnMoments();
  const end = Math.min(own.length, champion.length, market.length) - blockHours;
  for (let from = 0; from <= end; from += blockHours) {
    let y = 0;
    let c = 0;
    let m = 0;
    for (let i = from; i < from + blockHours; i++) {
      y += own[i] ?? NaN;
      c += champion[i] ?? NaN;
      m += market[i] ?? NaN;
    }
    addSharedBlock(shared, c, m);
    addOwnBlock(moments, shared, y, c, m);
  }
  return testEvidence(moments, shared);
}
