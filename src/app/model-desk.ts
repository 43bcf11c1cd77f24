/**
 * Where questions to language models get their answers: from the recording, from an imported run, or from a model.
 * Limits are checked before a call, and every call that was made is recorded before anybody uses it.
 */
import { passOn } from '../core/domain/pass-on.js';
import {
  type ModelAnswer,
  type ModelFault,
  type ModelQuestion,
  NO_TOKENS,
  type TokenUsage,
} from '../core/domain/model-call.js';
import type { TimeMs } from '../core/domain/time.js';
import type { Answers, AskedQuestion } from '../core/session/model-decision.js';
import type { LanguageModel, ModelReply } from '../ports/language-model.js';
import type { ModelRecordings, RecordedCall } from '../ports/model-recordings.js';

/**
 * `record`: a request that was answered before, by whomever, is not paid twice. `live`: asked anew, except what this
 * state has asked before a crash. `replay`: nobody is asked.
 */
export const MODEL_MODES = ['record', 'replay', 'live'] as const;
export type ModelMode = (typeof MODEL_MODES)[number];

/** Provider of contestants that repeat an imported run; its model is the run's name. */
export const IMPORTED = 'recorded';

/** What one model's tokens cost. */
export interface Tariff {
  readonly costUsd: (usage: TokenUsage) => number;
  /** Most that the question can cost. */
  readonly estimateUsd: (question: ModelQuestion) => number;
}

export interface ModelDeskWorld {
  readonly mode: ModelMode;
  /** Name of this state in the recording. */
  readonly run: string;
  readonly recordings: ModelRecordings;
  /** Whom to ask, or why nobody can be asked. */
  readonly model: (
    question: ModelQuestion,
  ) => Promise<LanguageModel | { readonly fault: ModelFault; readonly why: string }>;
  /** Undefined where no price is known. */
  readonly tariff: (question: ModelQuestion) => Tariff | undefined;
  /** Schema of an answer, for providers that can be held to one. */
  readonly schema: (
    question: ModelQuestion,
  ) => { name: string; json: Readonly<Record<string, unknown>> } | undefined;
  /** Most that all contestants together may spend in a UTC day; null for no limit. */
  readonly budgetUsdPerDay: number | null;
  /** Most that this state may ever spend; null for no limit. */
  readonly budgetUsdTotal: number | null;
  /** Time for all answers of a round, real milliseconds. */
  readonly deadlineMs: number;
  /** Wall time, for people who read the recording. */
  readonly nowMs: () => TimeMs;
}

/** By everybody in this state: in the simulated UTC day so far, and since it began. */
export interface Spent {
  readonly todayUsd: number;
  readonly totalUsd: number;
}

export interface ModelDesk {
  /**
   * The answers to a round's questions; undefined when `stop` came first. `leftMs`: what comes later than in so many real milliseconds
   * is late as well.
   */
  answer(
    asked: readonly AskedQuestion[],
    spent: Spent,
    stop: AbortSignal,
    leftMs?: number,
  ): Promise<Answers | undefined>;
}

/** What the signal's reason is when the round's time is over: the outcome is then `late`. */
export const DEADLINE = 'deadline';

export function createModelDesk(world: ModelDeskWorld): ModelDesk {
  return {
    async answer(asked, spent, stop, leftMs = Infinity) {
      const over = new AbortController();
      const release = passOn(stop, over);
      const deadlineMs = Math.max(0, Math.min(world.deadlineMs, leftMs));
      const timer = setTimeout(() => {
        over.abort(DEADLINE);
      }, deadlineMs);
      const round: Round = {
        reserved: { ...spent, of: new Map() },
        underWay: new Map(),
        signal: over.signal,
      };
      try {
        // Everybody is waited for, also when one cannot be recorded: what the others cost must not be lost with it.
        // An async function, so that what it throws at once is an outcome too.
        const all = await Promise.allSettled(asked.map(async (one) => answerOne(world, one, round)));
        const broken = all.find((one) => one.status === 'rejected');
        if (broken !== undefined) throw broken.reason;
        if (stop.aborted) return undefined;
        const answers = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        const byQuestion = new Map(asked.map((one, i) => [one, answers[i]]));
        return (one) => byQuestion.get(one) ?? failed('not-recorded', 'this question was not asked');
      } finally {
        clearTimeout(timer);
        release();
      }
    },
  };
}

/** Spent, and what calls that are under way may cost. */
interface Reserved {
  todayUsd: number;
  totalUsd: number;
  readonly of: Map<number, number>;
}

/** What the questions of one round share. */
interface Round {
  readonly reserved: Reserved;
  /** By request: the same one in the same round is one call, and everybody who may ask it gets the answer. */
  readonly underWay: Map<string, Promise<ModelAnswer>>;
  readonly signal: AbortSignal;
}

/**
 * Everything up to the call happens at once, so that limits are reserved in the order of the roster. They hold for
 * recorded answers as well, which are charged like others: what a round comes to must not depend on what happens to be
 * recorded, or a replay would ask what had been refused.
 */
