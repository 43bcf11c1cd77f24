import PQueue from 'p-queue';
import { VenueFault, type VenueFaultKind, type VenueUsage } from '../../ports/venue.js';
import type { CcxtClass, CcxtExchange } from './ccxt-exchange.js';
import { faultOfError } from './fault-of-error.js';
import { createRequestGate } from './request-gate.js';
import { createPersistence } from './try-again.js';
import type { WeightLimit } from './venue-limits.js';
import type { VenueProfile } from './venue-profile.js';
import { createVenueSender, type FetchParams, type Heard } from './venue-sender.js';
import { loopbackBase, pointAt } from './venue-urls.js';
import type { WaitingWorld } from './waiting-world.js';

export interface LinkSettings {
  readonly profile: VenueProfile;
  readonly baseUrl: string | undefined;
  readonly timeoutMs: number;
  readonly world: WaitingWorld;
  /** Every fault as it happens, also where asking again helps. */
  readonly onFault?: ((fault: VenueFault) => void) | undefined;
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
/** Some streams begin with a request; the heaviest is a deep order book of Binance. */
const STREAM_REQUEST_WEIGHT = 50;
/** A venue that asks for patience in words, not by a status. */
const PATIENCE_MS = 5_000;

export function openCcxtLink(Ccxt: CcxtClass, settings: LinkSettings): CcxtLink {
  const { profile, baseUrl, timeoutMs } = settings;
  const closing = new AbortController();
  const closed = (): VenueFault => new VenueFault('refused', `${profile.name}: closed`);
  /** Whoever waits when the link is closed waits no longer. */
  const world: WaitingWorld = {
    nowMs: () => settings.world.nowMs(),
    random: () => settings.world.random(),
    async sleep(ms) {
      await settings.world.sleep(ms, closing.signal);
      if (closing.signal.aborted) throw closed();
    },
  };
  const onlyHost = baseUrl === undefined ? undefined : loopbackBase(baseUrl);
  const make = (): CcxtExchange => {
    const made = new Ccxt({ enableRateLimit: true, timeout: timeoutMs, options: profile.options });
    if (baseUrl !== undefined) pointAt(made, baseUrl);
    return made;
  };
  const exchange = make();
  const gate = createRequestGate(profile.name, profile.limit ?? limitOfPace(exchange.rateLimit), world);
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const faults: Partial<Record<VenueFaultKind, number>> = {};
  const sender = createVenueSender({ profile, onlyHost, timeoutMs, gate, nowMs: () => world.nowMs() });

  const wire = (one: CcxtExchange): CcxtExchange => {
    one.throttle = (cost = 1) => gate.pass(profile.weightOf(cost));
    one.fetchImplementation = sender.send;
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
    settings.onFault?.(fault);
    if (fault.kind === 'rate-limited' && fault.retryAfterMs === undefined)
      gate.pause(fault.kind, PATIENCE_MS);
  });

  const ask: CcxtLink['ask'] = (what, call) =>
    queue.add(() =>
      persistence.run(
        () => {
          const heard: Heard = { sentMs: 0, receivedMs: 0, json: undefined };
          return sender.whileHearing(heard, () => call(exchange, heard));
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
        return sender.send(address, params);
      };
      return one;
    },
    ask,
    usage() {
      const { state } = persistence.circuit();
      return {
        requests: sender.requests(),
        weight: gate.totalWeight(),
        loadFraction: gate.loadFraction(),
        faults: { ...faults },
        circuit: state === 'probing' ? 'half-open' : state,
      };
    },
    close() {
      closing.abort();
      sender.close();
    },
  };
}

/** ccxt words a venue's limit as milliseconds for a request of cost 1; some of them may come at once. */
function limitOfPace(rateLimitMs: number): WeightLimit {
  const windowMs = Math.max(5_000, 5 * rateLimitMs);
  return { windowMs, weight: windowMs / Math.max(1, rateLimitMs) };
}
