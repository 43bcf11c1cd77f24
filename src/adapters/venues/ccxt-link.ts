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

/** When a question left and its answer was whole, by this machine's clock. */
export interface Timing {
  sentMs: number;
  receivedMs: number;
}

/** An exchange object of ccxt whose requests go our way. */
export interface CcxtLink {
  readonly exchange: CcxtExchange;
  /** Asks through ccxt until there is an answer or a `VenueFault`. `what` names the request, e.g. `candles of BTC/USDT`. */
  ask<Answer>(what: string, ask: (exchange: CcxtExchange) => Promise<Answer>): Promise<Answer>;
  /** The same, with the times of its last request. */
  askTimed<Answer>(
    what: string,
    ask: (exchange: CcxtExchange) => Promise<Answer>,
  ): Promise<Timing & { readonly answer: Answer }>;
  usage(): Omit<VenueUsage, 'reconnects'>;
  close(): void;
}

/** At the same time, for everybody. */
const CONCURRENCY = 4;
/** Binance's list of markets is some 15 MB. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;
/** A venue that asks for patience in words, not by a status. */
const PATIENCE_MS = 5_000;

export function openCcxtLink(
  Ccxt: CcxtClass,
  { profile, baseUrl, timeoutMs, world }: LinkSettings,
): CcxtLink {
  const exchange = new Ccxt({ enableRateLimit: true, timeout: timeoutMs, options: profile.options });
  const onlyHost = baseUrl === undefined ? undefined : loopbackBase(baseUrl);
  if (baseUrl !== undefined) pointAt(exchange, baseUrl);
  const web = createWebClient({ timeoutMs, maxReplyBytes: MAX_REPLY_BYTES });
  const gate = createRequestGate(profile.name, profile.limit ?? limitOfPace(exchange.rateLimit), world);
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const faults: Partial<Record<VenueFaultKind, number>> = {};
  const timings = new AsyncLocalStorage<Timing>();
  let requests = 0;

  const send = async (address: string, params: FetchParams): Promise<FetchReply> => {
    const url = new URL(address);
    const request = `${profile.name}: ${params.method} ${url.pathname}`;
    if (onlyHost !== undefined && url.host !== onlyHost)
      throw new VenueFault('refused', `${request}: ${url.host} is not ${onlyHost}, where requests are to go`);
    requests++;
    const timing = timings.getStore() ?? { sentMs: 0, receivedMs: 0 };
    timing.sentMs = world.nowMs();
    const reply = await web.ask(url, params).catch((error: unknown) => {
      throw error instanceof NoReply ? faultOfNoReply(request, error) : error;
    });
    timing.receivedMs = world.nowMs();
    hearWeight(reply);
    const fault = faultOfReply(request, reply, timing.receivedMs);
    if (fault === undefined) return asFetchReply(reply);
    if (fault.retryAfterMs !== undefined) gate.pause(fault.kind, fault.retryAfterMs);
    throw fault;
  };

  const hearWeight = ({ headers }: WebReply): void => {
    const used = Number(headers.get(profile.usedWeightHeader ?? '') ?? Number.NaN);
    if (Number.isFinite(used)) gate.hear(used);
  };

  exchange.throttle = (cost = 1) => gate.pass(cost * profile.weightPerCost);
  exchange.fetchImplementation = send;
  exchange.milliseconds = () => world.nowMs();

  const persistence = createPersistence(profile.name, world, (fault) => {
    faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
    if (fault.kind === 'rate-limited' && fault.retryAfterMs === undefined)
      gate.pause(fault.kind, PATIENCE_MS);
  });

  const ask: CcxtLink['ask'] = (what, call) =>
    queue.add(() =>
      persistence.run(
        () => call(exchange),
        (error) => faultOfError(error, `${profile.name}: ${what}`),
      ),
    );

  return {
    exchange,
    ask,
    async askTimed(what, call) {
      const timing: Timing = { sentMs: 0, receivedMs: 0 };
      const answer = await timings.run(timing, () => ask(what, call));
      return { ...timing, answer };
    },
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
