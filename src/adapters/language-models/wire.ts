import type { StopReason, TokenUsage } from '../../core/domain/model-call.js';
import type { ModelRequest } from '../../ports/language-model.js';

/** A request as a model takes it: what it does not take is left out. */
export interface WireCall {
  readonly model: string;
  /** Undefined: the provider's own. */
  readonly temperature: number | undefined;
  readonly maxTokens: number;
  /** OpenAI's protocol has two names for the limit of an answer. */
  readonly tokensField: TokensField;
  readonly system: string;
  readonly user: string;
  readonly schema: ModelRequest['schema'];
}

export type TokensField = 'max_tokens' | 'max_completion_tokens';

export type WireReply =
  | {
      readonly kind: 'said';
      readonly text: string;
      readonly stop: StopReason;
      readonly servedBy: string | undefined;
      readonly fingerprint: string | null;
      /** Undefined when the provider did not count. */
      readonly usage: TokenUsage | undefined;
    }
  | { readonly kind: 'refused'; readonly words: string; readonly usage: TokenUsage | undefined };

/** One protocol, one attempt. Throws BrokenCall and RefusedCall, possibly as the cause of an SDK's error. */
export interface Wire {
  send(call: WireCall, signal: AbortSignal): Promise<WireReply>;
}

/** What both protocols need to know of an account. */
export interface WireAccount {
  readonly baseUrl: string;
  /** Null where none is needed. */
  readonly apiKey: string | null;
  /** Whether names of an organisation and a project in the environment are meant for it. */
  readonly official: boolean;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}

/** The SDKs want a key; a server that needs none does not look at it. */
export const NO_KEY = 'no-key';

/** Later than our own, which knows why the call ended. */
export function sdkTimeoutMs({ timeoutMs }: WireAccount): number {
  return timeoutMs + 60_000;
}
