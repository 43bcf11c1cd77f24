import { describe, expect, it } from 'vitest';
import { type SupervisorState, beginSupervision } from '../core/deployment/supervisor.js';
import { noteOfSupervision } from './note-of-supervision.js';

const state = (phase: SupervisorState['phase'], more: Partial<SupervisorState> = {}): SupervisorState => ({
  ...beginSupervision(0),
  phase,
  ...more,
});

describe('notes of supervision', () => {
  it('tell that the paper trader died, that it is back, and that it was given up, each once', () => {
    const died = noteOfSupervision(
      state('running'),
      state('backing-off', { restarts: 1, lastExit: 'SIGKILL' }),
    );
    expect(died).toMatchObject({ event: 'process-died', level: 'critical' });
    expect(died?.title).toContain('SIGKILL');
    const back = noteOfSupervision(state('starting'), state('running', { restarts: 1 }));
    expect(back).toMatchObject({ event: 'process-back', facts: { restarts: 1 } });
    const over = noteOfSupervision(state('backing-off'), state('circuit-open', { restarts: 5 }));
    expect(over?.title).toContain('not started again');
    expect(new Set([died?.key, back?.key, over?.key]).size).toBe(3);
  });

  it('say nothing of a first start or while nothing changes', () => {
    expect(noteOfSupervision(state('starting'), state('running'))).toBeUndefined();
    expect(noteOfSupervision(state('waiting'), state('starting'))).toBeUndefined();
    expect(noteOfSupervision(state('backing-off'), state('backing-off', { restarts: 2 }))).toBeUndefined();
  });
});
