import { describe, expect, it } from 'vitest';
import { answered, asking, failedAnswer } from '../../../test/support/asking-kind.js';
import { RULES, rosterMarketOf, sha256 } from '../../../test/support/made-arena.js';
import { bar, marketOf, perpetual } from '../../../test/support/made-market.js';
import { crownContestant, openArena, register } from '../arena/arena.js';
import { totalsOf } from '../session/totals-of.js';
import { parseRoster } from '../arena/parse-roster.js';
import { playRound } from '../arena/play-round.js';
import { assertConserved } from '../domain/account.js';
import { createByteReader } from '../domain/byte-reader.js';
import type { ModelAnswer } from '../domain/model-call.js';
import type { AskedQuestion } from '../session/model-decision.js';
import { createKinds, erase } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import type { Champion } from './champion.js';
import { encodePaper, readPaperBody, readPaperHead } from './paper-codec.js';
import { type Paper, closePaperRound, handOver, killPaper, openPaper, openPaperRound } from './paper.js';

const BARS = 12;
const MARKET = marketOf([Array.from({ length: BARS }, (_, i) => bar(100 + (i % 4), 100 + ((i + 1) % 4)))], {
  instruments: [perpetual('A')],
});
const KINDS = createKinds([erase(asking)]);
const PAPER = { cashUsd: 10_000, costs: RULES.costs, limits: RULES.limits, breakers: {} };

function championOf(entry: object): { champion: Champion; kind: StrategyKind } {
  const [one] = parseRoster(entry, 'test', rosterMarketOf(MARKET), KINDS);
  if (one === undefined) throw new Error('no contestant');
  const { name, manifest, kind } = one;
  return { champion: { id: sha256(JSON.stringify(entry)), name, manifest, source: 'by-hand' }, kind };
}

/** One round of a paper account, with what was asked in it. */
function playBar(
  paper: Paper,
  answer: (asked: AskedQuestion) => ModelAnswer,
): { asked: readonly AskedQuestion[]; decisions: readonly string[]; events: readonly string[] } {
  const open = openPaperRound(paper, []);
  if (open === undefined) throw new Error('no bar');
  const round = closePaperRound(paper, open, answer);
  assertConserved(paper.session.account, 'paper');
  return { asked: open.pending?.asked ?? [], decisions: round.decisions, events: round.events };
}

const buys = (): ModelAnswer => answered('buy', { costUsd: 0.5 });

describe('a champion that asks a model', () => {
  it('begins with the memory of the arena, and its first decision asks what the arena asks at that bar', () => {
    const arena = openArena(MARKET, 0, RULES, sha256);
    const entry = { kind: 'asking', params: { budgetUsdPerDay: 5 } };
    register(arena, parseRoster(entry, 'test', rosterMarketOf(MARKET), KINDS));
    const { champion, kind } = championOf(entry);
    const paper = openPaper(MARKET, 0, PAPER, sha256);
    for (let t = 0; t < 5; t++) {
      playRound(arena, [], buys);
      expect(playBar(paper, buys).asked, 'nobody is deployed yet').toEqual([]);
    }
    const event = crownContestant(arena, 0, 1);
    const { memory } = JSON.parse(event) as { memory: unknown };
    expect(memory).toEqual({ asked: 5 });
    handOver(paper, champion, kind, 1, memory);

    const inArena: AskedQuestion[] = [];
    playRound(arena, [], (one) => {
      inArena.push(one);
      return buys();
    });
    const { asked, decisions } = playBar(paper, buys);
    expect(asked.map(({ request }) => request)).toEqual(inArena.map(({ request }) => request));
    // Its own account pays, and has paid nothing before.
    expect(asked[0]).toMatchObject({ contestant: 0, spentTodayUsd: 0, cashUsd: 10_000 });
    expect(inArena[0]?.spentTodayUsd).toBe(2.5);
    expect(decisions.join()).toContain('"kind":"open"');
    expect(paper.session.memory).toEqual({ asked: 6 });
    const seat = arena.seats[0];
    if (seat === undefined) throw new Error('no seat');
    expect([totalsOf(seat.session).modelCostUsd, paper.session.account.modelCostUsd]).toEqual([3, 0.5]);
  });

  it('is the same after its account was saved and read back in the middle', () => {
    const { champion, kind } = championOf({ kind: 'asking', params: { probe: true } });
    const says = ({ question, atMs }: AskedQuestion): ModelAnswer =>
      question.probe === 1 && atMs % 7 === 0
        ? failedAnswer('late', 0.25)
        : answered(atMs % 3 === 0 ? 'sell' : 'buy', { costUsd: 0.125 });
    const whole = openPaper(MARKET, 0, PAPER, sha256);
    handOver(whole, champion, kind, 1);
    for (let t = 0; t < 6; t++) playBar(whole, says);
    const again = openPaper(MARKET, 0, PAPER, sha256);
    const input = createByteReader(encodePaper(whole, MARKET.openTimesMs[6] ?? NaN), 'test');
    readPaperBody(again, readPaperHead(input), kind, input);
    again.nextIndex = 6;
    expect(again.session.models).toEqual(whole.session.models);
    for (let t = 6; t < BARS; t++) expect(playBar(again, says)).toEqual(playBar(whole, says));
    expect(again.lastHash).toBe(whole.lastHash);
  });

  it('what its account paid goes over to the next champion, whose own record begins anew', () => {
    const paper = openPaper(MARKET, 0, PAPER, sha256);
    const first = championOf({ kind: 'asking' });
    const second = championOf({ kind: 'asking', params: { trial: 2 } });
    handOver(paper, first.champion, first.kind, 1);
    for (let t = 0; t < 4; t++) playBar(paper, () => answered('wait', { costUsd: 0.5 }));
    handOver(paper, second.champion, second.kind, 2);
    const { asked } = playBar(paper, () => answered('wait', { costUsd: 0.5, servedBy: 'another' }));
    expect(asked[0]?.spentTodayUsd).toBe(0);
    expect(paper.session.account.modelCostUsd).toBe(2.5);
    expect(paper.session.models).toMatchObject({
      questions: 1,
      costUsd: 0.5,
      servedBy: 'another',
      changedTo: '',
    });
  });

  it('whose entries are stopped by hand leaves its position all the same', () => {
    const paper = openPaper(MARKET, 0, PAPER, sha256);
    const { champion, kind } = championOf({ kind: 'asking' });
    handOver(paper, champion, kind, 1);
    playBar(paper, buys);
    playBar(paper, () => answered('wait'));
    expect(paper.session.account.positions[0]?.quantity).toBeGreaterThan(0);
    killPaper(paper, 'a test', false);
    playBar(paper, () => answered('sell'));
    playBar(paper, () => answered('wait'));
    expect(paper.session.account.positions[0]?.quantity).toBe(0);
    playBar(paper, buys);
    playBar(paper, () => answered('wait'));
    expect(paper.session.account.positions[0]?.quantity, 'no new entry').toBe(0);
  });
});
