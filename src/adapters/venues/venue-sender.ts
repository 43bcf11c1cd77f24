import { AsyncLocalStorage } from 'node:async_hooks';
import { VenueFault } from '../../ports/venue.js';
import { faultOfNoReply, faultOfReply } from './fault-of-reply.js';
import type { RequestGate } from './request-gate.js';
import type { VenueProfile } from './venue-profile.js';
import { createWebClient, NoReply, type WebReply } from './web-client.js';

/** The newest request of a question: when it left and its answer was whole, by this machine's clock, and what came. */
export interface Heard {
  sentMs: number;
  receivedMs: number;
  json: unknown;
}

/** Sends what ccxt wants to send, if it is meant to go there, and says what is wrong with the reply before ccxt reads it. */
export interface VenueSender {
  readonly send: (address: string, params: FetchParams) => Promise<FetchReply>;
  /** Requests that are made within `call` fill `heard`. */
  whileHearing<Answer>(heard: Heard, call: () => Promise<Answer>): Promise<Answer>;
  requests(): number;
  close(): void;
}

interface SenderSettings {
  readonly profile: VenueProfile;
  /** The only host that may be asked, where there is one. */
  readonly onlyHost: string | undefined;
  readonly timeoutMs: number;
  readonly gate: RequestGate;
  readonly nowMs: () => number;
}

/** Binance's list of markets is some 15 MB. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;

export function createVenueSender({
  profile,
  onlyHost,
  timeoutMs,
  gate,
  nowMs,
}: SenderSettings): VenueSender {
  const web = createWebClient({ timeoutMs, maxReplyBytes: MAX_REPLY_BYTES });
  const hearing = new AsyncLocalStorage<Heard>();
  let requests = 0;
  let closed = false;

  const hearWeight = ({ headers }: WebReply, json: unknown): void => {
    if (profile.rowsPerWeight !== undefined && Array.isArray(json))
      gate.add(Math.floor(json.length / profile.rowsPerWeight));
    const used = Number(headers.get(profile.usedWeightHeader ?? '') ?? Number.NaN);
    if (Number.isFinite(used)) gate.hear(used);
  };

  return {
    async send(address, params) {
      const url = new URL(address);
      const request = `${profile.name}: ${params.method} ${url.pathname}`;
      if (closed) throw new VenueFault('refused', `${profile.name}: closed`);
      if (onlyHost !== undefined && url.host !== onlyHost)
        throw new VenueFault(
          'refused',
          `${request}: ${url.host} is not ${onlyHost}, where requests are to go`,
        );
      requests++;
      const heard: Heard = hearing.getStore() ?? { sentMs: 0, receivedMs: 0, json: undefined };
      heard.sentMs = nowMs();
      const reply = await web.ask(url, params).catch((error: unknown) => {
        throw error instanceof NoReply ? faultOfNoReply(request, error) : error;
      });
      heard.receivedMs = nowMs();
      heard.json = parseJson(reply.text);
      hearWeight(reply, heard.json);
      const fault = faultOfReply(request, reply, heard.json !== undefined, heard.receivedMs);
      if (fault === undefined) return asFetchReply(reply);
      if (fault.retryAfterMs !== undefined) gate.pause(fault.kind, fault.retryAfterMs);
      throw fault;
    },
    whileHearing: (heard, call) => hearing.run(heard, call),
    requests: () => requests,
    close() {
      closed = true;
      web.close();
    },
  };
}

/** What ccxt gives the function that fetches for it. */
export interface FetchParams {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** And what it wants back. */
interface FetchReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: { forEach(see: (value: string, name: string) => void): void };
  text(): Promise<string>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asFetchReply(reply: WebReply): FetchReply {
  return {
    status: reply.status,
    statusText: reply.statusText,
    headers: reply.headers,
    text: () => Promise.resolve(reply.text),
  };
}
