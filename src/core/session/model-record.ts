/** What a contestant's questions to language models came to: counted in the arena and, from the journal, by `verify`. */
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.js';
import { MODEL_FAULTS, type ModelAnswer, type ModelQuestion } from '../domain/model-call.js';
import { DAY_MS, type TimeMs } from '../domain/time.js';

export interface ModelRecord {
  /** Questions, probes included. */
  questions: number;
  answers: number;
  costUsd: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  /** Questions asked once more, and how many of these would have been another decision. */
  probes: number;
  flips: number;
  /** Start of the UTC day that `spentTodayUsd` belongs to. */
  dayMs: TimeMs;
  spentTodayUsd: number;
  /** First and last question; -1 before there was one. */
  firstMs: TimeMs;
  lastMs: TimeMs;
  /** The model that answers, as it names itself; empty before the first answer. */
  servedBy: string;
  /** Another one that answered: the contestant's record ends. */
  changedTo: string;
  fingerprint: string;
  fingerprintChanges: number;
}

export function openModelRecord(): ModelRecord {
  return {
    questions: 0,
    answers: 0,
    costUsd: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    probes: 0,
    flips: 0,
    dayMs: 0,
    spentTodayUsd: 0,
    firstMs: -1,
    lastMs: -1,
    servedBy: '',
    changedTo: '',
    fingerprint: '',
    fingerprintChanges: 0,
  };
}

/** Spent in the UTC day of `nowMs`. */
export function spentOnDayUsd(record: ModelRecord, nowMs: TimeMs): number {
  return dayOf(nowMs) === record.dayMs ? record.spentTodayUsd : 0;
}

const usageSchema = z.strictObject({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
});

/** One question and its outcome, as the journal has it. The texts are in the recording, under `request`. */
const modelCallSchema = z.strictObject({
  event: z.literal('model-call'),
  c: z.int(),
  atMs: z.number(),
  slot: z.string(),
  probe: z.int(),
  provider: z.string(),
  model: z.string(),
  /** Hash of the whole request. */
  request: z.string(),
  usage: usageSchema,
  costUsd: z.number(),
  /** Hash of the text; absent where there is no answer. */
  reply: z.string().optional(),
  stop: z.enum(['end', 'length', 'other']).optional(),
  servedBy: z.string().optional(),
  fingerprint: z.string().nullable().optional(),
  fault: z.enum(MODEL_FAULTS).optional(),
  why: z.string().optional(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

export const MODEL_CALL_MARK = '"event":"model-call"';

export function parseModelCall(line: string): ModelCall {
  return modelCallSchema.parse(JSON.parse(line));
}

export function modelCallLine(call: ModelCall): string {
  return canonicalJson(call);
}

/** The outcome of a question as the journal keeps it. `hash` is of the request and of the answer's text. */
export function modelCall(
  asked: { readonly contestant: number; readonly question: ModelQuestion; readonly request: string },
  answer: ModelAnswer,
  atMs: TimeMs,
  hash: (text: string) => string,
): ModelCall {
  const { question } = asked;
  return {
    event: 'model-call',
    c: asked.contestant,
    atMs,
    slot: question.slot,
    probe: question.probe,
    provider: question.setup.provider,
    model: question.setup.model,
    request: asked.request,
    usage: answer.usage,
    costUsd: answer.costUsd,
    ...(answer.kind === 'answered'
      ? {
          reply: hash(answer.text),
          stop: answer.stop,
          servedBy: answer.servedBy,
          fingerprint: answer.fingerprint,
        }
      : { fault: answer.fault, why: answer.why }),
  };
}

/** Counts one call. */
export function recordCall(record: ModelRecord, call: ModelCall): void {
  record.questions++;
  if (record.firstMs < 0) record.firstMs = call.atMs;
  record.lastMs = call.atMs;
  record.costUsd += call.costUsd;
  record.inputTokens += call.usage.inputTokens + call.usage.cacheWriteTokens;
  record.cachedInputTokens += call.usage.cachedInputTokens;
  record.outputTokens += call.usage.outputTokens;
  record.spentTodayUsd = spentOnDayUsd(record, call.atMs) + call.costUsd;
  record.dayMs = dayOf(call.atMs);
  if (call.servedBy === undefined) return;
  record.answers++;
  if (record.servedBy === '') record.servedBy = call.servedBy;
  else if (record.servedBy !== call.servedBy && record.changedTo === '') record.changedTo = call.servedBy;
  const fingerprint = call.fingerprint ?? '';
  if (fingerprint === '' || fingerprint === record.fingerprint) return;
  if (record.fingerprint !== '') record.fingerprintChanges++;
  record.fingerprint = fingerprint;
}

/** Counts what came of a probe. */
export function recordProbe(record: ModelRecord, probe: 'same' | 'flipped'): void {
  record.probes++;
  if (probe === 'flipped') record.flips++;
}

function dayOf(timeMs: TimeMs): TimeMs {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}
