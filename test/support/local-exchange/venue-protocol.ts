import type { TimeMs } from '../../../src/core/domain/time.js';
import type { VenueWorld } from './venue-world.js';

/** A request over HTTP as the venue reads it. */
export interface VenueRequest {
  readonly method: string;
  /** The host that the client believes to speak to. */
  readonly host: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

export interface VenueAnswer {
  readonly status: number;
  readonly body: unknown;
  /** What the request counts against the limit. */
  readonly weight: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WeightLimit {
  /** Requests with one name share a limit. */
  readonly name: string;
  readonly perMinute: number;
}

/** One connection of a client to the venue's streams. */
export interface StreamSession {
  /** A message of the client. Returns what is said at once: the acknowledgement, then how things stand. */
  receive(message: unknown): readonly StreamMessage[];
  /** What is said at `atMs`, the venue's time, if it was last asked at `beforeMs`. */
  happened(beforeMs: TimeMs, atMs: TimeMs): readonly StreamMessage[];
  subscriptions(): readonly string[];
}

export interface StreamMessage {
  /** The subscription that it belongs to, for faults that strike only some; empty for an acknowledgement. */
  readonly name: string;
  readonly body: unknown;
}

/** How a venue speaks. */
export interface VenueProtocol {
  /** Undefined where the venue knows no such path. */
  answer(request: VenueRequest, world: VenueWorld): VenueAnswer | undefined;
  limitOf(request: VenueRequest): WeightLimit;
  /** The answer to a client above the limit. */
  overLimit(limit: WeightLimit, bannedUntilMs: number | undefined): unknown;
  /** Whether the answer to a client above the limit says when to come again. */
  readonly tellsRetryAfter: boolean;
  /** Headers that tell the used weight. */
  weightHeaders(usedWeight: number): Readonly<Record<string, string>>;
  serverError(status: number): unknown;
  /** The same request for another symbol; itself where it names none. */
  forAnotherSymbol(request: VenueRequest, world: VenueWorld): VenueRequest;
  /** Undefined where there is no stream at this path. */
  openStream(host: string, path: string, world: VenueWorld): StreamSession | undefined;
  /** The same message for another symbol. */
  messageForAnotherSymbol(body: unknown, world: VenueWorld): unknown;
}
