import { passOn } from '../../core/domain/pass-on.js';
import type { Note, PostOutcome } from '../../ports/notifier.js';
import { retryAfterMs } from './retry-after.js';
import { webhookBody } from './webhook-body.js';
import type { WebhookTarget } from './webhook-targets.js';

/** Of a reply that says why, so much is read; of one that says yes, nothing. */
const MAX_REPLY_BYTES = 16_384;

/** Posts a note once. Never throws; ends at the time-out, also where the reply never does. */
export async function postNote(
  target: WebhookTarget,
  note: Note,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PostOutcome> {
  const late = AbortSignal.timeout(timeoutMs);
  const over = new AbortController();
  const releases = [late, signal].map((one) => passOn(one, over));
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'strategy-arena' },
      body: webhookBody(target.format, note),
      // Elsewhere is not where the secret was meant for.
      redirect: 'manual',
      signal: over.signal,
    });
    const { status } = response;
    if (status !== 429 && status < 500) {
      await response.body?.cancel();
      if (status >= 200 && status < 300) return { kind: 'sent', status };
      return { kind: 'refused', status, why: `it answers ${String(status)}${meaningOf(status)}` };
    }
    const waitMs = retryAfterMs(response.headers.get('retry-after'), await shortText(response), Date.now());
    return {
      kind: 'failed',
      status,
      why: status === 429 ? 'it asks for patience (429)' : `it answers ${String(status)}`,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  } catch (error) {
    if (late.aborted) return { kind: 'failed', why: `no answer within ${String(timeoutMs)} ms` };
    return { kind: 'failed', why: `it cannot be reached (${codeOf(error)})` };
  } finally {
    for (const release of releases) release();
  }
}

function meaningOf(status: number): string {
  if (status >= 300 && status < 400) return ' (a redirect; it is not followed)';
  if (status === 401 || status === 403 || status === 404)
    return ' (the webhook is gone, or its address is wrong)';
  return '';
}

/** The beginning of a reply. One that stops in the middle has said what it had to say. */
async function shortText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    // Leaving the loop cancels the rest of the reply.
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      text += decoder.decode(chunk, { stream: true });
      if (bytes >= MAX_REPLY_BYTES) break;
    }
  } catch {
    // The status is known already, and with it what to do.
  }
  return text.slice(0, MAX_REPLY_BYTES);
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'network error';
}
