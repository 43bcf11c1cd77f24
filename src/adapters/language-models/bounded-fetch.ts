import type { ModelFault } from '../../core/domain/model-call.js';
import { passOn } from '../../core/domain/pass-on.js';

/**
 * A call that ended before there was a whole reply, or with one that is not JSON. The text never holds an address or a
 * header. It does not say "timed out" either: the SDKs look for these words and would wrap it beyond recognition.
 */
export class BrokenCall extends Error {
  readonly fault: ModelFault;

  constructor(fault: ModelFault, message: string) {
    super(message);
    this.name = 'BrokenCall';
    this.fault = fault;
  }
}

/** The provider said no: status, headers and body as they came. The message says nothing of them, for it may be logged. */
export class RefusedCall extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;

  constructor(status: number, headers: Headers, body: string) {
    super('the provider said no');
    this.name = 'RefusedCall';
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export interface CallBounds {
  /** One attempt, from the connection to the last byte. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The fetch that the SDKs are given. Their own time-out ends with the headers, and they hold a reply of any size; here the
 * time-out covers the whole reply, which is read up to a limit and handed on whole. What is no success is thrown as it
 * came, so that both SDKs' errors look the same.
 */
export function boundedFetch({ timeoutMs, maxReplyBytes }: CallBounds): Fetch {
  return async (input, init) => {
    // Signals made of others would stay in memory as long as the others do.
    const ended = new AbortController();
    const { signal } = ended;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ended.abort();
    }, timeoutMs);
    const release = passOn(init?.signal, ended);
    try {
      // Elsewhere is not where the key was meant for.
      const response = await fetch(input, { ...init, signal, redirect: 'manual' });
      const { status } = response;
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        throw new BrokenCall(
          'bad-response',
          `it answers ${String(status)}, a redirect, which is not followed`,
        );
      }
      if (status >= 400) throw new RefusedCall(status, response.headers, await beginningOf(response, signal));
      await refuseOther(response);
      return new Response(await wholeBody(response, maxReplyBytes), {
        headers: headersOfBody(response.headers),
      });
    } catch (error) {
      if (error instanceof BrokenCall || error instanceof RefusedCall) throw error;
      if (late) throw new BrokenCall('timeout', `no whole answer within ${String(timeoutMs)} ms`);
      if (signal.aborted) throw signal.reason;
      throw new BrokenCall('network', `the connection failed (${codeOf(error)})`);
    } finally {
      clearTimeout(timer);
      release();
    }
  };
}

/** Of a reply that says no, so much is read. */
const MAX_REFUSAL_BYTES = 65_536;

/** The beginning of the words; a reply that breaks off has said its status, which is what counts. */
async function beginningOf(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      text += decoder.decode(chunk, { stream: true });
      if (bytes >= MAX_REFUSAL_BYTES) break;
    }
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return text;
}

async function refuseOther(response: Response): Promise<void> {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return;
  await response.body?.cancel();
  const said = /^[a-z0-9.+/-]{1,60}$/.test(type) ? type : 'of no known type';
  throw new BrokenCall('bad-response', `the answer is ${said}, not JSON`);
}

async function wholeBody(response: Response, maxReplyBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest of the reply.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxReplyBytes)
      throw new BrokenCall('too-large', `the answer is larger than ${String(maxReplyBytes)} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** The body has been unpacked: what described its packing would be wrong now. */
function headersOfBody(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return kept;
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(at.code)) return at.code;
  return 'network error';
}
