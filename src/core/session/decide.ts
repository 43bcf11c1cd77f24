import type { Intent, Refusal } from '../domain/intent.js';
import type { ModelQuestion } from '../domain/model-call.js';
import { reviewIntents } from '../risk/review-intents.js';
import type { Step, StrategyKind, Why } from '../strategies/strategy.js';
import { recordProbe } from './model-record.js';
import type { Session } from './session.js';

/** A decision worth keeping: it had intents or refusals, or its reason changed. */
export interface DecisionRecord {
  readonly contestant: number;
  readonly why: Why;
  readonly intents: readonly Intent[];
  readonly refused: readonly Refusal[];
  /** Orders that did not fill since the decision before. */
  readonly unfilled: readonly Refusal[];
  readonly fault?: string;
  readonly probe?: 'same' | 'flipped';
}

/** Decides and reviews in one go, where a bar of the strategy's timeframe closes; for kinds that answer at once. */
export function decideSession(session: Session, t: number, keep: DecisionRecord[]): void {
  if (ownBarAt(session, t) < 0) return;
  let answer: Step<unknown>;
  try {
    answer = askStrategy(session, t);
  } catch (error) {
    acceptFault(session, error instanceof Error ? error.message : String(error), keep);
    return;
  }
  acceptStep(session, answer, t, keep);
}

/** Whether a bar of the strategy's own timeframe closes with slot `t`. */
export function decidesAt(session: Session, t: number): boolean {
  return ownBarAt(session, t) >= 0;
}

/** Index of the strategy's own bar that closes with slot `t`; -1 where none does. */
function ownBarAt(session: Session, t: number): number {
  const { closesAt } = session.view;
  return closesAt === undefined ? t : (closesAt[t] ?? -1);
}

/** Points the strategy's window at the bar that closes with slot `t` and asks. */
export function askStrategy(session: Session, t: number): Step<unknown> {
  pointAt(session, t);
  session.dueDecisions++;
  const kind: StrategyKind = session.plan.kind;
  return kind.decide(session.observation, session.memory);
}

function pointAt(session: Session, t: number): void {
  const observation = session.observation;
  const bar = ownBarAt(session, t);
  observation.pointAt(bar, (session.venue.market.openTimesMs[t] ?? NaN) + session.barMs, session.equityUsd);
  observation.exits = session.exits;
  observation.refusals =
    session.unfilled.length === 0
      ? session.refused
      : session.refused.length === 0
        ? session.unfilled
        : [...session.refused, ...session.unfilled];
}

/** What the strategy wants to ask language models where a bar of its timeframe closes; nothing of it is kept. */
export function questionsOf(session: Session, t: number): readonly ModelQuestion[] {
  const { kind } = session.plan;
  if (kind.questions === undefined || ownBarAt(session, t) < 0) return NO_QUESTIONS;
  pointAt(session, t);
  return kind.questions(session.observation, session.memory);
}

const NO_QUESTIONS: readonly ModelQuestion[] = [];

/** Takes a strategy's answer: keeps its memory, reviews its intents, queues the approved orders. */
export function acceptStep(session: Session, step: Step<unknown>, t: number, keep: DecisionRecord[]): void {
  if (!Array.isArray(step.intents) || typeof (step.why as Why | undefined)?.code !== 'string') {
    acceptFault(
      session,
      'its answer has no list of intents or no reason code (decide answers at once; what takes time is a question to a language model)',
      keep,
    );
    return;
  }
  const fault = step.fault ?? '';
  if (fault === '') session.madeDecisions++;
  if (step.memory !== undefined) session.memory = step.memory;
  const faultEnds = session.fault !== fault;
  session.fault = fault;
  let refused: readonly Refusal[] = NO_REFUSALS;
  if (step.intents.length > 0) {
    const reviewed = reviewIntents(step.intents, session.review.at(t, session.observation.nowMs));
    refused = reviewed.refusals;
    session.orders = session.orders.length === 0 ? reviewed.orders : [...session.orders, ...reviewed.orders];
  }
  if (
    step.intents.length > 0 ||
    session.unfilled.length > 0 ||
    step.why.code !== session.lastWhy ||
    faultEnds ||
    step.probe !== undefined
  )
    keep.push({
      contestant: session.plan.position,
      why: step.why,
      intents: step.intents,
      refused,
      unfilled: session.unfilled,
      ...(fault === '' ? {} : { fault }),
      ...(step.probe === undefined ? {} : { probe: step.probe }),
    });
  session.refused = refused;
  session.lastWhy = step.why.code;
  if (step.probe !== undefined && session.models !== undefined) recordProbe(session.models, step.probe);
  forgetNews(session);
}

/** What happened since the last decision has been told. */
function forgetNews(session: Session): void {
  if (session.exits.length > 0) session.exits = [];
  if (session.unfilled.length > 0) session.unfilled = [];
}

/** A strategy that failed holds: no orders, memory unchanged, and the missing decision counts against it. */
export function acceptFault(session: Session, fault: string, keep: DecisionRecord[]): void {
  if (session.fault !== fault || session.unfilled.length > 0)
    keep.push({
      contestant: session.plan.position,
      why: { code: 'fault' },
      intents: [],
      refused: [],
      unfilled: session.unfilled,
      fault,
    });
  session.fault = fault;
  session.refused = NO_REFUSALS;
  session.lastWhy = 'fault';
  forgetNews(session);
}

const NO_REFUSALS: readonly Refusal[] = [];
