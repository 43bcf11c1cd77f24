/**
 * The paper trader: one session on one account, run by whoever is champion. It plays bars with the arena's own
 * functions, so a champion that never changes does here what it does there, fill for fill. A change of champion
 * happens between two bars: the account stays, the strategy is replaced.
 */
import { assertConserved } from '../domain/account.js';
import { canonicalJson } from '../domain/canonical-json.js';
import type { CostModel } from '../domain/costs.js';
import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import type { TimeMs } from '../domain/time.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import { type ProtectionRules, rearmProtection } from '../risk/account-protection.js';
import { type BreakerRules, resetBreakers } from '../risk/breakers.js';
import type { RiskLimits } from '../risk/limits.js';
import { type DecisionRecord } from '../session/decide.js';
import {
  type Answers,
  NOBODY_ANSWERS,
  type PendingDecision,
  decideAnswered,
  playBar,
} from '../session/model-decision.js';
import { type Session, openSession } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import { costFractions } from '../simulation/venue.js';
import { flat } from '../strategies/benchmark/flat.js';
import { erase } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { GENESIS, type PlayedRound } from '../arena/arena.js';
import { decisionLine } from '../session/decision-line.js';
import type { Hash } from '../arena/contestant.js';
import { barDigest, roundHash, startDigest } from '../arena/round-content.js';
import type { Champion } from './champion.js';
import { carryAccount, exitOrder, heldPositions, limitStay, ordersAfter } from './carry-over.js';
import type { OpenedBar } from './opened-bar.js';
import { type HandoverPlan, planHandover } from './plan-handover.js';
import { isLossLine } from './quote-events.js';

/** What holds for the whole life of a paper account. */
export interface PaperRules {
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  /** The account's own breakers; an empty one leaves only the kill. */
  readonly breakers: BreakerRules;
  /** The account's own protections; absent: none. */
  readonly protection?: ProtectionRules | undefined;
  /** Orders fill at the next bar's open as in the arena, or at live quotes after the decision; absent: `bar`. */
  readonly fills?: 'bar' | 'quote' | undefined;
}

export interface Paper {
  readonly rules: PaperRules;
  readonly hash: Hash;
  readonly market: MarketTable;
  readonly views: MarketViews;
  readonly ledger: LedgerBuffer;
  session: Session;
  champion: Champion | undefined;
  /** The generation it runs; 0 before the first champion. */
  generation: number;
  /** The last generation that it did not take over; 0 while it refused none. */
  refusedGeneration: number;
  seq: number;
  nextIndex: number;
  firstBarMs: TimeMs;
  lastBarMs: TimeMs;
  marketDigest: string;
  lastHash: string;
  /** The bar that live quotes have opened; undefined in between, and where bars fill. */
  opened: OpenedBar | undefined;
}

export function openPaper(market: MarketTable, firstIndex: number, rules: PaperRules, hash: Hash): Paper {
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  const session = openSession(planOf(rules, undefined, erase(flat), [], market), views, ledger);
  session.cards = [openScorecard(rules.cashUsd)];
  return {
    rules,
    hash,
    market,
    views,
    ledger,
    session,
    champion: undefined,
    generation: 0,
    refusedGeneration: 0,
    seq: 0,
    nextIndex: firstIndex,
    firstBarMs: market.openTimesMs[firstIndex] ?? NaN,
    lastBarMs: NaN,
    marketDigest: startDigest(market, firstIndex, hash),
    lastHash: GENESIS,
    opened: undefined,
  };
}

/** The plan of whoever is champion; flat while there is none. */
export function planOf(
  rules: PaperRules,
  champion: Champion | undefined,
  kind: StrategyKind,
  orphans: readonly string[],
  market: Pick<MarketTable, 'timeframe'>,
): SessionPlan {
  return {
    position: 0,
    kind,
    params: champion?.manifest.params ?? {},
    seed: champion?.manifest.seed ?? 0,
    symbols: champion?.manifest.symbols ?? [],
    timeframe: champion?.manifest.timeframe ?? market.timeframe,
    cashUsd: rules.cashUsd,
    costs: rules.costs,
    limits: rules.limits,
    breakers: rules.breakers,
    ...(rules.protection === undefined ? {} : { protection: rules.protection }),
    ...(orphans.length === 0 ? {} : { orphans }),
  };
}

/** A bar of the account that has been played up to the questions of its champion. */
export interface OpenPaperRound {
  readonly t: number;
  readonly events: string[];
  readonly kept: DecisionRecord[];
  readonly pending: PendingDecision | undefined;
}

/** Plays the slot at `nextIndex` with whatever `answers` gives at once. */
export function playPaperRound(
  paper: Paper,
  opening: readonly string[],
  answers: Answers = NOBODY_ANSWERS,
): PlayedRound | undefined {
  const round = openPaperRound(paper, opening);
  return round === undefined ? undefined : closePaperRound(paper, round, answers);
}

/**
 * Plays the slot at `nextIndex`; undefined where no symbol has a bar. `opening` are events from before it. A bar that quotes have
 * opened must be finished before: what they did comes first.
 */
export function openPaperRound(paper: Paper, opening: readonly string[]): OpenPaperRound | undefined {
  const { market, session } = paper;
  const t = paper.nextIndex;
  paper.nextIndex = t + 1;
  if (!slotHasBar(market, t)) return undefined;
  const { opened } = paper;
  const events = [...(opened?.lines ?? []), ...opening];
  if (opened === undefined) paper.ledger.length = 0;
  paper.opened = undefined;
  const kept: DecisionRecord[] = [];
  const at = opened === undefined ? undefined : { watched: !opened.lines.some(isLossLine) };
  return { t, events, kept, pending: playBar(session, t, events, kept, paper.hash, at) };
}

