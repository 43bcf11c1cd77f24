/**
 * The paper trader's loop: follow the arena's clock bar by bar, obey the deployment state at the next boundary,
 * take kill and resume from the inbox, commit, and show what came of it.
 */
import type { DeploymentState } from '../core/deployment/champion.js';
import { encodePaper } from '../core/deployment/paper-codec.js';
import {
  type OpenPaperRound,
  type Paper,
  closePaperRound,
  handOver,
  killPaper,
  openPaperRound,
  planFor,
  refuseHandover,
  resumePaper,
} from '../core/deployment/paper.js';
import { assertConserved } from '../core/domain/account.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { slotHasBar } from '../core/domain/market-table.js';
import { NO_TOKENS } from '../core/domain/model-call.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import { type Answers, type AskedQuestion, NOBODY_ANSWERS } from '../core/session/model-decision.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import type { Crowning } from './follow-arena.js';
import type { Spent } from './model-desk.js';
import { fillsAtQuotes, finishAtBar, openAtLiveQuotes, watchQuote } from './fill-at-quotes.js';
import { flattenAtQuotes } from './flatten-at-quotes.js';
import { kindOf, nextPaperBarMs } from './open-paper.js';
import { paperRequestSchema } from './paper-request.js';
import type { QuoteDesk } from './quote-desk.js';
import { bodyText, messagesIn, readRequest } from './take-requests.js';

export interface PaperWorld {
  readonly store: ArenaStore;
  readonly inbox: Inbox;
  readonly kinds: Kinds;
  /** Open time of the newest bar that the arena has committed; NaN before its first. */
  clock(): TimeMs;
  /** Who should trade; undefined while nobody was deployed. */
  desired(): DeploymentState | undefined;
  /** What the arena made of the request that told it of a champion. */
  crowning(request: string): Crowning;
  /** The account on a market that holds the bar `openMs`. */
  reaching(paper: Paper, openMs: TimeMs): Paper;
  /** The account as the last commit left it. */
  reopened(paper: Paper): Paper;
  /** After every commit, with the rounds that it made durable. */
  committed(paper: Paper, rounds: readonly StoredRound[]): void;
  /**
   * Finds answers to the champion's questions; undefined when a stop came first. Absent where nobody can be asked. `leftMs`: so
   * long by the venue's clock, where there is one.
   */
  answer?(asked: readonly AskedQuestion[], spent: Spent, leftMs?: number): Promise<Answers | undefined>;
  /** Live quotes, where the account fills at them. */
  readonly quotes?: QuoteDesk | undefined;
  /** When the bar `openMs` was settled, where that is known. */
  settledMs?(openMs: TimeMs): TimeMs | undefined;
  /** After a fill between two bars. */
  opened?(paper: Paper): void;
  told(text: string): void;
  sleep(ms: number): Promise<void>;
  stopRequested(): boolean;
}

export interface PaperRunLimits {
  /** Play what is due and end. */
  readonly once: boolean;
  readonly pollMs: number;
  readonly groupRounds: number;
}

/** Runs until a stop is requested, or until all due bars are played where `once` is set. */
export async function runPaper(start: Paper, world: PaperWorld, limits: PaperRunLimits): Promise<Paper> {
  let paper = start;
  const flattened = new Set<string>();
  for (;;) {
    const clockMs = world.clock();
    if (nextPaperBarMs(paper) <= clockMs) {
      paper = world.reaching(paper, clockMs);
      paper = await playUpTo(paper, world, limits, clockMs);
    }
    if (!world.stopRequested()) await openAtLiveQuotes(paper, world);
    if (!world.stopRequested()) await flattenAtQuotes(paper, world, flattened);
    if (limits.once || world.stopRequested()) return paper;
    await restWatching(paper, world, limits.pollMs);
  }
}

/** Sleeps; meanwhile the stream is listened to. A round that is being played is never disturbed by it. */
async function restWatching(paper: Paper, world: PaperWorld, ms: number): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  world.quotes?.attend((quote) => {
    try {
      if (failed === undefined) watchQuote(paper, world, quote);
    } catch (error) {
      failed = { error };
    }
  });
  await world.sleep(ms);
  world.quotes?.attend(undefined);
  if (failed !== undefined) throw failed.error;
}

async function playUpTo(
  paper: Paper,
  world: PaperWorld,
  limits: PaperRunLimits,
  clockMs: TimeMs,
): Promise<Paper> {
  const { store } = world;
  let rounds: StoredRound[] = [];
  let removals: string[] = [];
  const commit = (): void => {
    if (rounds.length === 0) return;
    assertConserved(paper.session.account, 'the paper account');
    store.commit(paper.seq, paper.lastHash, encodePaper(paper, nextPaperBarMs(paper)));
    for (const id of removals) world.inbox.remove(id);
    world.committed(paper, rounds);
    rounds = [];
    removals = [];
  };
  while (
    nextPaperBarMs(paper) <= clockMs &&
    paper.nextIndex < paper.market.length &&
    !world.stopRequested()
  ) {
    const due = slotHasBar(paper.market, paper.nextIndex);
    if (due) finishAtBar(paper, world);
    const events = due ? [...obey(paper, world), ...takeRequests(paper, world, removals, clockMs)] : [];
    const open = openPaperRound(paper, events);
    if (open === undefined) continue;
    const askedMs = world.quotes?.nowMs();
    const answers = await answersTo(open, paper, world, askedMs);
    // A round without its answers is as if it had not begun: it is played again from the last commit.
    if (answers === undefined) return world.reopened(paper);
    const round = closePaperRound(paper, open, answers);
    const thinkMs =
      askedMs === undefined || !asks(open) ? undefined : (world.quotes?.nowMs() ?? NaN) - askedMs;
    world.quotes?.decided(world.settledMs?.(round.barMs), thinkMs);
    store.appendRound(round);
    rounds.push(round);
    if (removals.length > 0 || events.length > 0 || rounds.length >= limits.groupRounds) {
      commit();
      // A long way to catch up must not keep a signal waiting.
      await world.sleep(0);
    }
  }
  commit();
  return paper;
}

