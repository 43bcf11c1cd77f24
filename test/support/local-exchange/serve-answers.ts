import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerFault, FaultPlan } from './faults.js';
import { readRequest } from './read-request.js';
import type { RequestLog } from './request-log.js';
import type { VenueAnswer, VenueProtocol, VenueRequest } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';
import type { WeightMeter } from './weight-meter.js';

export interface AnswerServer {
  handle(incoming: IncomingMessage, response: ServerResponse): void;
  /** Forgets slow answers that are still to come. */
  close(): void;
}

export interface AnswerServerParts {
  readonly protocol: VenueProtocol;
  readonly world: VenueWorld;
  readonly faults: FaultPlan;
  readonly meter: WeightMeter;
  readonly log: RequestLog;
}

const ANSWER_FAULTS: readonly AnswerFault['kind'][] = [
  'rate-limited',
  'banned',
  'server-error',
  'no-answer',
  'slow-answer',
  'stalled-body',
  'connection-reset',
  'html-answer',
  'truncated-json',
  'wrong-symbol',
];

const WEB_PAGE = `<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>
<h1>Sorry, you have been blocked</h1><p>The service is under maintenance.</p></body></html>`;

interface Outgoing {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers over HTTP, with the venue's limits and whatever is to go wrong. */
export function createAnswerServer(parts: AnswerServerParts): AnswerServer {
  const { protocol, world, faults, meter, log } = parts;
  const waiting = new Set<NodeJS.Timeout>();

  const respond = (request: VenueRequest, response: ServerResponse): void => {
    const fault = faults.strike(ANSWER_FAULTS, request.path);
    const asked = fault?.kind === 'wrong-symbol' ? protocol.forAnotherSymbol(request, world) : request;
    const { outgoing, weight } = fault === undefined ? answer(parts, asked) : faulty(parts, asked, fault);
    log.add({
      atMs: world.now(),
      method: request.method,
      host: request.host,
      path: request.path,
      query: Object.fromEntries(request.query),
      body: request.body,
      weight,
      status: outgoing?.status,
      fault: fault?.kind,
    });
    if (outgoing === undefined) {
      if (fault?.kind === 'connection-reset') response.socket?.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'stalled-body') {
      sendHalf(response, outgoing);
      return;
    }
    if (fault?.kind !== 'slow-answer') {
      send(response, outgoing);
      return;
    }
    const timer = setTimeout(() => {
      waiting.delete(timer);
      send(response, outgoing);
    }, fault.delayMs);
    waiting.add(timer);
  };

  return {
    handle: (incoming, response) => {
      readRequest(incoming).then(
        (request) => {
          respond(request, response);
        },
        (error: unknown) => {
          send(response, { status: 400, text: JSON.stringify({ msg: String(error) }), headers: {} });
        },
      );
    },
    close: () => {
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };

  /** The answer without faults, or the refusal of one who asks too much. */
  function answer(
    { protocol: venue }: AnswerServerParts,
    request: VenueRequest,
  ): { outgoing: Outgoing; weight: number } {
    const given: VenueAnswer = venue.answer(request, world) ?? { status: 404, body: {}, weight: 1 };
    const limit = venue.limitOf(request);
    const metered = meter.count(limit, given.weight, world.now());
    const headers = { ...given.headers, ...venue.weightHeaders(metered.used) };
    const { weight } = given;
    switch (metered.verdict) {
      case 'within':
        return { outgoing: { status: given.status, text: JSON.stringify(given.body), headers }, weight };
      case 'over':
        return { outgoing: limited(429, metered.retryAfterMs, undefined), weight };
      case 'banned':
        return { outgoing: limited(418, metered.untilMs - world.now(), metered.untilMs), weight };
    }

    function limited(status: number, retryAfterMs: number, bannedUntilMs: number | undefined): Outgoing {
      const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
      return {
        status,
        text: JSON.stringify(venue.overLimit(limit, bannedUntilMs)),
        headers: { ...headers, ...(venue.tellsRetryAfter ? { 'retry-after': seconds } : {}) },
      };
    }
  }

  /** Undefined where nothing is answered. */
  function faulty(
    all: AnswerServerParts,
    request: VenueRequest,
    fault: AnswerFault,
  ): { outgoing: Outgoing | undefined; weight: number } {
    const venue = all.protocol;
    const limit = venue.limitOf(request);
    switch (fault.kind) {
      case 'rate-limited':
      case 'banned': {
        const seconds = fault.retryAfterS ?? (fault.kind === 'banned' ? 120 : 1);
        const untilMs = fault.kind === 'banned' ? world.now() + seconds * 1000 : undefined;
        return unmetered({
          status: fault.kind === 'banned' ? 418 : 429,
          text: JSON.stringify(venue.overLimit(limit, untilMs)),
          headers: venue.tellsRetryAfter ? { 'retry-after': String(seconds) } : {},
        });
      }
      case 'server-error': {
        const status = fault.status ?? 503;
        return unmetered({ status, text: JSON.stringify(venue.serverError(status)), headers: {} });
      }
      case 'html-answer':
        return unmetered({
          status: fault.status ?? 200,
          text: WEB_PAGE,
          headers: { 'content-type': 'text/html; charset=UTF-8' },
        });
      case 'no-answer':
      case 'connection-reset':
        return unmetered(undefined);
      case 'truncated-json': {
        const { outgoing, weight } = answer(all, request);
        const text = outgoing.text.slice(0, Math.floor(outgoing.text.length / 2));
        return { outgoing: { ...outgoing, text }, weight };
      }
      case 'slow-answer':
      case 'stalled-body':
      case 'wrong-symbol':
        return answer(all, request);
    }
  }
}

function unmetered(outgoing: Outgoing | undefined): { outgoing: Outgoing | undefined; weight: number } {
  return { outgoing, weight: 0 };
}

function headersOf(outgoing: Outgoing): Record<string, string> {
  return {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': String(Buffer.byteLength(outgoing.text)),
    ...outgoing.headers,
  };
}

function send(response: ServerResponse, outgoing: Outgoing): void {
  if (response.destroyed) return;
  response.writeHead(outgoing.status, headersOf(outgoing));
  response.end(outgoing.text);
}

function sendHalf(response: ServerResponse, outgoing: Outgoing): void {
  response.writeHead(outgoing.status, headersOf(outgoing));
  response.write(outgoing.text.slice(0, Math.ceil(outgoing.text.length / 2)));
}
