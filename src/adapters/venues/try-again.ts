import { VenueFault, type VenueFaultKind } from '../../ports/venue.js';
import {
  afterAnswer,
  afterFailure,
  askCircuit,
  CLOSED_CIRCUIT,
  type Circuit,
  type CircuitRules,
} from './circuit-breaker.js';
import { LONGEST_WAIT_MS, type WaitingWorld } from './waiting-world.js';

export interface RetryRules {
  /** Attempts in all. */
  readonly tries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly circuit: CircuitRules;
}

export const RETRY_RULES: RetryRules = {
  tries: 4,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  circuit: { failuresToOpen: 6, firstPauseMs: 15_000, longestPauseMs: 240_000 },
};

/** Where asking once more may help. A ban only ends by leaving the venue alone. */
const WORTH_ANOTHER_TRY: ReadonlySet<VenueFaultKind> = new Set([
  'unreachable',
  'timeout',
  'rate-limited',
  'unavailable',
  'bad-reply',
]);
/** What says that the venue is not there; the others are answers. */
const SILENT: ReadonlySet<VenueFaultKind> = new Set(['unreachable', 'timeout', 'unavailable']);

export interface Persistence {
  /** Asks until there is an answer, the tries are used up, or asking again is of no use. */
  run<Answer>(ask: () => Promise<Answer>, asFault: (error: unknown) => VenueFault): Promise<Answer>;
  circuit(): Circuit;
}

export function createPersistence(
  venue: string,
  world: WaitingWorld,
  hearFault: (fault: VenueFault) => void,
  rules: RetryRules = RETRY_RULES,
): Persistence {
  let circuit: Circuit = CLOSED_CIRCUIT;
  /** What has opened the circuit, in words: whoever is not asked wants to know. */
  let cause = '';

  const askOnce = async <Answer>(
    ask: () => Promise<Answer>,
    asFault: (error: unknown) => VenueFault,
  ): Promise<Answer> => {
    const nowMs = world.nowMs();
    const asked = askCircuit(circuit, nowMs);
    circuit = asked.circuit;
    if (!asked.mayAsk) throw circuitOpen(venue, circuit, nowMs, cause);
    try {
      const answer = await ask();
      circuit = afterAnswer(circuit);
      return answer;
    } catch (error) {
      const fault = asFault(error);
      if (SILENT.has(fault.kind)) cause = fault.message.replace(`${venue}: `, '');
      circuit = SILENT.has(fault.kind)
        ? afterFailure(circuit, rules.circuit, world.nowMs())
        : afterAnswer(circuit);
      throw fault;
    }
  };

  return {
    async run(ask, asFault) {
      let last: VenueFault | undefined;
      for (let tried = 0; tried < rules.tries; tried++) {
        // The cause says more than that the circuit has opened because of it.
        if (last !== undefined) {
          if (circuit.state !== 'closed') throw last;
          await world.sleep(pauseMs(rules, tried, world.random()));
        }
        try {
          return await askOnce(ask, asFault);
        } catch (error) {
          last = asFault(error);
          hearFault(last);
          if (!WORTH_ANOTHER_TRY.has(last.kind) || (last.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw last;
        }
      }
      throw last ?? new VenueFault('unavailable', `${venue}: not asked`);
    },
    circuit: () => circuit,
  };
}

/** Twice as long each time, of which a random part, so that many who failed together do not come back together. */
function pauseMs(rules: RetryRules, tried: number, random: number): number {
  return Math.min(rules.firstPauseMs * 2 ** (tried - 1), rules.longestPauseMs) * (0.5 + 0.5 * random);
}

function circuitOpen(venue: string, circuit: Circuit, nowMs: number, cause: string): VenueFault {
  const afterMs = circuit.state === 'open' ? Math.max(0, circuit.untilMs - nowMs) : undefined;
  const words =
    circuit.state === 'open' ? 'it has failed too often lately' : 'one request finds out whether it is back';
  return new VenueFault('circuit-open', `${venue}: not asked, because ${words}: ${cause}`, afterMs);
}
