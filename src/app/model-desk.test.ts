import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { questionOf } from '../../test/support/asking-kind.js';
import { temporaryFolder } from '../../test/support/cli.js';
import { sha256 } from '../../test/support/made-arena.js';
import { openRecordings } from '../adapters/storage/sqlite-recordings.js';
import { NO_TOKENS } from '../core/domain/model-call.js';
import { Problem } from '../core/domain/problem.js';
import type { AskedQuestion } from '../core/session/model-decision.js';
import type { LanguageModel, ModelReply, ModelRequest } from '../ports/language-model.js';
import type { ModelRecordings } from '../ports/model-recordings.js';
import { IMPORTED, type ModelDesk, type ModelDeskWorld, createModelDesk } from './model-desk.js';

const NOTHING = { todayUsd: 0, totalUsd: 0 };
const NEVER = new AbortController().signal;

let recordings: ModelRecordings;
let remove: () => void;
beforeEach(() => {
  const { path, remove: gone } = temporaryFolder();
  remove = gone;
  recordings = openRecordings(join(path, 'calls.sqlite'));
});
afterEach(() => {
  recordings.close();
  remove();
});

/** A model that answers what it was asked, after a turn of the loop, and counts. */
function echo(): LanguageModel & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    requests,
    ask: (request) => {
      requests.push(request);
      return Promise.resolve(reply(`to ${request.user}`));
    },
  };
}

/** Answers `a` at once and everything else later. */
function slowEcho(): LanguageModel {
  return {
    ask: ({ user }) =>
      new Promise((done) => {
        setTimeout(done, user === 'a' ? 0 : 30, reply(`to ${user}`));
      }),
  };
}

function reply(text: string): ModelReply {
  return {
    kind: 'answered',
    text,
    stop: 'end',
    servedBy: 'm-1',
    fingerprint: null,
    usage: { ...NO_TOKENS, inputTokens: 10, outputTokens: 5 },
    structured: false,
    latencyMs: 1,
    attempts: 1,
  };
}

function desk(model: LanguageModel, more: Partial<ModelDeskWorld> = {}): ModelDesk {
  return createModelDesk({
    mode: 'record',
    run: 'this run',
    recordings,
    model: () => Promise.resolve(model),
    tariff: () => ({ costUsd: (usage) => usage.outputTokens / 10, estimateUsd: () => 1 }),
    schema: () => undefined,
    budgetUsdPerDay: null,
    budgetUsdTotal: null,
    deadlineMs: 10_000,
    nowMs: () => 0,
    ...more,
  });
}

function ask(user: string, more: Partial<AskedQuestion> = {}): AskedQuestion {
  const question = more.question ?? questionOf('decide', user);
  return {
    contestant: 0,
    question,
    request: sha256(JSON.stringify(question)),
    atMs: 1000,
    spentTodayUsd: 0,
    cashUsd: 1000,
    ...more,
  };
}

async function outcome(of: ModelDesk, asked: readonly AskedQuestion[], spent = NOTHING): Promise<string[]> {
  const answers = await of.answer(asked, spent, NEVER);
  if (answers === undefined) throw new Error('stopped');
  return asked.map((one) => {
    const answer = answers(one);
    return answer.kind === 'answered' ? answer.text : answer.fault;
  });
}

