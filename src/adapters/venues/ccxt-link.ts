import { AsyncLocalStorage } from 'node:async_hooks';
import PQueue from 'p-queue';
import { VenueFault, type VenueFaultKind, type VenueUsage } from '../../ports/venue.js';
import type { CcxtClass, CcxtExchange } from './ccxt-exchange.js';
import { faultOfError } from './fault-of-error.js';
import { faultOfNoReply, faultOfReply } from './fault-of-reply.js';
import { createRequestGate } from './request-gate.js';
import { createPersistence } from './try-again.js';
import type { WeightLimit } from './venue-limits.js';
import type { VenueProfile } from './venue-profile.js';
import { loopbackBase, pointAt } from './venue-urls.js';
import type { WaitingWorld } from './waiting-world.js';
import { createWebClient, NoReply, type WebReply } from './web-client.js';

export interface LinkSettings {
  readonly profile: VenueProfile;
  readonly baseUrl: string | undefined;
  readonly timeoutMs: number;
  readonly world: WaitingWorld;
}

/** The newest request of a question: when it left and its answer was whole, by this machine's clock, and what came. */
export interface Heard {
  sentMs: number;
  receivedMs: number;
  json: unknown;
}

/** An exchange object of ccxt whose requests go our way. */
export interface CcxtLink {
  readonly exchange: CcxtExchange;
  /** One more of the same kind, for streams: whoever ends its connections ends nobody else's. */
  another(): CcxtExchange;
  /**
   * Asks through ccxt until there is an answer or a `VenueFault`. `what` names the request, e.g. `candles of BTC/USDT`.
   * `heard` is filled while ccxt asks.
   */
  ask<Answer>(what: string, ask: (exchange: CcxtExchange, heard: Heard) => Promise<Answer>): Promise<Answer>;
  usage(): Omit<VenueUsage, 'reconnects'>;
  close(): void;
}

/** At the same time, for everybody. */
const CONCURRENCY = 4;
/** Binance's list of markets is some 15 MB. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;
/** Some streams begin with a request; the heaviest is a deep order book of Binance. */
const STREAM_REQUEST_WEIGHT = 50;
/** A venue that asks for patience in words, not by a status. */
const PATIENCE_MS = 5_000;

export function openCcxtLink(
  Ccxt: CcxtClass,
  { profile, baseUrl, timeoutMs, world }: LinkSettings,
): CcxtLink {
  const onlyHost = baseUrl === undefined ? undefined : loopbackBase(baseUrl);
  const make = (): CcxtExchange => {
    const made = new Ccxt({ enableRateLimit: true, timeout: timeoutMs, options: profile.options });
    if (baseUrl !== undefined) pointAt(made, baseUrl);
    return made;
  };
  const exchange = make();
  const web = createWebClient({ timeoutMs, maxReplyBytes: MAX_REPLY_BYTES });
  const gate = createRequestGate(profile.name, profile.limit ?? limitOfPace(exchange.rateLimit), world);
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const faults: Partial<Record<VenueFaultKind, number>> = {};
  const hearing = new AsyncLocalStorage<Heard>();
  let requests = 0;

  const send = async (address: string, params: FetchParams): Promise<FetchReply> => {
    const url = new URL(address);
    const request = `${profile.name}: ${params.method} ${url.pathname}`;
    if (onlyHost !== undefined && url.host !== onlyHost)
      throw new VenueFault('refused', `${request}: ${url.host} is not ${onlyHost}, where requests are to go`);
    requests++;
    const heard: Heard = hearing.getStore() ?? { sentMs: 0, receivedMs: 0, json: undefined };
    heard.sentMs = world.nowMs();
    const reply = await web.ask(url, params).catch((error: unknown) => {
      throw error instanceof NoReply ? faultOfNoReply(request, error) : error;
    });
    heard.receivedMs = world.nowMs();
    hearWeight(reply);
    heard.json = parseJson(reply.text);
    const fault = faultOfReply(request, reply, heard.json !== undefined, heard.receivedMs);
    if (fault === undefined) return asFetchReply(reply);
    if (fault.retryAfterMs !== undefined) gate.pause(fault.kind, fault.retryAfterMs);
    throw fault;
  };

  const hearWeight = ({ headers }: WebReply): void => {
    const used = Number(headers.get(profile.usedWeightHeader ?? '') ?? Number.NaN);
    if (Number.isFinite(used)) gate.hear(used);
  };

  const wire = (one: CcxtExchange): CcxtExchange => {
    one.throttle = (cost = 1) => gate.pass(cost * profile.weightPerCost);
    one.fetchImplementation = send;
    one.milliseconds = () => world.nowMs();
    one.log = () => undefined;
    const dial = one.client.bind(one);
    one.client = (address) => {
      const { host } = new URL(address);
      if (onlyHost === undefined || host === onlyHost) return dial(address);
      throw new VenueFault('refused', `${profile.name}: the stream of ${host} is not on ${onlyHost}`);
    };
    return one;
  };
  wire(exchange);

  const persistence = createPersistence(profile.name, world, (fault) => {
    faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
    if (fault.kind === 'rate-limited' && fault.retryAfterMs === undefined)
      gate.pause(fault.kind, PATIENCE_MS);
  });

  const ask: CcxtLink['ask'] = (what, call) =>
    queue.add(() =>
      persistence.run(
        () => {
          const heard: Heard = { sentMs: 0, receivedMs: 0, json: undefined };
          return hearing.run(heard, () => call(exchange, heard));
        },
        (error) => faultOfError(error, `${profile.name}: ${what}`),
      ),
    );

  return {
    exchange,
    another() {
      const one = wire(make());
      // ccxt's pace for messages leaves a rejected promise to nobody when the connection ends while it waits.
      one.enableRateLimit = false;
      one.fetchImplementation = async (address: string, params: FetchParams) => {
        await gate.pass(STREAM_REQUEST_WEIGHT);
        return send(address, params);
      };
      return one;
    },
    ask,
    usage() {
      const { state } = persistence.circuit();
      return {
        requests,
        weight: gate.totalWeight(),
        loadFraction: gate.loadFraction(),
        faults: { ...faults },
        circuit: state === 'probing' ? 'half-open' : state,
      };
    },
    close() {
      queue.clear();
      web.close();
    },
  };
}

/** What ccxt gives the function that fetches for it. */
interface FetchParams {
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

/** ccxt words a venue's limit as milliseconds for a request of cost 1; some of them may come at once. */
function limitOfPace(rateLimitMs: number): WeightLimit {
  const windowMs = Math.max(5_000, 5 * rateLimitMs);
  return { windowMs, weight: windowMs / Math.max(1, rateLimitMs) };
}
