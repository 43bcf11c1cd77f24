/**
 * A venue that fails again and again is left alone for a while: `closed` lets everything through, `open` nothing until its
 * time, `probing` one request, whose end decides. The pause doubles with every probe that fails.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failuresInARow: number }
  | { readonly state: 'open'; readonly untilMs: number; readonly pauseMs: number }
  | { readonly state: 'probing'; readonly pauseMs: number };

export interface CircuitRules {
  readonly failuresToOpen: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const CLOSED_CIRCUIT: Circuit = { state: 'closed', failuresInARow: 0 };

/** Whether a request may go now. One that goes while the circuit was open is the probe. */
export function askCircuit(circuit: Circuit, nowMs: number): { circuit: Circuit; mayAsk: boolean } {
  if (circuit.state === 'closed') return { circuit, mayAsk: true };
  if (circuit.state === 'probing' || nowMs < circuit.untilMs) return { circuit, mayAsk: false };
  return { circuit: { state: 'probing', pauseMs: circuit.pauseMs }, mayAsk: true };
}

/** The venue has answered, whatever it said. */
export function afterAnswer(circuit: Circuit): Circuit {
  // A request from before the opening may come back late: the probe decides, not that one.
  return circuit.state === 'open' ? circuit : CLOSED_CIRCUIT;
}

export function afterFailure(circuit: Circuit, rules: CircuitRules, nowMs: number): Circuit {
  switch (circuit.state) {
    case 'open':
      return circuit;
    case 'probing': {
      const pauseMs = Math.min(2 * circuit.pauseMs, rules.longestPauseMs);
      return { state: 'open', untilMs: nowMs + pauseMs, pauseMs };
    }
    case 'closed': {
      const failuresInARow = circuit.failuresInARow + 1;
      if (failuresInARow < rules.failuresToOpen) return { state: 'closed', failuresInARow };
      return { state: 'open', untilMs: nowMs + rules.firstPauseMs, pauseMs: rules.firstPauseMs };
    }
  }
}
