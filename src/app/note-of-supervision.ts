import type { SupervisorState } from '../core/deployment/supervisor.js';
import type { Note } from '../ports/notifier.js';

/** What people should hear when supervision goes from one state to the next; undefined when nothing. */
export function noteOfSupervision(before: SupervisorState, after: SupervisorState): Note | undefined {
  if (before.phase === after.phase) return undefined;
  const how = after.lastExit === null ? '' : ` (${String(after.lastExit)})`;
  const note = (event: Note['event'], level: Note['level'], title: string, text: string): Note => ({
    event,
    level,
    title,
    text,
    at: NaN,
    facts: { restarts: after.restarts },
    key: `paper-trader-${after.phase}-${String(after.restarts)}`,
  });
  if (after.phase === 'circuit-open')
    return note(
      'process-died',
      'critical',
      'the paper trader is not started again',
      `It failed too often in a row${how}. Mend it, then start the deployer anew.`,
    );
  if (after.phase === 'backing-off')
    return note('process-died', 'critical', `the paper trader ended${how}`, 'The deployer starts it again.');
  if (after.phase === 'running' && after.restarts > 0)
    return note('process-back', 'warning', 'the paper trader is back', 'Its account is as it left it.');
  return undefined;
}
