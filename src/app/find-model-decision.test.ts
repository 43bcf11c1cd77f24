import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answered, failedAnswer } from '../../test/support/asking-kind.js';
import { temporaryFolder } from '../../test/support/cli.js';
import { sha256 } from '../../test/support/made-arena.js';
import { START_MS, flatBars, marketOf } from '../../test/support/made-market.js';
import { playedJournal } from '../../test/support/played-journal.js';
import { openRecordings } from '../adapters/storage/sqlite-recordings.js';
import { HOUR_MS } from '../core/domain/time.js';
import type { ModelRecordings } from '../ports/model-recordings.js';
import { findModelDecision } from './find-model-decision.js';

const at = (hours: number): number => START_MS + hours * HOUR_MS;

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

/** Four bars: it waits, buys, fails, and waits; every call is recorded, those of others between them. */
function played() {
  return playedJournal(
    marketOf([flatBars(100, 4)]),
    [{ kind: 'asking' }, { kind: 'buy-and-hold' }, { kind: 'asking', params: { trial: 2 } }],
    ({ question, request, atMs }) => {
      const { budgetUsdPerDay: _budget, ...kept } = question;
      const answer =
        question.trial === 2
          ? answered('sell')
          : atMs === at(2)
            ? answered('buy')
            : atMs === at(3)
              ? failedAnswer('timeout')
              : answered('wait');
      const call = { request, run: 'r', question: kept, atMs, structured: false, latencyMs: 7, attempts: 1 };
      recordings.add({ ...call, answer, calledAtMs: 0 });
      // Of another run, later: the same request was answered otherwise.
      recordings.add({ ...call, answer: answered('other words'), calledAtMs: 1 });
      return answer;
    },
  );
}

describe('a decision that is looked for', () => {
  it('is the newest at or before the time, of that contestant', () => {
    const { store } = played();
    const find = (contestant: number, hours: number) =>
      findModelDecision(store, recordings, contestant, at(hours), sha256);
    expect(find(0, 2)).toMatchObject({ seq: 2, atMs: at(2), decision: { c: 0, why: 'buy' } });
    expect(find(0, 2.9)?.seq).toBe(2);
    expect(find(0, 99)?.seq).toBe(4);
    expect(find(2, 2)?.decision).toBeUndefined();
    expect(find(0, 0.5)).toBeUndefined();
    expect(find(1, 99), 'it asks nobody').toBeUndefined();
  });

  it('comes with the text that was acted upon, not with another answer to the same request', () => {
    const { store } = played();
    const find = (hours: number) => findModelDecision(store, recordings, 0, at(hours), sha256)?.calls[0];
    expect(find(2)?.recorded?.answer).toMatchObject({ kind: 'answered', text: 'buy' });
    expect(find(3)?.call.fault).toBe('timeout');
    expect(find(3)?.recorded?.answer).toMatchObject({ kind: 'failed', fault: 'timeout' });
    expect(find(2)?.recorded?.question.user).toBe(`${String(at(2))} 100`);
  });

  it('without the recording, or with one that has other words, has no text', () => {
    const { store } = played();
    expect(findModelDecision(store, undefined, 0, at(2), sha256)?.calls[0]?.recorded).toBeUndefined();
    recordings.importReplies([{ run: 'm', atMs: at(2), model: 'x', text: 'not what was said' }]);
    expect(findModelDecision(store, recordings, 0, at(2), sha256)?.calls[0]?.imported).toBeUndefined();
    recordings.importReplies([{ run: 'm', atMs: at(2), model: 'x', text: 'buy' }]);
    expect(findModelDecision(store, recordings, 0, at(2), sha256)?.calls[0]?.imported).toBe('buy');
  });
});