describe('the desk that answers questions', () => {
  it('pays a request once in record mode, whoever asked it before', async () => {
    const model = echo();
    expect(await outcome(desk(model), [ask('a'), ask('b')])).toEqual(['to a', 'to b']);
    expect(await outcome(desk(model, { run: 'another run' }), [ask('a')])).toEqual(['to a']);
    expect(model.requests).toHaveLength(2);
  });

  it('asks anew in live mode, except what this very state has asked', async () => {
    const model = echo();
    await outcome(desk(model), [ask('a')]);
    await outcome(desk(model, { mode: 'live', run: 'another run' }), [ask('a')]);
    await outcome(desk(model, { mode: 'live', run: 'another run' }), [ask('a')]);
    expect(model.requests).toHaveLength(2);
  });

  it('asks nobody in replay mode and says what is missing', async () => {
    const model = echo();
    await outcome(desk(model), [ask('a')]);
    expect(await outcome(desk(model, { mode: 'replay' }), [ask('a'), ask('b')])).toEqual([
      'to a',
      'not-recorded',
    ]);
    expect(model.requests).toHaveLength(1);
  });

  it('replays a recorded failure as it was, and record mode asks again', async () => {
    let down = true;
    const model: LanguageModel = {
      ask: (request) =>
        Promise.resolve(
          down
            ? { kind: 'failed', fault: 'server', why: 'down', usage: NO_TOKENS, latencyMs: 1, attempts: 4 }
            : reply(`to ${request.user}`),
        ),
    };
    expect(await outcome(desk(model), [ask('a')])).toEqual(['server']);
    expect(await outcome(desk(model, { mode: 'replay' }), [ask('a')])).toEqual(['server']);
    down = false;
    expect(await outcome(desk(model), [ask('a')])).toEqual(['to a']);
    expect(await outcome(desk(model, { mode: 'replay' }), [ask('a')])).toEqual(['to a']);
  });

  it('makes one call of the same request in one round', async () => {
    const model = echo();
    const both = [ask('a'), ask('a', { contestant: 1 })];
    expect(await outcome(desk(model), both)).toEqual(['to a', 'to a']);
    expect(model.requests).toHaveLength(1);
  });

  it('asks nobody where no price is known', async () => {
    const model = echo();
    expect(await outcome(desk(model, { tariff: () => undefined }), [ask('a')])).toEqual(['no-price']);
    expect(model.requests).toHaveLength(0);
  });

  it('keeps every budget before the call, in the order of the roster', async () => {
    const model = echo();
    const own = (contestant: number, user: string, spentTodayUsd: number): AskedQuestion =>
      ask(user, {
        contestant,
        spentTodayUsd,
        question: questionOf('decide', user, { budgetUsdPerDay: 2.5 }),
      });
    // Each call may cost 1 USD: two fit beside nothing spent, one beside 1.2.
    expect(
      await outcome(desk(model), [own(0, 'a', 0), own(0, 'b', 0), own(0, 'c', 0), own(1, 'd', 1.2)]),
    ).toEqual(['to a', 'to b', 'budget', 'to d']);
    const limited = desk(model, { budgetUsdPerDay: 5 });
    expect(await outcome(limited, [ask('e'), ask('f')], { todayUsd: 3.5, totalUsd: 99 })).toEqual([
      'to e',
      'budget',
    ]);
    const total = desk(model, { budgetUsdTotal: 100 });
    expect(await outcome(total, [ask('g')], { todayUsd: 0, totalUsd: 99.5 })).toEqual(['budget']);
    expect(await outcome(desk(model), [ask('h', { cashUsd: 0.5 })])).toEqual(['budget']);
    expect(model.requests.map(({ user }) => user)).toEqual(['a', 'b', 'd', 'e']);
  });

  it('keeps the budget of everybody who asks the same: one that may not ask takes no answer from one that may', async () => {
    const model = echo();
    const of = (contestant: number, budgetUsdPerDay: number, cashUsd = 1000): AskedQuestion => ({
      ...ask('same', { contestant, cashUsd, question: questionOf('decide', 'same', { budgetUsdPerDay }) }),
      request: 'same',
    });
    expect(await outcome(desk(model), [of(0, 0.5), of(1, 5), of(2, 0.5), of(3, 5), of(4, 5, 0.5)])).toEqual([
      'budget',
      'to same',
      'budget',
      'to same',
      'budget',
    ]);
    expect(model.requests).toHaveLength(1);
    // Both of them pay, so both count against what all may spend.
    const limited = desk(model, { budgetUsdPerDay: 1.5, run: 'limited', mode: 'live' });
    expect(await outcome(limited, [of(0, 5), of(1, 5)])).toEqual(['to same', 'budget']);
  });

  it('replays what it gave, budgets included, whatever is recorded beside it', async () => {
    const model = echo();
    const QUESTIONS = ['a', 'b', 'c', 'd'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            contestant: fc.integer({ min: 0, max: 3 }),
            user: fc.constantFrom(...QUESTIONS),
            budgetUsdPerDay: fc.option(fc.constantFrom(0.5, 1.5, 2.5), { nil: null }),
            spentTodayUsd: fc.constantFrom(0, 0.7, 1.2),
            cashUsd: fc.constantFrom(0.5, 1.5, 1000),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        fc.constantFrom(null, 1, 2, 3),
        fc.constantFrom(null, 2, 4),
        fc.subarray(QUESTIONS),
        async (drawn, budgetUsdPerDay, budgetUsdTotal, before) => {
          const { path, remove: gone } = temporaryFolder();
          const mine = openRecordings(join(path, 'calls.sqlite'));
          const world = { recordings: mine, budgetUsdPerDay, budgetUsdTotal };
          const asked = drawn.map(({ user, budgetUsdPerDay: own, ...rest }) => ({
            ...ask(user, { ...rest, question: questionOf('decide', user, { budgetUsdPerDay: own }) }),
            request: user,
          }));
          const first = await outcome(desk(model, world), asked);
          const { recordings: _shared, ...limits } = world;
          await outcome(
            desk(model, { recordings: mine, run: 'another' }),
            before.map((user) => ({ ...ask(user), request: user })),
          );
          expect(await outcome(desk(model, { ...limits, recordings: mine, mode: 'replay' }), asked)).toEqual(
            first,
          );
          // A crash before the commit plays the round again.
          expect(await outcome(desk(model, { ...limits, recordings: mine }), asked)).toEqual(first);
          mine.close();
          gone();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('replays that a key was missing', async () => {
    const without = desk(echo(), { model: () => Promise.resolve({ fault: 'no-key', why: 'set IT' }) });
    await outcome(without, [ask('a')]);
    expect(await outcome(desk(echo(), { mode: 'replay' }), [ask('a')])).toEqual(['no-key']);
    // With the key it is asked.
    expect(await outcome(desk(echo()), [ask('a')])).toEqual(['to a']);
  });

  it('that cannot record one call records the others before it says so', async () => {
    const full: ModelRecordings = {
      ...recordings,
      add(call) {
        if (call.question.user === 'a') throw new Problem('damaged', 'the disk is full');
        recordings.add(call);
      },
    };
    const broken = desk(slowEcho(), { recordings: full });
    await expect(broken.answer([ask('a'), ask('b')], NOTHING, NEVER)).rejects.toThrow('the disk is full');
    expect(recordings.find(ask('b').request)).toHaveLength(1);
  });

  it('that cannot read a recorded call waits for the calls under way before it says so', async () => {
    const unreadable: ModelRecordings = {
      ...recordings,
      find(request) {
        if (request === ask('a').request) throw new Problem('damaged', 'the recording is damaged');
        return recordings.find(request);
      },
    };
    const broken = desk(slowEcho(), { recordings: unreadable });
    await expect(broken.answer([ask('b'), ask('a')], NOTHING, NEVER)).rejects.toThrow('is damaged');
    expect(recordings.find(ask('b').request)).toHaveLength(1);
  });

  it('holds budgets for the same questions after a crash in a round, and in a replay', async () => {
    const model = echo();
    const limited = { budgetUsdTotal: 2 };
    const asked = [ask('a'), ask('b'), ask('c')];
    const first = await outcome(desk(model, limited), asked);
    expect(first).toEqual(['to a', 'to b', 'budget']);
    expect(await outcome(desk(model, limited), asked)).toEqual(first);
    expect(await outcome(desk(model, { ...limited, mode: 'replay' }), asked)).toEqual(first);
    expect(model.requests).toHaveLength(2);
  });

  it('is late for what has not come at the deadline, and records that', async () => {
    const slow: LanguageModel = {
      ask: (_request, signal) =>
        new Promise((done) => {
          const end = (): void => {
            const fault = signal.reason === 'deadline' ? 'late' : 'stopped';
            done({ kind: 'failed', fault, why: fault, usage: NO_TOKENS, latencyMs: 1, attempts: 1 });
          };
          if (signal.aborted) end();
          else signal.addEventListener('abort', end);
        }),
    };
    expect(await outcome(desk(slow, { deadlineMs: 20 }), [ask('a')])).toEqual(['late']);
    expect(await outcome(desk(slow, { mode: 'replay' }), [ask('a')])).toEqual(['late']);
    const stop = new AbortController();
    const answers = desk(slow).answer([ask('b')], NOTHING, stop.signal);
    stop.abort('stopped');
    expect(await answers).toBeUndefined();
    // As if it had never been asked.
    expect(await outcome(desk(slow, { mode: 'replay' }), [ask('b')])).toEqual(['not-recorded']);
  });

  it('says that a key is missing without asking', async () => {
    const without = desk(echo(), { model: () => Promise.resolve({ fault: 'no-key', why: 'set IT' }) });
    expect(await outcome(without, [ask('a')])).toEqual(['no-key']);
  });

  it('gives an imported run its replies by time, and no other', async () => {
    recordings.importReplies([{ run: 'their run', atMs: 1000, model: 'theirs', text: 'hold' }]);
    const question = questionOf('decide', 'ours', {
      setup: { provider: IMPORTED, model: 'their run', temperature: null, maxTokens: 100 },
    });
    const model = echo();
    expect(
      await outcome(desk(model), [
        ask('x', { question }),
        ask('x', { question, atMs: 2000, request: 'later' }),
        ask('x', { question: { ...question, probe: 1 }, request: 'probe' }),
      ]),
    ).toEqual(['hold', 'not-recorded', 'not-recorded']);
    expect(model.requests).toHaveLength(0);
  });
});
