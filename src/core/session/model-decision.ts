/**
 * A decision that needs language models, in two halves with time between them: what the session asks, and what it
 * decides with the answers. Both are pure; whoever plays the bar finds the answers, live, recorded or journaled.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { type ModelAnswer, type ModelQuestion, NO_TOKENS } from '../domain/model-call.js';
import type { TimeMs } from '../domain/time.js';
import { bookModelCost } from '../simulation/book-model-cost.js';
import { type DecisionRecord, acceptFault, decideSession, decidesAt, questionsOf } from './decide.js';
import { modelCall, modelCallLine, recordCall, spentOnDayUsd } from './model-record.js';
import { NO_ANSWERS } from './observation.js';
import { readQuestions } from './read-questions.js';
import { type Session, advanceSession, closeBar } from './session.js';

/** A question with what decides whether it may be asked. */
export interface AskedQuestion {
  /** Position in the roster. */
  readonly contestant: number;
  readonly question: ModelQuestion;
  /** Hash of everything that the model gets, and of trial and probe: the same request is the same question. */
  readonly request: string;
  /** Simulated time of the decision. */
  readonly atMs: TimeMs;
  /** By this contestant in the UTC day of the decision. */
  readonly spentTodayUsd: number;
  /** Free cash of its account, which pays. */
  readonly cashUsd: number;
}

export type Answers = (asked: AskedQuestion) => ModelAnswer;

/** A session that has asked and waits. */
export interface PendingDecision {
  readonly session: Session;
  readonly t: number;
  readonly asked: readonly AskedQuestion[];
  /** Questions of a record that another model has ended: nobody pays for answers that count no more. */
  readonly unasked: readonly ModelQuestion[];
  /** Why it could not even ask; empty when it could. */
  readonly fault: string;
}

type TextHash = (text: string) => string;

/**
 * One bar of a session: fills, protection, mark, what tripped, and the decision, or the questions that it waits for.
 * What the bar did by itself is added to `events`. `opened`: what fills at its open has been dealt with, at quotes; `watched`: stops
 * were looked at from then on.
 */
export function playBar(
  session: Session,
  t: number,
  events: string[],
  keep: DecisionRecord[],
  hash: TextHash,
  opened?: { readonly watched: boolean },
): PendingDecision | undefined {
  if (opened !== undefined) closeBar(session, t, opened.watched);
  else advanceSession(session, t);
  const c = session.plan.position;
  for (const trip of session.trips) events.push(canonicalJson({ event: 'breaker-tripped', c, ...trip }));
  events.push(...protectionLines(session));
  if (session.models !== undefined) return askSession(session, t, hash);
  decideSession(session, t, keep);
  return undefined;
}

/** What the account's protections did, as the journal tells it. */
export function protectionLines({ guard, plan }: Session): string[] {
  return (guard?.news ?? []).map((news) => canonicalJson({ event: 'protection', c: plan.position, ...news }));
}

/** Asks, where a bar of the session's timeframe closes; undefined where none does. */
export function askSession(session: Session, t: number, hash: TextHash): PendingDecision | undefined {
  if (!decidesAt(session, t)) return undefined;
  let questions: readonly ModelQuestion[];
  try {
    questions = readQuestions(questionsOf(session, t));
  } catch (error) {
    return {
      session,
      t,
      asked: [],
      unasked: [],
      fault: error instanceof Error ? error.message : String(error),
    };
  }
  const { models, account, observation } = session;
  if (models !== undefined && models.changedTo !== '')
    return { session, t, asked: [], unasked: questions, fault: '' };
  const asked = questions.map((question) => ({
    contestant: session.plan.position,
    question,
    request: requestHash(question, hash),
    atMs: observation.nowMs,
    spentTodayUsd: models === undefined ? 0 : spentOnDayUsd(models, observation.nowMs),
    cashUsd: account.cashUsd,
  }));
  return { session, t, asked, unasked: [], fault: '' };
}

/** Decides with the answers and charges them; returns the journal's events. */
export function decideAnswered(
  pending: PendingDecision,
  answers: Answers,
  keep: DecisionRecord[],
  hash: TextHash,
): string[] {
  const { session, t, fault } = pending;
  if (fault !== '') {
    session.dueDecisions++;
    acceptFault(session, fault, keep);
    return [];
  }
  const events = takeAnswers(pending, answers, hash);
  decideSession(session, t, keep);
  session.observation.answers = NO_ANSWERS;
  return events;
}

/** Shows the answers to the strategy and charges them; returns the journal's events. */
export function takeAnswers(
  { session, asked, unasked }: PendingDecision,
  answers: Answers,
  hash: TextHash,
): string[] {
  const events: string[] = [];
  const bySlot = new Map<string, ModelAnswer>();
  if (session.models !== undefined)
    for (const { slot } of unasked)
      bySlot.set(slot, otherModel(session.models.servedBy, session.models.changedTo));
  for (const one of asked) {
    const answer = answers(one);
    const call = modelCall(one, answer, one.atMs, hash);
    events.push(modelCallLine(call));
    bookModelCost(session.venue, session.account, answer.costUsd, one.atMs);
    bySlot.set(one.question.slot, answer);
    const { models } = session;
    if (models === undefined) continue;
    const before = models.changedTo;
    recordCall(models, call);
    if (models.changedTo === '') continue;
    bySlot.set(one.question.slot, otherModel(models.servedBy, models.changedTo));
    if (before === '')
      events.push(
        canonicalJson({
          event: 'model-changed',
          c: session.plan.position,
          from: models.servedBy,
          to: models.changedTo,
        }),
      );
  }
  session.observation.answers = bySlot;
  return events;
}

/** The record was made with one model: what another one says is not used. */
function otherModel(before: string, now: string): ModelAnswer {
  return {
    kind: 'failed',
    fault: 'model-changed',
    why: `answered by ${now}, until now by ${before}`,
    usage: NO_TOKENS,
    costUsd: 0,
  };
}

/** Where the model is reached and what it may cost are no part of the request. */
function requestHash(question: ModelQuestion, hash: TextHash): string {
  const { setup, system, user, form, trial, probe } = question;
  return hash(
    canonicalJson({
      provider: setup.provider,
      model: setup.model,
      temperature: setup.temperature,
      maxTokens: setup.maxTokens,
      system,
      user,
      form,
      trial,
      probe,
    }),
  );
}

/** Where nobody can be asked. */
export const NOBODY_ANSWERS: Answers = () => ({
  kind: 'failed',
  fault: 'not-recorded',
  why: 'there is no recorded reply, and nobody is asked here',
  usage: NO_TOKENS,
  costUsd: 0,
});
