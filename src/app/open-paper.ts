import type { Hash } from '../core/arena/contestant.js';
import { barDigest, startDigest } from '../core/arena/round-content.js';
import type { Champion } from '../core/deployment/champion.js';
import { type PaperHead, encodePaper, readPaperBody, readPaperHead } from '../core/deployment/paper-codec.js';
import { type Paper, openPaper } from '../core/deployment/paper.js';
import { createByteReader } from '../core/domain/byte-reader.js';
import { type MarketTable, firstIndexAtOrAfter, slotHasBar } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { type TimeMs, formatMinuteUtc, timeframeMs } from '../core/domain/time.js';
import { type Kinds, erase } from '../core/strategies/catalog.js';
import { flat } from '../core/strategies/benchmark/flat.js';
import { missingKind } from '../core/strategies/missing-kind.js';
import type { StrategyKind } from '../core/strategies/strategy.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { type PaperSettings, paperRules } from './paper-settings.js';

/** The paper account as its last commit left it, or a new one, on a market that reaches as far as is known. */
export function openPaperState(
  store: ArenaStore,
  market: MarketTable,
  settings: PaperSettings,
  kinds: Kinds,
  hash: Hash,
): Paper {
  const paper = openPaper(
    market,
    firstIndexAtOrAfter(market, settings.firstBarMs),
    paperRules(settings),
    hash,
  );
  // Every commit has a state: a round of one account is not worth playing again.
  const saved = store.savedState();
  if (saved === undefined) {
    // Its first bar is decided now: bars that pass while nobody looks belong to it.
    store.commit(0, paper.lastHash, encodePaper(paper, settings.firstBarMs));
    return paper;
  }
  return restore(paper, saved.body, kinds);
}

/** The same account on a longer market. */
export function onLongerMarket(
  paper: Paper,
  market: MarketTable,
  settings: PaperSettings,
  kinds: Kinds,
): Paper {
  const state = encodePaper(paper, nextPaperBarMs(paper));
  const longer = openPaper(
    market,
    firstIndexAtOrAfter(market, settings.firstBarMs),
    paperRules(settings),
    paper.hash,
  );
  return restore(longer, state, kinds);
}

function restore(paper: Paper, state: Uint8Array, kinds: Kinds): Paper {
  const input = createByteReader(state, 'the paper account in its journal');
  const head = readPaperHead(input);
  // Positions on another market would be those of other symbols.
  refuseOtherMarket(paper, head);
  readPaperBody(paper, head, head.champion === null ? erase(flat) : kindOf(head.champion, kinds), input);
  paper.nextIndex = firstIndexAtOrAfter(paper.market, head.nextBarMs);
  return paper;
}

function refuseOtherMarket({ market, hash, nextIndex: first }: Paper, head: PaperHead): void {
  const next = firstIndexAtOrAfter(market, head.nextBarMs);
  let digest = startDigest(market, first, hash);
  for (let t = first; t < next; t++) if (slotHasBar(market, t)) digest = barDigest(digest, market, t, hash);
  if (digest === head.marketDigest) return;
  const which =
    head.lastBarMs === null ? 'the candles' : `the candles up to ${formatMinuteUtc(head.lastBarMs)}`;
  throw new Problem('foreign', `${which} are not the ones the paper account was made with`, {
    hint: 'give back the old candles, name the state of its arena with --state, or move the account aside with npm run paper -- reset',
  });
}

/** The kind that runs a champion; one whose code is gone only holds what it has. */
export function kindOf(champion: Champion, kinds: Kinds): StrategyKind {
  const { manifest } = champion;
  const kind = kinds.find(manifest.kind);
  const same = kind !== undefined && kind.manifest.version === manifest.version;
  return same && kind.code?.(manifest.params) === manifest.code ? kind : missingKind(manifest.kind);
}

/** Open time of the slot that comes next, also when the table does not hold it yet. */
export function nextPaperBarMs({ market, nextIndex }: Paper): TimeMs {
  const known = nextIndex < market.length ? market.openTimesMs[nextIndex] : undefined;
  return known ?? (market.openTimesMs[market.length - 1] ?? NaN) + timeframeMs(market.timeframe);
}
