import { z } from 'zod';
import type { Hash } from '../core/arena/contestant.js';
import type { Champion } from '../core/deployment/champion.js';
import {
  type Paper,
  handOver,
  killPaper,
  openPaper,
  playPaperRound,
  refuseHandover,
  resumePaper,
} from '../core/deployment/paper.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { StoredRound } from '../ports/arena-store.js';
import { handOverSchema } from './check-handovers.js';
import { type FindReply, journaledAnswers } from './journaled-answers.js';
import { finishOpened, takeQuoteEvents } from '../core/deployment/open-at-quotes.js';
import { isQuoteLine, quoteEventsOf } from '../core/deployment/quote-events.js';
import { kindOf } from './open-paper.js';
import { type PaperSettings, paperRules } from './paper-settings.js';

/** What playing an account again needs. */
export interface PaperReplay {
  readonly settings: PaperSettings;
  /** All candles up to the last committed round at least. */
  readonly market: MarketTable;
  readonly kinds: Kinds;
  readonly hash: Hash;
  /** Where replays get what language models said. */
  readonly findReply: FindReply;
  /** Champions whose manifests are known, by id. */
  readonly champions: ReadonlyMap<string, Champion>;
  /** What a champion remembered in the arena when it was crowned there, at `barMs` or before; undefined where it was not. */
  memoryOf(id: string, generation: number, barMs: number): unknown;
}

const eventSchema = z.discriminatedUnion('event', [
  handOverSchema,
  z.looseObject({ event: z.literal('hand-over-refused'), generation: z.int() }),
  z.looseObject({ event: z.literal('killed'), reason: z.string(), flatten: z.boolean() }),
  z.looseObject({ event: z.literal('resumed'), reason: z.string() }),
  z.looseObject({ event: z.literal('request') }),
]);

/** Plays the account again from the candles, with the hand-overs, kills and resumes that the journal tells. */
export function replayPaper(
  world: PaperReplay,
  rounds: readonly StoredRound[],
): { value: true; detail: string } {
  const { market, settings, hash } = world;
  const first = firstIndexAtOrAfter(market, settings.firstBarMs);
  const paper = openPaper(market, first, paperRules(settings), hash);
  for (const stored of rounds) {
    const where = `round ${String(stored.seq)} (${formatMinuteUtc(stored.barMs)})`;
    // Tripped breakers and protections are the round's own doing; everything else came from outside.
    const opening = stored.events.filter(
      (line) => !isQuoteLine(line) && !/"event":"(breaker-tripped"|protection"|model-)/.test(line),
    );
    const quotes = quoteEventsOf(stored.events);
    if (quotes.length > 0) takeQuoteEvents(paper, quotes);
    // Quotes may have opened a slot that no symbol had a bar in.
    moveTo(paper, market, stored, where);
    finishOpened(paper);
    for (const line of opening) repeat(paper, line, world, stored.barMs, where);
    if (
      playPaperRound(paper, opening, journaledAnswers(stored.events, world.findReply))?.hash !== stored.hash
    )
      throw new Error(`${where} comes out differently`);
  }
  return { value: true, detail: `${String(rounds.length)} rounds played again` };
}

/** Slots where no symbol had a bar are no rounds. */
function moveTo(paper: Paper, market: MarketTable, { barMs }: StoredRound, where: string): void {
  while (market.openTimesMs[paper.nextIndex] !== barMs)
    if (paper.nextIndex >= market.length || playPaperRound(paper, []) !== undefined)
      throw new Error(`${where} is at a bar that the candles do not give`);
}

function repeat(paper: Paper, line: string, world: PaperReplay, barMs: number, where: string): void {
  const event = eventSchema.parse(JSON.parse(line));
  switch (event.event) {
    case 'hand-over': {
      const known = world.champions.get(event.to);
      if (known === undefined)
        throw new Error(
          `${where}: neither the arena nor the deployer has the manifest of ${event.name} (${event.to.slice(0, 12)}), so its rounds cannot be played again`,
        );
      const champion = { ...known, name: event.name, source: event.source as typeof known.source };
      const memory = world.memoryOf(event.to, event.generation, barMs);
      const again = handOver(paper, champion, kindOf(champion, world.kinds), event.generation, memory);
      if (again !== line) throw new Error(`${where}: the hand-over comes out differently`);
      return;
    }
    case 'hand-over-refused': {
      const { event: _event, generation, ...why } = event;
      refuseHandover(paper, generation, why);
      return;
    }
    case 'killed':
      killPaper(paper, event.reason, event.flatten);
      return;
    case 'resumed':
      resumePaper(paper, event.reason);
      return;
    case 'request':
      return;
  }
}
