import { ROUNDING_FRACTION, isRoundingNoise } from '../metrics/measurable.js';
import { studentTUpperTail } from '../metrics/special-functions.js';
import type { OwnMoments, SharedMoments } from './block-moments.js';

/** A one-sided t test; `t` and `p` are undefined where there is nothing to test, and count as no evidence at all. */
export interface TTest {
  readonly t: number | undefined;
  readonly p: number | undefined;
  readonly degrees: number;
}

export interface EvidenceTests {
  readonly blocks: number;
  /** Does it beat the champion's series? */
  readonly champion: TTest;
  /** Is there something that champion and market do not explain? It stops a leveraged copy of either. */
  readonly spanning: TTest;
  /** The larger of both (intersection-union, Berger 1982, Technometrics 24): 1 where either cannot be told. */
  readonly p: number;
  /** Share of its moves that the market explains; undefined for one that does not move. */
  readonly marketShare: number | undefined;
}

/** Below this deviation the champion's series is flat and left out (statistics.md section 2). */
const FLAT_DEVIATION = 1e-12;

export function testEvidence(own: OwnMoments, shared: SharedMoments): EvidenceTests {
  const champion = testLead(own, shared.blocks);
  const spanning = testSpanning(own, shared);
  return {
    blocks: shared.blocks,
    champion,
    spanning,
    p: champion.p === undefined || spanning.p === undefined ? 1 : Math.max(champion.p, spanning.p),
    marketShare: marketShare(own, shared),
  };
}

/** Paired, one-sided: mean of own - champion above 0. */
function testLead(own: OwnMoments, blocks: number): TTest {
  const degrees = blocks - 1;
  if (degrees < 1) return untestable(degrees);
  const deviation = Math.sqrt(own.leadSquares / degrees);
  if (!Number.isFinite(deviation) || isRoundingNoise(deviation, own.meanLead)) return untestable(degrees);
  return tested(own.meanLead / (deviation / Math.sqrt(blocks)), degrees);
}

/** The intercept of own on champion and market by least squares, one-sided above 0. */
function testSpanning(own: OwnMoments, shared: SharedMoments): TTest {
  const { blocks: n } = shared;
  const fit = regress(own, shared);
  const degrees = n - 1 - fit.regressors;
  if (degrees < 1) return untestable(degrees);
  // Residuals that only rounding made: champion and market explain all of it.
  if (!(fit.residualSquares > ROUNDING_FRACTION * own.ownSquares)) return untestable(degrees);
  const error = Math.sqrt((fit.residualSquares / degrees) * (1 / n + fit.leverage));
  if (!(error > 0) || !Number.isFinite(error)) return untestable(degrees);
  return tested(fit.intercept / error, degrees);
}

interface Fit {
  readonly intercept: number;
  readonly residualSquares: number;
  /** Means of the regressors through the inverse of their products: what the distance from 0 adds to the error. */
  readonly leverage: number;
  readonly regressors: number;
}

function regress(own: OwnMoments, shared: SharedMoments): Fit {
  const { championSquares: cc, marketSquares: mm, championMarket: cm, meanChampion, meanMarket } = shared;
  const { ownSquares: yy, ownChampion: yc, ownMarket: ym, meanOwn } = own;
  const flat = (squares: number): boolean => !(squares > FLAT_DEVIATION ** 2 * (shared.blocks - 1));
  const determinant = cc * mm - cm * cm;
  // A champion that is the market in another size tells nothing more: one regressor is left of the two.
  if (!flat(cc) && !flat(mm) && determinant > ROUNDING_FRACTION * cc * mm) {
    const b1 = (yc * mm - ym * cm) / determinant;
    const b2 = (ym * cc - yc * cm) / determinant;
    return {
      intercept: meanOwn - b1 * meanChampion - b2 * meanMarket,
      residualSquares: yy - b1 * yc - b2 * ym,
      leverage:
        (meanChampion * meanChampion * mm -
          2 * meanChampion * meanMarket * cm +
          meanMarket * meanMarket * cc) /
        determinant,
      regressors: 2,
    };
  }
  const one = (squares: number, product: number, mean: number): Fit => ({
    intercept: meanOwn - (product / squares) * mean,
    residualSquares: yy - (product / squares) * product,
    leverage: (mean * mean) / squares,
    regressors: 1,
  });
  if (!flat(mm)) return one(mm, ym, meanMarket);
  if (!flat(cc)) return one(cc, yc, meanChampion);
  return { intercept: meanOwn, residualSquares: yy, leverage: 0, regressors: 0 };
}

function marketShare(own: OwnMoments, shared: SharedMoments): number | undefined {
  const share = (own.ownMarket / own.ownSquares) * (own.ownMarket / shared.marketSquares);
  return Number.isFinite(share) ? Math.min(1, share) : undefined;
}

function tested(t: number, degrees: number): TTest {
  // Only figures that no run leaves behind come to this: they are no evidence.
  if (!Number.isFinite(t) || !Number.isFinite(degrees)) return untestable(degrees);
  return { t, p: studentTUpperTail(t, degrees), degrees };
}

function untestable(degrees: number): TTest {
  return { t: undefined, p: undefined, degrees };
}
