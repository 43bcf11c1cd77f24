import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  afterFailure,
  askCircuit,
  CLOSED_CIRCUIT,
  type Circuit,
  type CircuitRules,
} from './circuit-breaker.js';

const RULES: CircuitRules = { failuresToOpen: 3, firstPauseMs: 1_000, longestPauseMs: 8_000 };

/** What happens at a circuit: time passes, somebody asks, the oldest request under way ends. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5_000 }) }),
    fc.record({ kind: fc.constant('ask' as const) }),
    fc.record({ kind: fc.constant('end' as const), failed: fc.boolean() }),
  ),
  { maxLength: 200 },
);

describe('a circuit', () => {
  it('lets nothing through before its time, then one request at a time until that has ended', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        let circuit: Circuit = CLOSED_CIRCUIT;
        let nowMs = 0;
        let underWay = 0;
        for (const one of all) {
          if (one.kind === 'wait') nowMs += one.ms;
          if (one.kind === 'ask') {
            const before = circuit;
            const asked = askCircuit(circuit, nowMs);
            circuit = asked.circuit;
            if (before.state === 'open') expect(asked.mayAsk).toBe(nowMs >= before.untilMs);
            if (before.state === 'probing') expect(asked.mayAsk).toBe(false);
            if (before.state === 'closed') expect(asked.mayAsk).toBe(true);
            if (asked.mayAsk) underWay++;
          }
          if (one.kind === 'end' && underWay > 0) {
            underWay--;
            circuit = one.failed ? afterFailure(circuit, RULES, nowMs) : afterAnswer(circuit);
          }
          if (circuit.state === 'closed') expect(circuit.failuresInARow).toBeLessThan(RULES.failuresToOpen);
          if (circuit.state === 'open') {
            expect(circuit.untilMs - nowMs).toBeLessThanOrEqual(RULES.longestPauseMs);
            expect(circuit.pauseMs).toBeGreaterThanOrEqual(RULES.firstPauseMs);
          }
        }
      }),
    );
  });

  it('opens after so many failures in a row, and an answer begins the count anew', () => {
    const failed = (circuit: Circuit): Circuit => afterFailure(circuit, RULES, 0);
    expect(failed(failed(CLOSED_CIRCUIT)).state).toBe('closed');
    expect(failed(failed(failed(CLOSED_CIRCUIT))).state).toBe('open');
    expect(failed(failed(afterAnswer(failed(failed(CLOSED_CIRCUIT))))).state).toBe('closed');
  });

  it('waits twice as long after every probe that fails, up to the longest pause, and closes with one that does not', () => {
    let circuit: Circuit = { state: 'open', untilMs: 0, pauseMs: RULES.firstPauseMs };
    const pauses: number[] = [];
    for (let nowMs = 0; pauses.length < 5; nowMs += 10_000) {
      circuit = afterFailure(askCircuit(circuit, nowMs).circuit, RULES, nowMs);
      if (circuit.state === 'open') pauses.push(circuit.pauseMs);
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(afterAnswer(askCircuit(circuit, 1e9).circuit)).toEqual(CLOSED_CIRCUIT);
  });

  it('is not closed by a late answer to a request from before it opened', () => {
    const open: Circuit = { state: 'open', untilMs: 500, pauseMs: 1_000 };
    expect(afterAnswer(open)).toBe(open);
  });
});
