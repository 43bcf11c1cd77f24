/** A question to a language model and what came of it: the words that contestants, the arena and the adapters share. */

/** One model, set up in one way. Part of the identity of the contestant that asks it. */
export interface ModelSetup {
  /** Name of an account and its address, e.g. `openai` or `local`; keys and base URLs are not part of it. */
  readonly provider: string;
  /** As the provider names it. */
  readonly model: string;
  /** Null: the provider's own; models that take none are asked without. */
  readonly temperature: number | null;
  /** Most tokens of an answer. */
  readonly maxTokens: number;
}

/** Shapes of an answer; providers that can are given the shape as a JSON schema. */
export type AnswerForm = 'signals' | 'regime' | 'check';

export interface ModelQuestion {
  /** Names the question within its decision, e.g. `decide` or `regime:BTC-USDT`. */
  readonly slot: string;
  readonly setup: ModelSetup;
  /** The same question of another trial is another question. */
  readonly trial: number;
  /** 0 for the question itself; a repeat probe asks the same once more as 1. */
  readonly probe: number;
  /** The part that is the same at every decision: providers that cache prompts are told so. */
  readonly system: string;
  readonly user: string;
  readonly form: AnswerForm;
  /** Most that the contestant may spend in a UTC day; null for no limit. */
  readonly budgetUsdPerDay: number | null;
}

/** Tokens as the provider counted them; the three of the prompt do not overlap. */
export interface TokenUsage {
  readonly inputTokens: number;
  /** Of the prompt, read from the provider's cache. */
  readonly cachedInputTokens: number;
  /** Of the prompt, written to the provider's cache, where that has a price of its own. */
  readonly cacheWriteTokens: number;
  /** Thinking included, where it is billed. */
  readonly outputTokens: number;
}

export const NO_TOKENS: TokenUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
};

/** Why the model stopped: `length` cut the answer off. */
export type StopReason = 'end' | 'length' | 'other';

/** Why there is no answer. */
export const MODEL_FAULTS = [
  // Not asked at all.
  'no-key',
  'no-price',
  'budget',
  'not-recorded',
  // Asked in vain.
  'auth',
  'unknown-model',
  'bad-request',
  'rate-limited',
  'overloaded',
  'server',
  'timeout',
  'network',
  'bad-response',
  'too-large',
  'refused',
  'late',
  'stopped',
  // Answered by another model than before.
  'model-changed',
] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

export type ModelAnswer =
  | {
      readonly kind: 'answered';
      readonly text: string;
      readonly stop: StopReason;
      /** Id of the model that answered, which may be more exact than the one that was asked. */
      readonly servedBy: string;
      /** The provider's name for its own set-up; null where it has none. */
      readonly fingerprint: string | null;
      readonly usage: TokenUsage;
      readonly costUsd: number;
    }
  | {
      readonly kind: 'failed';
      readonly fault: ModelFault;
      /** For people; never holds a key. */
      readonly why: string;
      /** A refusal or a late answer may have been billed. */
      readonly usage: TokenUsage;
      readonly costUsd: number;
    };
