/**
 * The gate's evidence as running moments: means and centred sums of products of block returns, of a candidate (own),
 * the champion's series and the market. They give the paired t test and the regression without any history, so an
 * arena of a thousand for a year keeps a few doubles each. Updates by Welford (1962) and its form for products.
 */

/** What all candidates of a cohort share. */
export interface SharedMoments {
  blocks: number;
  meanChampion: number;
  meanMarket: number;
  championSquares: number;
  marketSquares: number;
  championMarket: number;
}

export interface OwnMoments {
  meanOwn: number;
  ownSquares: number;
  ownChampion: number;
  ownMarket: number;
  /** Of own - champion, kept apart: between two nearly equal series the difference of large sums has no digits left. */
  meanLead: number;
  leadSquares: number;
}

export function openSharedMoments(): SharedMoments {
  return {
    blocks: 0,
    meanChampion: 0,
    meanMarket: 0,
    championSquares: 0,
    marketSquares: 0,
    championMarket: 0,
  };
}

export function openOwnMoments(): OwnMoments {
  return { meanOwn: 0, ownSquares: 0, ownChampion: 0, ownMarket: 0, meanLead: 0, leadSquares: 0 };
}

/** One more block of the champion's series and the market; before the candidates' `addOwnBlock`. */
export function addSharedBlock(shared: SharedMoments, champion: number, market: number): void {
  shared.blocks++;
  const dc = champion - shared.meanChampion;
  const dm = market - shared.meanMarket;
  shared.meanChampion += dc / shared.blocks;
  shared.meanMarket += dm / shared.blocks;
  shared.championSquares += dc * (champion - shared.meanChampion);
  shared.marketSquares += dm * (market - shared.meanMarket);
  shared.championMarket += dc * (market - shared.meanMarket);
}

/** A candidate's return over the block that was just added to `shared`. */
export function addOwnBlock(
  own: OwnMoments,
  shared: SharedMoments,
  value: number,
  champion: number,
  market: number,
): void {
  const dy = value - own.meanOwn;
  own.meanOwn += dy / shared.blocks;
  own.ownSquares += dy * (value - own.meanOwn);
  own.ownChampion += dy * (champion - shared.meanChampion);
  own.ownMarket += dy * (market - shared.meanMarket);
  const lead = value - champion;
  const dl = lead - own.meanLead;
  own.meanLead += dl / shared.blocks;
  own.leadSquares += dl * (lead - own.meanLead);
}
