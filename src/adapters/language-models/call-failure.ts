import { z } from 'zod';
import type { ModelFault } from '../../core/domain/model-call.js';
import { BrokenCall, RefusedCall } from './bounded-fetch.js';
import { retryAfterMs } from './retry-after.js';
import { safeWords } from './safe-words.js';

/** Parts of a request that some models or servers do not take, and that it can do without. */
export type Optional = 'temperature' | 'tokens-field' | 'schema';

export interface CallFailure {
  readonly fault: ModelFault;
  /** For people; without keys and addresses. */
  readonly why: string;
  readonly retry: boolean;
  /** How long the provider asks to be left alone. */
  readonly waitMs?: number;
  /** What the provider objects to, when that can be left out. */
  readonly objection?: Optional;
}

interface Account {
  readonly provider: string;
  readonly apiKey: string | null;
  /** Where the key comes from, for advice. */
  readonly keyVariable: string | null;
}

/** What a failed attempt means. An error that nobody expected is not quoted: there may be a header in its text. */
export function failureOf(error: unknown, model: string, account: Account, wallMs: number): CallFailure {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof RefusedCall) return refusal(at, model, account, wallMs);
    if (at instanceof BrokenCall)
      return {
        fault: at.fault,
        why: `${account.provider}: ${at.message}`,
        retry: at.fault === 'network' || at.fault === 'timeout',
      };
    if (at instanceof SyntaxError)
      return { fault: 'bad-response', why: `${account.provider}: the answer is broken JSON`, retry: false };
  }
  const name = error instanceof Error && /^\w{1,40}$/.test(error.name) ? error.name : 'an error';
  return {
    fault: 'bad-request',
    why: `${account.provider}: the call could not be made (${name}); look at the key, the base URL and the model`,
    retry: false,
  };
}

const detailSchema = z.object({
  message: z.string().optional(),
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  param: z.string().nullish(),
});
type Detail = z.infer<typeof detailSchema>;

/** Providers say `{"error": {"message": ...}}`, `{"error": "..."}`, `{"message": ...}` or `{"detail": ...}`; proxies a page. */
function detailOf(body: string): Detail {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return {};
  }
  const outer = z.object({ error: z.unknown(), detail: z.unknown() }).partial().safeParse(raw);
  const inner = outer.data?.error ?? outer.data?.detail;
  if (typeof inner === 'string') return { message: inner };
  return detailSchema.safeParse(inner ?? raw).data ?? {};
}

function refusal(call: RefusedCall, model: string, account: Account, wallMs: number): CallFailure {
  const { status } = call;
  const detail = detailOf(call.body);
  const said = safeWords(detail.message ?? '', account.apiKey === null ? [] : [account.apiKey]);
  const words = said === '' ? '' : `: ${said}`;
  const fail = (fault: ModelFault, why: string, retry = false): CallFailure => {
    const waitMs = retryAfterMs(call.headers, wallMs);
    return {
      fault,
      why: `${account.provider} ${why} (${String(status)})`,
      // Some say themselves that it is of no use.
      retry: retry && call.headers.get('x-should-retry') !== 'false',
      ...(waitMs === undefined ? {} : { waitMs }),
    };
  };
  if (isUnknownModel(status, detail))
    return fail(
      'unknown-model',
      `does not know the model "${safeWords(model, [])}", or not under this address; look at the model's name and the base URL`,
    );
  if (status === 401 || status === 403)
    // What it says here often quotes a part of the key.
    return fail(
      'auth',
      account.apiKey === null
        ? `asks for a key, and there is none; set ${account.keyVariable ?? 'one'}`
        : `does not accept the key; look at ${account.keyVariable ?? 'it'}`,
    );
  if (isOutOfMoney(status, detail))
    return fail('rate-limited', 'says that the account is out of credit; look at its billing page');
  // Groq checks the answer against the schema itself, and says so as if the request were wrong.
  if (status === 400 && detail.code === 'json_validate_failed')
    return fail('bad-response', 'says that the model did not keep to the schema');
  switch (status) {
    case 429:
      return fail('rate-limited', `asks for patience${words}`, true);
    case 408:
      return fail('timeout', 'gave up waiting', true);
    case 409:
      return fail('server', `is in conflict with itself${words}`, true);
    case 503:
    case 529:
      return fail('overloaded', `is overloaded${words}`, true);
    default:
  }
  if (status >= 500) return fail('server', `has failed${words}`, true);
  const objection = objectionOf(detail);
  return {
    ...fail('bad-request', `does not take the request${words}`),
    ...(objection === undefined ? {} : { objection }),
  };
}

function isUnknownModel(status: number, { code, message = '' }: Detail): boolean {
  if (status === 404 || code === 'model_not_found') return true;
  return status === 400 && /\bmodel\b[^.]{0,120}\b(not found|does not exist|is not a valid)/i.test(message);
}

function isOutOfMoney(status: number, { code, type, message = '' }: Detail): boolean {
  return (
    status === 402 ||
    ((status === 429 || status === 400) &&
      ([code, type].some(
        (word) =>
          word === 'insufficient_quota' || word === 'billing_error' || word === 'billing_hard_limit_reached',
      ) ||
        /credit balance is too low/i.test(message)))
  );
}

function objectionOf({ param, message = '' }: Detail): Optional | undefined {
  const named = `${param ?? ''} ${message}`;
  if (/\btemperature\b/i.test(named)) return 'temperature';
  if (
    /\bresponse_format\b|\bjson_schema\b|\boutput_config\b|\boutput_format\b|structured output/i.test(named)
  )
    return 'schema';
  if (/\bmax_completion_tokens\b/.test(named)) return 'tokens-field';
  return undefined;
}
