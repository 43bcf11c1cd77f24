/** `llm check`: one tiny call of every configured model, so that a wrong key is found before a round is lost to it. */
import { type ModelFault, type ModelSetup, NO_TOKENS } from '../core/domain/model-call.js';
import { type TokenPrice, costUsd } from '../core/domain/model-prices.js';
import type { LanguageModel, ModelReply, ModelRequest } from '../ports/language-model.js';
import { answerSchema } from '../core/strategies/answer-schema.js';
import type { CheckedModel } from '../reporting/checked-models-text.js';

export interface ModelToCheck {
  readonly name: string;
  readonly setup: ModelSetup;
  /** Undefined when there is no key for it. */
  readonly model: LanguageModel | undefined;
  /** Where its key is looked for, for advice. */
  readonly keyVariable?: string | null;
  /** Undefined when there is no price for it: then it is not asked either, here as in the arena. */
  readonly price: TokenPrice | undefined;
}

/** Models that think first need room for it; most use a tenth. */
const MOST_TOKENS = 1000;

const QUESTION = {
  system: 'You are asked once to see whether the connection works. Answer with JSON and nothing else.',
  user: 'Answer with {"ok": true}.',
  schema: answerSchema('check'),
};

/** All at the same time; each account keeps its own limits. In the order of the list. */
export async function checkModels(
  models: readonly ModelToCheck[],
  signal: AbortSignal,
): Promise<CheckedModel[]> {
  return Promise.all(models.map((entry) => checkModel(entry, signal)));
}

/** True when every model answers. */
export function allAnswer(checked: readonly CheckedModel[]): boolean {
  return checked.every(({ outcome }) => outcome.kind === 'fine');
}

async function checkModel(entry: ModelToCheck, signal: AbortSignal): Promise<CheckedModel> {
  const { name, setup, model, price } = entry;
  const notAsked = (fault: ModelFault, why: string): CheckedModel => ({
    name,
    setup,
    outcome: {
      kind: 'failed',
      fault,
      why,
      hint: hintFor(fault, entry),
      latencyMs: undefined,
      costUsd: 0,
      usage: NO_TOKENS,
      attempts: 0,
    },
  });
  if (model === undefined) return notAsked('no-key', `there is no key for ${setup.provider}`);
  if (price === undefined)
    return notAsked('no-price', `there is no price for ${setup.model} of ${setup.provider}`);
  const request: ModelRequest = {
    setup: { ...setup, maxTokens: Math.min(setup.maxTokens, MOST_TOKENS) },
    ...QUESTION,
  };
  const reply = await model.ask(request, signal);
  return { name, setup, outcome: outcomeOf(reply, entry, price) };
}

function outcomeOf(reply: ModelReply, entry: ModelToCheck, price: TokenPrice): CheckedModel['outcome'] {
  const shared = {
    latencyMs: reply.latencyMs,
    costUsd: costUsd(reply.usage, price),
    usage: reply.usage,
    attempts: reply.attempts,
  };
  if (reply.kind === 'failed')
    return {
      kind: 'failed',
      fault: reply.fault,
      why: reply.why,
      hint: hintFor(reply.fault, entry),
      ...shared,
    };
  const { structured, servedBy, fingerprint } = reply;
  return { kind: 'fine', ...shared, structured, servedBy, fingerprint, notes: notesOn(reply, entry) };
}

function notesOn(reply: ModelReply & { kind: 'answered' }, { setup }: ModelToCheck): string[] {
  const notes: string[] = [];
  if (reply.text.trim() === '')
    notes.push(
      reply.stop === 'length'
        ? 'it thought until its tokens were used up and said nothing: raise maxTokens'
        : 'it answers with nothing',
    );
  if (reply.withoutTemperature)
    notes.push(
      `it takes no temperature: ${String(setup.temperature)} is ignored, and trials that differ in it alone are the same`,
    );
  if (reply.usageEstimated)
    notes.push('its provider does not count tokens: costs are estimated from the texts');
  if (!reply.structured) notes.push('it is not held to a schema: answers are read by the tolerant parser');
  if (reply.attempts > 1) notes.push(`it answered at attempt ${String(reply.attempts)}`);
  return notes;
}

function hintFor(fault: ModelFault, { setup, keyVariable }: ModelToCheck): string {
  const key = keyVariable ?? 'the variable of its key';
  switch (fault) {
    case 'no-key':
      return `set ${key}; until then it is shown as "no key", and everything else runs`;
    case 'no-price':
      return 'give its price in its contestant file, or add it to prices/models.json';
    case 'auth':
      return `look at ${key}: whether it is whole, and whether its account may use ${setup.model}`;
    case 'unknown-model':
      return 'look at the spelling of the model, and at the base URL, which often ends in /v1';
    case 'rate-limited':
      return 'wait, ask less often (requestsPerMinute, tokensPerMinute), or look at the account’s credit';
    case 'overloaded':
    case 'server':
      return 'the provider has trouble: try again later';
    case 'timeout':
    case 'late':
      return 'it is slower than the time-out: raise it, or choose a faster model';
    case 'network':
      return 'look at the base URL, and whether the server runs and can be reached';
    case 'bad-response':
    case 'too-large':
      return 'what answers there does not speak the protocol: look at the base URL and the protocol';
    case 'bad-request':
      return 'look at the model’s parameters: temperature and maxTokens';
    case 'refused':
      return 'the model does not want to answer: choose another one';
    case 'budget':
    case 'not-recorded':
    case 'stopped':
    case 'model-changed':
      return 'run the check again';
  }
}