/** Decides, where the champion waited for answers, and closes the round. */
export function closePaperRound(paper: Paper, round: OpenPaperRound, answers: Answers): PlayedRound {
  const { market, session } = paper;
  const { t, events, kept, pending } = round;
  const barMs = market.openTimesMs[t] ?? NaN;
  if (pending !== undefined) events.push(...decideAnswered(pending, answers, kept, paper.hash));
  paper.seq++;
  paper.lastBarMs = barMs;
  paper.marketDigest = barDigest(paper.marketDigest, market, t, paper.hash);
  const content = {
    seq: paper.seq,
    barMs,
    marketDigest: paper.marketDigest,
    events,
    decisions: kept.map(decisionLine),
    fills: paper.ledger.doubles.slice(0, paper.ledger.length),
    marks: Float64Array.of(session.equityUsd, session.grossExposureFraction),
    previousHash: paper.lastHash,
  };
  paper.lastHash = roundHash(content, paper.hash);
  return { ...content, hash: paper.lastHash, looks: [] };
}

/** What a change to this champion would do to the positions that are held now. */
export function planFor(paper: Paper, champion: Champion, kind: StrategyKind): HandoverPlan {
  const { session } = paper;
  return planHandover(
    { positions: heldPositions(session), equityUsd: session.equityUsd },
    {
      symbols: champion.manifest.symbols,
      takesShorts: kind.takesShorts?.(champion.manifest.params) ?? false,
    },
    costFractions(paper.rules.costs),
  );
}

/**
 * Hands the account to another champion, between two bars: positions with everything that belongs to them,
 * cash, latches and statistics stay; exits that wait go on, entries lapse. `memory` is the new one's, from its own account
 * in the arena; absent, it begins anew. To the champion that runs already nothing changes but the generation. Returns the
 * event for the journal.
 */
export function handOver(
  paper: Paper,
  champion: Champion,
  kind: StrategyKind,
  generation: number,
  memory?: unknown,
): string {
  const old = paper.session;
  if (paper.champion?.id === champion.id) return renew(paper, champion, generation);
  const plan = planFor(paper, champion, kind);
  const leaving = plan.steps.filter((step) => !champion.manifest.symbols.includes(step.symbol));
  const orphans = leaving.map((step) => step.symbol);
  const next = openSession(
    planOf(paper.rules, champion, kind, orphans, paper.market),
    paper.views,
    paper.ledger,
  );
  carryAccount(old, next);
  if (memory !== undefined) next.memory = memory;
  const nowMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
  const { orders, carried, lapsed } = ordersAfter(old, next, plan, nowMs);
  next.orders = orders;
  for (const step of plan.steps) if (step.action === 'orphan') limitStay(next, step.symbol, nowMs);
  assertConserved(next.account, champion.name);
  const before = paper.champion;
  paper.session = next;
  paper.champion = champion;
  paper.generation = generation;
  return canonicalJson({
    event: 'hand-over',
    generation,
    from: before?.id ?? null,
    to: champion.id,
    name: champion.name,
    source: champion.source,
    equityUsd: next.equityUsd,
    costUsd: plan.costUsd,
    steps: plan.steps.map(({ symbol, action, quantity }) => ({ symbol, action, quantity })),
    // Told only where there were some.
    ...(carried.length === 0 ? {} : { carried }),
    ...(lapsed.length === 0 ? {} : { lapsed }),
  });
}

/** The same champion under a new generation: account, memory and orders stay as they are. */
function renew(paper: Paper, champion: Champion, generation: number): string {
  paper.champion = champion;
  paper.generation = generation;
  return canonicalJson({
    event: 'hand-over',
    generation,
    from: champion.id,
    to: champion.id,
    name: champion.name,
    source: champion.source,
    equityUsd: paper.session.equityUsd,
    costUsd: 0,
    steps: [],
  });
}

/** The champion that runs stays. Told once for each generation, so that whoever wanted it can go back. */
export function refuseHandover(
  paper: Pick<Paper, 'refusedGeneration'>,
  generation: number,
  why: Readonly<Record<string, unknown>>,
): string {
  paper.refusedGeneration = generation;
  return canonicalJson({ event: 'hand-over-refused', generation, ...why });
}

/** No entry until `resumePaper`; with `flatten` everything that is held is sold at the next open. */
export function killPaper(paper: Paper, reason: string, flatten: boolean): string {
  const { session } = paper;
  if (session.breakers === undefined) throw new Error('a paper account has breakers');
  session.breakers.kill = 1;
  const nowMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
  // What was ordered and not yet filled is an entry that must not happen any more.
  session.orders = session.orders.filter((order) => order.effect === 'exit');
  if (flatten)
    session.orders = session.account.positions.flatMap((position, own) =>
      position.quantity === 0 ? [] : [exitOrder(session, own, nowMs, 'kill')],
    );
  return canonicalJson({ event: 'killed', reason, flatten });
}

/** Entries are allowed again, after a portfolio stop too; drawdown counts from the present equity. */
export function resumePaper(paper: Paper, reason: string): string {
  const { session } = paper;
  if (session.breakers !== undefined) resetBreakers(session.breakers, session.equityUsd);
  if (session.guard !== undefined) rearmProtection(session.guard.state, session.equityUsd);
  return canonicalJson({ event: 'resumed', reason });
}
