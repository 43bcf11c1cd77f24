import type { ModelFault, ModelSetup, StopReason, TokenUsage } from '../core/domain/model-call.js';

/** What is sent to a model. */
export interface ModelRequest {
  readonly setup: ModelSetup;
  /** The same at every decision; marked for the provider's prompt cache where it has one. */
  readonly system: string;
  readonly user: string;
  /** The shape of the answer, for providers that can be held to one. */
  readonly schema?: { readonly name: string; readonly json: Readonly<Record<string, unknown>> };
}

export type ModelReply =
  | {
      readonly kind: 'answered';
      /** May be empty or cut off: the parser says so. */
      readonly text: string;
      readonly stop: StopReason;
      /** Id of the model as the reply has it. */
      readonly servedBy: string;
      readonly fingerprint: string | null;
      readonly usage: TokenUsage;
      /** True when the provider was held to the schema, and the answer is a JSON object. */
      readonly structured: boolean;
      /** Set when the model takes no temperature, so that the one of its set-up means nothing. */
      readonly withoutTemperature?: true;
      /** Set when the provider did not count, so that `usage` is estimated from the texts. */
      readonly usageEstimated?: true;
      /** Milliseconds from the first attempt to the whole reply, waiting included. */
      readonly latencyMs: number;
      readonly attempts: number;
    }
  | {
      readonly kind: 'failed';
      readonly fault: ModelFault;
      /** What happened and what to do, for people; never holds a key or a header. */
      readonly why: string;
      readonly usage: TokenUsage;
      readonly latencyMs: number;
      readonly attempts: number;
    };

/** Asks language models. Never throws: what goes wrong is an outcome. Adapters retry within their bounds and obey the provider's limits. */
export interface LanguageModel {
  /** `signal` ends the call, retries and waiting included; the outcome is then `late` (deadline) or `stopped`. */
  ask(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}
