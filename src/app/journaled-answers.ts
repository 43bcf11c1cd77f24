import type { Hash } from '../core/arena/contestant.js';
import { Problem } from '../core/domain/problem.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import { type ModelAnswer, NO_TOKENS } from '../core/domain/model-call.js';
import type { Answers } from '../core/session/model-decision.js';
import { MODEL_CALL_MARK, type ModelCall, parseModelCall } from '../core/session/model-record.js';
import type { ModelRecordings } from '../ports/model-recordings.js';

/** Finds the text of an answer; undefined when it is not recorded. */
export type FindReply = (call: ModelCall) => string | undefined;

/** Answers are found by request and checked by their hash; imported ones by run and time. */
export function findReplyIn(recordings: ModelRecordings, hash: Hash): FindReply {
  return (call) => {
    const texts = recordings
      .find(call.request)
      .flatMap(({ answer }) => (answer.kind === 'answered' ? [answer.text] : []));
    const imported = recordings.imported(call.model, call.atMs)?.text;
    return [...texts, ...(imported === undefined ? [] : [imported])].find(
      (text) => hash(text) === call.reply,
    );
  };
}

/** What the models said in a round that was played before: outcomes from its events, texts from the recording. */
export function journaledAnswers(events: readonly string[], find: FindReply): Answers {
  const calls = callsOf(events);
  return ({ contestant, question, request }) => {
    const call = calls.get(keyOf(contestant, question.slot));
    if (call?.request !== request)
      throw new Error(
        `contestant ${String(contestant)} asks another question in ${question.slot} than the journal has`,
      );
    return answerOf(call, find);
  };
}

/**
 * The same answers to whatever is asked now: on corrected candles a question has other numbers than the one that was answered,
 * and nobody is asked again. Without an answer to a contestant's slot it counts as not recorded.
 */
export function answersAsGiven(events: readonly string[], find: FindReply): Answers {
  const calls = callsOf(events);
  return ({ contestant, question }) => {
    const call = calls.get(keyOf(contestant, question.slot));
    if (call !== undefined) return answerOf(call, find);
    const why = 'it was not asked in this slot';
    return { kind: 'failed', fault: 'not-recorded', why, usage: NO_TOKENS, costUsd: 0 };
  };
}

function callsOf(events: readonly string[]): ReadonlyMap<string, ModelCall> {
  const calls = new Map<string, ModelCall>();
  for (const line of events) {
    if (!line.includes(MODEL_CALL_MARK)) continue;
    const call = parseModelCall(line);
    calls.set(keyOf(call.c, call.slot), call);
  }
  return calls;
}

function keyOf(contestant: number, slot: string): string {
  return `${String(contestant)} ${slot}`;
}

function answerOf(call: ModelCall, find: FindReply): ModelAnswer {
  const { usage, costUsd } = call;
  if (call.fault !== undefined)
    return { kind: 'failed', fault: call.fault, why: call.why ?? '', usage, costUsd };
  const text = find(call);
  if (text === undefined)
    throw new Problem(
      'input',
      `the reply of ${call.model} at ${formatMinuteUtc(call.atMs)} is not in the recording: name it with --recordings FILE`,
    );
  return {
    kind: 'answered',
    text,
    stop: call.stop ?? 'other',
    servedBy: call.servedBy ?? '',
    fingerprint: call.fingerprint ?? null,
    usage,
    costUsd,
  };
}

/** Where no recording is at hand. */
export const NO_REPLIES: FindReply = () => undefined;
