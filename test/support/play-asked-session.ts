import { NO_TOKENS, type ModelAnswer, type ModelQuestion } from '../../src/core/domain/model-call.js';
import { type DecisionRecord, decideSession, questionsOf } from '../../src/core/session/decide.js';
import { type Session, advanceSession } from '../../src/core/session/session.js';

/** One bar of a session whose strategy asks language models. */
export interface AskedBar {
  readonly t: number;
  readonly questions: readonly ModelQuestion[];
  readonly record: DecisionRecord | undefined;
}

/** What a scripted model says; undefined: the question is not put to anybody. */
export type ScriptedModel = (question: ModelQuestion, t: number) => ModelAnswer | undefined;

/** Plays [from, to) as a host does: fills, questions, answers, decision. Memory goes through JSON at every bar. */
export function playAskedSession(
  session: Session,
  model: ScriptedModel,
  from = 0,
  to = session.venue.market.length,
): AskedBar[] {
  const bars: AskedBar[] = [];
  for (let t = from; t < to; t++) {
    advanceSession(session, t);
    const kept: DecisionRecord[] = [];
    const questions = questionsOf(session, t);
    session.observation.answers = new Map(
      questions.flatMap((question) => {
        const answer = model(question, t);
        return answer === undefined ? [] : [[question.slot, answer] as const];
      }),
    );
    decideSession(session, t, kept);
    session.memory = JSON.parse(JSON.stringify(session.memory)) as unknown;
    bars.push({ t, questions, record: kept[0] });
  }
  return bars;
}

export function failed(fault: Extract<ModelAnswer, { kind: 'failed' }>['fault'] = 'timeout'): ModelAnswer {
  return { kind: 'failed', fault, why: 'made to fail', usage: NO_TOKENS, costUsd: 0 };
}
