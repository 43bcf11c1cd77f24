import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, asking, failedAnswer, questionOf } from '../../../test/support/asking-kind.js';
import { sha256 } from '../../../test/support/made-arena.js';
import { marketOf } from '../../../test/support/made-market.js';
import { FREE, sessionFor } from '../../../test/support/scripted-kind.js';
import { assertConserved } from '../domain/account.js';
import { createByteReader } from '../domain/byte-reader.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { MODEL_FAULTS, type ModelAnswer, type ModelQuestion } from '../domain/model-call.js';
import { ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { StrategyKind } from '../strategies/strategy.js';
import type { DecisionRecord } from './decide.js';
import { askSession, decideAnswered } from './model-decision.js';
import { openModelRecord, parseModelCall, recordCall } from './model-record.js';
import { type Session, advanceSession, markPositions } from './session.js';
import { readSession, writeSession } from './session-codec.js';

const KIND = asking as unknown as StrategyKind;
const DAY_OF_BARS = 30;
const SETUP = { provider: 'p', model: 'm', temperature: 0, maxTokens: Infinity };

function market(length = DAY_OF_BARS): ReturnType<typeof marketOf> {
  return marketOf([
    Array.from({ length }, (_, i) => {
      const price = 100 + (i % 7);
      return { open: price, high: price + 1, low: price - 1, close: price, volume: 1e6 };
    }),
  ]);
}

function openAsking(length = DAY_OF_BARS, params: Record<string, unknown> = {}): Session {
  return sessionFor(KIND, market(length), { params: asking.manifest.parameters.parse(params), costs: FREE });
}

/** Plays one bar with these answers; returns its events and records. */
function playBar(
  session: Session,
  t: number,
  answer: (slot: string) => ModelAnswer,
): { events: string[]; kept: DecisionRecord[] } {
  const kept: DecisionRecord[] = [];
  advanceSession(session, t);
  const pending = askSession(session, t, sha256);
  if (pending === undefined) return { events: [], kept };
  return { events: decideAnswered(pending, ({ question }) => answer(question.slot), kept, sha256), kept };
}

const anyAnswer = fc.oneof(
  fc
    .record({
      text: fc.constantFrom('buy', 'sell', 'wait', 'rubbish'),
      costUsd: fc.double({ min: 0, max: 5, noNaN: true }),
    })
    .map(({ text, costUsd }) => answered(text, { costUsd })),
  fc
    .record({ fault: fc.constantFrom(...MODEL_FAULTS), costUsd: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ fault, costUsd }) => failedAnswer(fault, costUsd)),
);