function asks({ pending }: OpenPaperRound): boolean {
  return pending !== undefined && pending.asked.length > 0;
}

/** Where quotes fill, an answer that comes after the next bar has closed is a hold: nobody could have traded on it. */
async function answersTo(
  open: OpenPaperRound,
  paper: Paper,
  world: PaperWorld,
  nowMs: TimeMs | undefined,
): Promise<Answers | undefined> {
  const asked = open.pending?.asked ?? [];
  if (asked.length === 0 || world.answer === undefined) return NOBODY_ANSWERS;
  const { market, session } = paper;
  const endMs = (market.openTimesMs[open.t] ?? NaN) + 2 * timeframeMs(market.timeframe);
  const leftMs = nowMs === undefined ? undefined : endMs - nowMs;
  // Nobody is paid for what would be late in any case.
  if (leftMs !== undefined && leftMs <= 0) return TOO_LATE;
  const spent = {
    todayUsd: asked[0]?.spentTodayUsd ?? 0,
    // Of all champions so far: the account goes over from one to the next.
    totalUsd: session.account.modelCostUsd,
  };
  return world.answer(asked, spent, leftMs);
}

const TOO_LATE: Answers = () => ({
  kind: 'failed',
  fault: 'late',
  why: 'not asked: the next bar is over already',
  usage: NO_TOKENS,
  costUsd: 0,
});

/** Hands over when another generation is wanted than the one that runs. */
function obey(paper: Paper, world: PaperWorld): string[] {
  const desired = world.desired();
  if (desired === undefined || desired.champion === null || desired.generation <= paper.generation) return [];
  if ((desired.fromBarMs ?? -Infinity) > nextPaperBarMs(paper)) return [];
  const { champion, generation, maxHandoverCostUsd } = desired;
  if (generation === paper.refusedGeneration) return [];
  const missing = champion.manifest.symbols.filter((symbol) => !paper.market.symbols.includes(symbol));
  if (missing.length > 0) {
    world.told(`generation ${String(generation)} is refused: the market has no ${missing.join(', ')}`);
    return [refuseHandover(paper, generation, { missing })];
  }
  const crowning = desired.arenaRequest == null ? undefined : world.crowning(desired.arenaRequest);
  // The champion's own account in the arena changes at the same bar, or at an earlier one.
  if (crowning?.state === 'waiting') return [];
  if (crowning?.state === 'crowned' && crowning.barMs > nextPaperBarMs(paper)) return [];
  const memory = crowning?.state === 'crowned' ? crowning.memory : undefined;
  const kind = kindOf(champion, world.kinds);
  const { costUsd } = planFor(paper, champion, kind);
  if (costUsd > (maxHandoverCostUsd ?? Infinity)) {
    world.told(
      `generation ${String(generation)} is refused: the hand-over would cost ${costUsd.toFixed(2)} USD, ` +
        `at most ${(maxHandoverCostUsd ?? Infinity).toFixed(2)} USD was allowed`,
    );
    return [refuseHandover(paper, generation, { costUsd, maxCostUsd: maxHandoverCostUsd })];
  }
  const event = handOver(paper, champion, kind, generation, memory);
  world.told(`generation ${String(generation)}: ${champion.name} trades from the next bar`);
  return [event];
}

function takeRequests(paper: Paper, world: PaperWorld, removals: string[], clockMs: TimeMs): string[] {
  const { inbox, store } = world;
  const barMs = nextPaperBarMs(paper);
  const events: string[] = [];
  for (const message of messagesIn(inbox, barMs, (text) => {
    world.told(text);
  })) {
    if (store.hasRequest(message.id)) {
      inbox.remove(message.id);
      world.told(`${message.id} was handled before`);
      continue;
    }
    const read = readRequest(paperRequestSchema, message, barMs, inbox);
    if (read.state === 'later') continue;
    // While it catches up there are no quotes: the opens of bars long over are no prices for somebody who wants out now.
    const wantsOut = read.state === 'due' && read.request.kind === 'kill' && read.request.flatten;
    const isBehind = fillsAtQuotes(paper) && barMs < clockMs;
    if (wantsOut && isBehind && paper.session.account.openNames > 0) continue;
    const accepted = read.state === 'due';
    const text = accepted ? 'done' : read.why;
    if (accepted)
      events.push(
        read.request.kind === 'kill'
          ? killPaper(paper, read.request.reason, read.request.flatten)
          : resumePaper(paper, read.request.reason),
      );
    events.push(canonicalJson({ event: 'request', id: message.id, accepted, text }));
    store.saveRequest({
      id: message.id,
      seq: paper.seq + 1,
      body: bodyText(message, accepted),
      outcome: canonicalJson({ accepted, text }),
    });
    // Its file goes after the commit; until then it is not given again.
    inbox.postpone(message.id, Infinity);
    removals.push(message.id);
    world.told(`${message.id}: ${text}`);
  }
  return events;
}
