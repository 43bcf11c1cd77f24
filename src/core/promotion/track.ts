/**
 * What the gate keeps of one contestant since the first bar of its cohort: moments of hourly returns and of blocks, how
 * long it was under water, and what the last look said. Doubles only, changed in place; NaN is what cannot be told.
 */
import { simpleReturn } from '../metrics/returns.js';
import type { SharpeRecord } from '../metrics/sharpe-record.js';
import { isRoundingNoise } from '../metrics/measurable.js';
import { type OwnMoments, type SharedMoments, addOwnBlock, openOwnMoments } from './block-moments.js';
import type { EvidenceTests } from './evidence-tests.js';
import { VERDICTS, type Verdict } from './judge-cohort.js';

export interface Track extends OwnMoments {
  /** 1 where a block is a day: contestants that decide once a day. */
  daily: number;
  /** Of the open block. */
  blockReturn: number;
  sampleUsd: number;
  samples: number;
  meanReturn: number;
  /** Centred sums of powers of hourly returns. */
  squares: number;
  cubes: number;
  fourths: number;
  peakUsd: number;
  peakMs: number;
  longestFallMs: number;
  liquidations: number;
  /** Decisions before the cohort's first bar. */
  dueBefore: number;
  madeBefore: number;
  /** The last look: 0 before the first. */
  lookHours: number;
  /** Index in VERDICTS. */
  lookVerdict: number;
  lookP: number;
  lookPHolm: number;
  lookBlocks: number;
  lookTChampion: number;
  lookTSpanning: number;
  lookRegressors: number;
  lookMarketShare: number;
  /** What the integrity rules were asked with. */
  lookObservedPct: number;
  lookDecidedPct: number;
  lookTrades: number;
  lookLiquidations: number;
  /** 1 from a look that said so until a base rule fails or the next look. */
  promotable: number;
}

/** Order in which tracks are saved as doubles. */
export const TRACK_FIELDS = [
  'meanOwn',
  'ownSquares',
  'ownChampion',
  'ownMarket',
  'meanLead',
  'leadSquares',
  'daily',
  'blockReturn',
  'sampleUsd',
  'samples',
  'meanReturn',
  'squares',
  'cubes',
  'fourths',
  'peakUsd',
  'peakMs',
  'longestFallMs',
  'liquidations',
  'dueBefore',
  'madeBefore',
  'lookHours',
  'lookVerdict',
  'lookP',
  'lookPHolm',
  'lookBlocks',
  'lookTChampion',
  'lookTSpanning',
  'lookRegressors',
  'lookMarketShare',
  'lookObservedPct',
  'lookDecidedPct',
  'lookTrades',
  'lookLiquidations',
  'promotable',
] as const satisfies readonly (keyof Track)[];

export interface TrackStart {
  readonly equityUsd: number;
  readonly startMs: number;
  readonly daily: boolean;
  readonly dueDecisions: number;
  readonly madeDecisions: number;
}

export function openTrack(start: TrackStart): Track {
  return {
    ...openOwnMoments(),
    daily: start.daily ? 1 : 0,
    blockReturn: 0,
    sampleUsd: start.equityUsd,
    samples: 0,
    meanReturn: 0,
    squares: 0,
    cubes: 0,
    fourths: 0,
    peakUsd: start.equityUsd,
    peakMs: start.startMs,
    longestFallMs: 0,
    liquidations: 0,
    dueBefore: start.dueDecisions,
    madeBefore: start.madeDecisions,
    lookHours: 0,
    lookVerdict: 0,
    lookP: NaN,
    lookPHolm: NaN,
    lookBlocks: 0,
    lookTChampion: NaN,
    lookTSpanning: NaN,
    lookRegressors: 0,
    lookMarketShare: NaN,
    lookObservedPct: NaN,
    lookDecidedPct: NaN,
    lookTrades: NaN,
    lookLiquidations: NaN,
    promotable: 0,
  };
}

/** After every bar: how long ago the highest equity was. */
export function markTrack(track: Track, equityUsd: number, closeMs: number): void {
  if (equityUsd >= track.peakUsd) {
    track.peakUsd = equityUsd;
    track.peakMs = closeMs;
  } else if (closeMs - track.peakMs > track.longestFallMs) track.longestFallMs = closeMs - track.peakMs;
}

/**
 * After every sample: the block's sum, and moments up to the fourth, by the one-pass updates of Pebay (2008, Sandia report
 * SAND2008-6212, equations 2.1 to 2.3 with one new value).
 */
export function sampleTrack(track: Track, equityUsd: number): void {
  const value = simpleReturn(track.sampleUsd, equityUsd);
  track.sampleUsd = equityUsd;
  track.blockReturn += value;
  const before = track.samples;
  const n = before + 1;
  const delta = value - track.meanReturn;
  const step = delta / n;
  const term = delta * step * before;
  track.samples = n;
  track.meanReturn += step;
  track.fourths +=
    term * step * step * (n * n - 3 * n + 3) + 6 * step * step * track.squares - 4 * step * track.cubes;
  track.cubes += term * step * (n - 2) - 3 * step * track.squares;
  track.squares += term;
}

/** The open block is complete; `shared` has taken the same block already. */
export function closeTrackBlock(track: Track, shared: SharedMoments, champion: number, market: number): void {
  addOwnBlock(track, shared, track.blockReturn, champion, market);
  track.blockReturn = 0;
}

/** Sharpe ratio per sample with the shape of its returns; undefined without a spread. */
export function trackRecord(track: Track): SharpeRecord | undefined {
  const { samples: n, meanReturn, squares, cubes, fourths } = track;
  if (n < 2) return undefined;
  const deviation = Math.sqrt(squares / (n - 1));
  if (!Number.isFinite(deviation) || isRoundingNoise(deviation, meanReturn)) return undefined;
  const variance = squares / n;
  return {
    sharpe: meanReturn / deviation,
    periods: n,
    skewness: cubes / n / variance ** 1.5,
    kurtosis: fourths / n / variance ** 2,
  };
}

/** Keeps what a look said of it. */
export function recordVerdict(
  track: Track,
  lookHours: number,
  { verdict, tests, pHolm, integrity }: Verdict<unknown>,
): void {
  track.lookHours = lookHours;
  track.lookVerdict = VERDICTS.indexOf(verdict);
  track.lookP = tests.p;
  track.lookPHolm = pHolm;
  track.lookBlocks = tests.blocks;
  track.lookTChampion = tests.champion.t ?? NaN;
  track.lookTSpanning = tests.spanning.t ?? NaN;
  track.lookRegressors = regressorsOf(tests);
  track.lookMarketShare = tests.marketShare ?? NaN;
  track.lookObservedPct = integrity.observedPct ?? NaN;
  track.lookDecidedPct = integrity.decidedPct ?? NaN;
  track.lookTrades = integrity.closedTrades ?? NaN;
  track.lookLiquidations = integrity.liquidations ?? NaN;
  track.promotable = verdict === 'promotable' ? 1 : 0;
}

function regressorsOf({ blocks, spanning }: EvidenceTests): number {
  return blocks - 1 - spanning.degrees;
}