describe('a decision with language models', () => {
  it('conserves money whatever the answers are and cost, and what was charged is what the journal says', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer, { minLength: DAY_OF_BARS, maxLength: DAY_OF_BARS }), (answers) => {
        const session = openAsking();
        const counted = openModelRecord();
        let charged = 0;
        let booked = 0;
        answers.forEach((answer, t) => {
          session.venue.ledger.length = 0;
          const { events } = playBar(session, t, () => answer);
          charged += answer.costUsd;
          const { ledger } = session.venue;
          for (let i = 0; i < ledgerCount(ledger.doubles.subarray(0, ledger.length)); i++) {
            const entry = readLedgerEntry(ledger.doubles, i);
            if (entry.effect === 'model-cost') booked -= entry.amountUsd;
          }
          for (const line of events) recordCall(counted, parseModelCall(line));
          assertConserved(session.account, 'the test');
        });
        expect(session.account.modelCostUsd).toBeCloseTo(charged, 9);
        expect(booked).toBe(session.account.modelCostUsd);
        // The journal's events give the same record that the session kept.
        expect(counted).toEqual({ ...session.models, probes: 0, flips: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it('is charged after the mark: the equity of its own bar is the one before, the next one shows it', () => {
    const session = openAsking();
    playBar(session, 0, () => answered('wait', { costUsd: 3 }));
    expect(session.equityUsd).toBe(10_000);
    expect(session.account.cashUsd).toBe(9_997);
    advanceSession(session, 1);
    expect(session.equityUsd).toBe(9_997);
  });

  it('that failed is due and not made, says why, and ends with the next one that is made', () => {
    const session = openAsking();
    const { kept } = playBar(session, 0, () => failedAnswer('timeout'));
    expect(kept).toEqual([expect.objectContaining({ fault: 'made: timeout' })]);
    expect([session.dueDecisions, session.madeDecisions, session.fault]).toEqual([1, 0, 'made: timeout']);
    const after = playBar(session, 1, () => answered('wait'));
    // Written although it does nothing: the journal has to know that the fault is over.
    expect(after.kept).toHaveLength(1);
    expect([session.dueDecisions, session.madeDecisions, session.fault]).toEqual([2, 1, '']);
  });

  it('with the same fault again is written once', () => {
    const session = openAsking();
    const lines = [0, 1, 2].map((t) => playBar(session, t, () => failedAnswer('server')).kept.length);
    expect(lines).toEqual([1, 0, 0]);
    expect(session.dueDecisions).toBe(3);
  });

  it('keeps nothing of the asking itself: asking twice asks the same', () => {
    const session = openAsking();
    advanceSession(session, 0);
    const once = askSession(session, 0, sha256);
    const twice = askSession(session, 0, sha256);
    expect(twice?.asked).toEqual(once?.asked);
    expect(session.memory).toEqual({ asked: 0 });
    expect(session.dueDecisions).toBe(0);
  });

  it('does not show an answer at a later bar', () => {
    const session = openAsking();
    playBar(session, 0, () => answered('buy'));
    expect(session.observation.answer('decide')).toBeUndefined();
  });

  it('takes no answer from another model than before, and says which one it was', () => {
    const session = openAsking();
    playBar(session, 0, () => answered('wait'));
    const { events, kept } = playBar(session, 1, () => answered('buy', { servedBy: 'm-2' }));
    expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'model-call',
      'model-changed',
    ]);
    expect(kept[0]?.fault).toBe('answered by m-2, until now by m-1');
    expect(session.orders).toEqual([]);
    expect(session.models?.changedTo).toBe('m-2');
  });

  it('counts a probe that came out differently', () => {
    const session = openAsking(DAY_OF_BARS, { probe: true });
    playBar(session, 0, () => answered('wait'));
    playBar(session, 1, (slot) => answered(slot === 'probe' ? 'buy' : 'wait'));
    playBar(session, 2, (slot) => (slot === 'probe' ? failedAnswer('server') : answered('wait')));
    expect([session.models?.probes, session.models?.flips, session.models?.questions]).toEqual([3, 2, 6]);
  });

  it('counts a changed set-up of the provider once for each change', () => {
    const session = openAsking();
    ['f-1', 'f-1', 'f-2', null, 'f-2', 'f-1'].forEach((fingerprint, t) => {
      playBar(session, t, () => answered('wait', { fingerprint }));
    });
    expect(session.models?.fingerprintChanges).toBe(2);
  });

  it('spends by the UTC day of the market', () => {
    const session = openAsking();
    const spent: number[] = [];
    for (let t = 0; t < 30; t++) {
      advanceSession(session, t);
      const pending = askSession(session, t, sha256);
      if (pending === undefined) throw new Error('no question');
      spent.push(pending.asked[0]?.spentTodayUsd ?? NaN);
      decideAnswered(pending, () => answered('wait', { costUsd: 1 }), [], sha256);
    }
    // The bar that opens at 23:00 closes, and is decided, at 00:00 of the next day.
    expect(spent.slice(21, 25)).toEqual([21, 22, 0, 1]);
  });

  it('a session is the same after it was saved and read back', () => {
    const played = openAsking(DAY_OF_BARS, { probe: true });
    playBar(played, 0, () => answered('buy'));
    playBar(played, 1, () => failedAnswer('late', 0.5));
    const out = createByteWriter();
    writeSession(played, out);
    const back = openAsking(DAY_OF_BARS, { probe: true });
    readSession(back, createByteReader(out.finish(), 'the test'));
    expect(back.models).toEqual(played.models);
    markPositions(back, 1);
    expect(playBar(back, 2, () => answered('sell'))).toEqual(playBar(played, 2, () => answered('sell')));
  });

  it.each([
    ['no list', 'decide', 'its questions: '],
    ['a promise', Promise.resolve([]), 'its questions: '],
    ['something else', [{}], 'its questions[0].slot: '],
    [
      'a question without an end',
      [questionOf('a', 'b', { setup: SETUP })],
      'its questions[0].setup.maxTokens: ',
    ],
    ['no form that there is', [{ ...questionOf('a', 'b'), form: 'poem' }], 'its questions[0].form: '],
    [
      'one slot twice',
      [questionOf('a', 'b'), questionOf('a', 'c')],
      'two of its questions are in the slot "a"',
    ],
  ])('of a kind that gives %s as questions holds and says so', (_what, questions, why) => {
    const odd = { ...KIND, questions: () => questions as readonly ModelQuestion[] };
    const session = sessionFor(odd, market(), { params: asking.manifest.parameters.parse({}), costs: FREE });
    const { kept, events } = playBar(session, 0, () => answered('buy'));
    expect(kept[0]?.fault).toContain(why);
    expect(events).toEqual([]);
    expect([session.dueDecisions, session.madeDecisions]).toEqual([1, 0]);
  });

  it('is not asked for any more when another model has ended the record', () => {
    const session = openAsking(DAY_OF_BARS, { probe: true });
    playBar(session, 0, () => answered('wait'));
    playBar(session, 1, (slot) => answered('wait', { servedBy: slot === 'probe' ? 'm-3' : 'm-2' }));
    expect(session.models?.changedTo, 'the first other model ended it').toBe('m-2');
    const cashUsd = session.account.cashUsd;
    const { events } = playBar(session, 2, () => answered('buy', { costUsd: 1 }));
    expect(events).toEqual([]);
    expect(session.account.cashUsd).toBe(cashUsd);
    expect([session.dueDecisions, session.madeDecisions, session.fault]).toEqual([
      3,
      1,
      'answered by m-2, until now by m-1',
    ]);
  });
});