function answerOne(
  world: ModelDeskWorld,
  asked: AskedQuestion,
  { reserved, underWay, signal }: Round,
): ModelAnswer | Promise<ModelAnswer> {
  const { question, request, contestant } = asked;
  if (question.setup.provider === IMPORTED) return importedAnswer(world, asked);
  const recorded = recordedAnswer(world, asked);
  const tariff = world.tariff(question);
  if (tariff === undefined)
    return (
      recorded ??
      failed('no-price', `no price is known for ${question.setup.provider} ${question.setup.model}`)
    );
  const most = tariff.estimateUsd(question);
  const refused = overBudget(world, asked, reserved, most);
  if (refused !== undefined) return failed('budget', refused);
  reserved.todayUsd += most;
  reserved.totalUsd += most;
  reserved.of.set(contestant, (reserved.of.get(contestant) ?? 0) + most);
  if (recorded !== undefined) return recorded;
  if (world.mode === 'replay') return failed('not-recorded', 'there is no recorded reply to this request');
  const known = underWay.get(request);
  if (known !== undefined) return known;
  const answer = call(world, asked, tariff, signal);
  underWay.set(request, answer);
  return answer;
}

async function call(
  world: ModelDeskWorld,
  { question, request, atMs }: AskedQuestion,
  tariff: Tariff,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const model = await world.model(question);
  const { setup, system, user } = question;
  const schema = world.schema(question);
  const reply: ModelReply =
    'fault' in model
      ? // Recorded as well: a replay knows nothing of keys.
        { kind: 'failed', ...model, usage: NO_TOKENS, latencyMs: 0, attempts: 0 }
      : await model.ask({ setup, system, user, ...(schema === undefined ? {} : { schema }) }, signal);
  const answer = answerOf(reply, tariff);
  // A stop makes the round as if it had not been: it is played again, and may ask again.
  if (answer.kind === 'failed' && answer.fault === 'stopped') return answer;
  const recorded: RecordedCall = {
    request,
    run: world.run,
    question,
    atMs,
    answer,
    structured: reply.kind === 'answered' && reply.structured,
    latencyMs: reply.latencyMs,
    attempts: reply.attempts,
    calledAtMs: world.nowMs(),
  };
  world.recordings.add(recorded);
  return answer;
}

/** A reply with its price. */
function answerOf(reply: ModelReply, tariff: Tariff): ModelAnswer {
  const { usage } = reply;
  const costUsd = tariff.costUsd(usage);
  if (reply.kind === 'failed') return { kind: 'failed', fault: reply.fault, why: reply.why, usage, costUsd };
  const { text, stop, servedBy, fingerprint } = reply;
  return { kind: 'answered', text, stop, servedBy, fingerprint, usage, costUsd };
}

/** The newest answer that the mode allows; a replay takes a recorded failure as well. */
function recordedAnswer(world: ModelDeskWorld, { request }: AskedQuestion): ModelAnswer | undefined {
  const calls = world.recordings.find(request);
  const { mode, run } = world;
  if (mode === 'replay') return calls.at(-1)?.answer;
  return calls.findLast((one) => one.answer.kind === 'answered' && (mode === 'record' || one.run === run))
    ?.answer;
}

function importedAnswer({ recordings }: ModelDeskWorld, { question, atMs }: AskedQuestion): ModelAnswer {
  const run = question.setup.model;
  const reply = question.probe === 0 ? recordings.imported(run, atMs) : undefined;
  if (reply === undefined)
    return failed('not-recorded', `the imported run ${run} has no reply at ${new Date(atMs).toISOString()}`);
  return {
    kind: 'answered',
    text: reply.text,
    stop: 'end',
    servedBy: reply.model,
    fingerprint: null,
    usage: NO_TOKENS,
    costUsd: 0,
  };
}

/** Why the question may not be asked; undefined when it may. */
function overBudget(
  world: ModelDeskWorld,
  asked: AskedQuestion,
  reserved: Reserved,
  mostUsd: number,
): string | undefined {
  const { budgetUsdPerDay } = asked.question;
  const own = reserved.of.get(asked.contestant) ?? 0;
  const spent = asked.spentTodayUsd + own;
  const says = (limit: number, spentUsd: number, what: string): string =>
    `it could cost ${usd(mostUsd)} USD; ${usd(spentUsd)} of ${usd(limit)} USD ${what} are spent`;
  if (budgetUsdPerDay !== null && spent + mostUsd > budgetUsdPerDay)
    return says(budgetUsdPerDay, spent, 'a day for this contestant');
  if (world.budgetUsdPerDay !== null && reserved.todayUsd + mostUsd > world.budgetUsdPerDay)
    return says(world.budgetUsdPerDay, reserved.todayUsd, 'a day for all');
  if (world.budgetUsdTotal !== null && reserved.totalUsd + mostUsd > world.budgetUsdTotal)
    return says(world.budgetUsdTotal, reserved.totalUsd, 'in total');
  if (mostUsd > 0 && own + mostUsd > asked.cashUsd)
    return `it could cost ${usd(mostUsd)} USD and the account has ${usd(asked.cashUsd - own)} USD of free cash`;
  return undefined;
}

function usd(value: number): string {
  return value.toFixed(4);
}

function failed(fault: ModelFault, why: string): ModelAnswer {
  return { kind: 'failed', fault, why, usage: NO_TOKENS, costUsd: 0 };
}
