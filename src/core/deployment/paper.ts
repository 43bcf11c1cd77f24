/**
 * The paper trader: one session on one account, run by whoever is champion. It plays bars with the arena's own
 * functions, so a champion that never changes does here what it does there, fill for fill. A change of champion
 * happens between two bars: the account stays, the strategy is replaced.
 */
import { ACCOUNT_FIELDS, assertConserved } from '../domain/account.js';
import { canonicalJson } from '../domain/canonical-json.js';
import type { CostModel } from '../domain/costs.js';
import type { Order } from '../domain/intent.js';
import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { POSITION_FIELDS } from '../domain/position.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import { BREAKER_FIELDS, type BreakerRules, resetBreakers } from '../risk/breakers.js';
import type { RiskLimits } from '../risk/limits.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession, openSession } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import { costFractions } from '../simulation/venue.js';
import { flat } from '../strategies/benchmark/flat.js';
import { erase } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { GENESIS, type PlayedRound, decisionLine } from '../arena/arena.js';
import type { Hash } from '../arena/contestant.js';
import { barDigest, roundHash, startDigest } from '../arena/round-content.js';
import type { Champion } from './champion.js';
import { type HandoverPlan, type HeldPosition, ORPHAN_HOURS, planHandover } from './plan-handover.js';

/** What holds for the whole life of a paper account. */
export interface PaperRules {
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  /** The account's own breakers; an empty one leaves only the kill. */
  readonly breakers: BreakerRules;
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
    ...(orphans.length === 0 ? {} : { orphans }),
  };
}

/** Plays the slot at `nextIndex`; undefined where no symbol has a bar. `opening` are events from before it. */
export function playPaperRound(paper: Paper, opening: readonly string[]): PlayedRound | undefined {
  const { market, session } = paper;
  const t = paper.nextIndex;
  paper.nextIndex = t + 1;
  if (!slotHasBar(market, t)) return undefined;
  const barMs = market.openTimesMs[t] ?? NaN;
  const events = [...opening];
  paper.ledger.length = 0;
  const kept: DecisionRecord[] = [];
  advanceSession(session, t);
  for (const trip of session.trips) events.push(canonicalJson({ event: 'breaker-tripped', c: 0, ...trip }));
  decideSession(session, t, kept);
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
  return { ...content, hash: paper.lastHash };
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

function heldPositions(session: Session): HeldPosition[] {
  const symbols = heldSymbols(session);
  return session.account.positions.map(({ quantity, markPrice, stopPrice }, own) => ({
    symbol: symbols[own] ?? '',
    quantity,
    markPrice,
    stopPrice,
  }));
}

function heldSymbols({ plan }: Session): readonly string[] {
  return [...plan.symbols, ...(plan.orphans ?? [])];
}

/**
 * Hands the account to another champion, between two bars: positions with everything that belongs to them,
 * cash, latches and statistics stay; orders that the old champion had waiting lapse. `memory` is the new one's, from its
 * own account in the arena; absent, it begins anew. Returns the event for the journal.
 */
export function handOver(
  paper: Paper,
  champion: Champion,
  kind: StrategyKind,
  generation: number,
  memory?: unknown,
): string {
  const old = paper.session;
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
  next.orders = closingOrders(next, plan, nowMs);
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
  });
}

/** The champion that runs stays. Told once for each generation, so that whoever wanted it can go back. */
export function refuseHandover(
  paper: Paper,
  generation: number,
  why: Readonly<Record<string, unknown>>,
): string {
  paper.refusedGeneration = generation;
  return canonicalJson({ event: 'hand-over-refused', generation, ...why });
}

function carryAccount(old: Session, next: Session): void {
  for (const field of ACCOUNT_FIELDS) next.account[field] = old.account[field];
  const symbols = heldSymbols(next);
  heldSymbols(old).forEach((symbol, i) => {
    const from = old.account.positions[i];
    const to = next.account.positions[symbols.indexOf(symbol)];
    if (from === undefined || to === undefined) {
      if (from !== undefined && from.quantity !== 0)
        throw new Error(`${symbol} would be lost in the hand-over`);
      return;
    }
    for (const field of POSITION_FIELDS) to[field] = from[field];
  });
  if (old.breakers !== undefined && next.breakers !== undefined)
    for (const field of BREAKER_FIELDS) next.breakers[field] = old.breakers[field];
  next.equityUsd = old.equityUsd;
  next.grossExposureFraction = old.grossExposureFraction;
  next.cards = old.cards;
  next.dueDecisions = old.dueDecisions;
  next.madeDecisions = old.madeDecisions;
}

function closingOrders(session: Session, plan: HandoverPlan, nowMs: TimeMs): Order[] {
  const symbols = heldSymbols(session);
  return plan.steps
    .filter((step) => step.action === 'close')
    .map((step) => exitOrder(session, symbols.indexOf(step.symbol), nowMs, 'hand-over'));
}

function exitOrder(session: Session, own: number, nowMs: TimeMs, reason: 'hand-over' | 'kill'): Order {
  const position = session.account.positions[own];
  if (position === undefined || position.quantity === 0) throw new Error('there is nothing to close');
  return {
    symbol: own,
    effect: 'exit',
    direction: position.quantity > 0 ? -1 : 1,
    quantity: Math.abs(position.quantity),
    notionalUsd: 0,
    leverage: position.leverage,
    stop: undefined,
    target: undefined,
    maxHoldMs: undefined,
    decidedAtMs: nowMs,
    reason,
  };
}

/** Nothing stays for ever that nobody trades. */
function limitStay(session: Session, symbol: string, nowMs: TimeMs): void {
  const position = session.account.positions[heldSymbols(session).indexOf(symbol)];
  if (position === undefined) return;
  const latestMs = nowMs + ORPHAN_HOURS * HOUR_MS;
  position.exitDueMs = Math.min(Number.isNaN(position.exitDueMs) ? latestMs : position.exitDueMs, latestMs);
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

/** Entries are allowed again; drawdown counts from the present equity. */
export function resumePaper(paper: Paper, reason: string): string {
  const { session } = paper;
  if (session.breakers !== undefined) resetBreakers(session.breakers, session.equityUsd);
  return canonicalJson({ event: 'resumed', reason });
}
