import type { DecisionRecord } from '../session/decide.js';
import { acceptFault, decidesAt } from '../session/decide.js';
import { decisionLine } from '../session/decision-line.js';
import type { Session } from '../session/session.js';
import { DUE, type PlayLog } from './play-slots.js';

/**
 * What `playSlots` does of a session that cannot be played through a block at all: it stands as it did before, and every
 * decision that was due counts as lost.
 */
export function holdSlots(session: Session, seat: number, log: PlayLog, fault: string): void {
  const { slots } = log;
  const first = seat * slots.length;
  log.equityUsd.fill(session.equityUsd, first, first + slots.length);
  log.grossExposureFraction.fill(session.grossExposureFraction, first, first + slots.length);
  const kept: DecisionRecord[] = [];
  slots.forEach((t, s) => {
    if (!decidesAt(session, t)) return;
    const before = session.fault;
    session.dueDecisions++;
    log.decided[first + s] = DUE;
    acceptFault(session, fault, kept);
    if (session.fault !== before)
      log.faults[s]?.push({ position: session.plan.position, fault: session.fault });
    log.decisions[s]?.push(...kept.splice(0).map(decisionLine));
  });
}
