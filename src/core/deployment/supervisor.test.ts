import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOST_FAILURES,
  type PaperSighting,
  SUPERVISION_TIMES,
  type SupervisorEffect,
  type SupervisorState,
  beginSupervision,
  superviseStep,
} from './supervisor.js';

const FREE: PaperSighting = {
  arenaHasBegun: true,
  holder: null,
  child: null,
  exit: null,
  nextBarMs: null,
  clockMs: 100,
};

const sightings: fc.Arbitrary<PaperSighting> = fc.record({
  arenaHasBegun: fc.boolean(),
  holder: fc.constantFrom(null, null, 7, 8, 'unknown' as const),
  child: fc.constantFrom(null, null, 7, 9),
  exit: fc.constantFrom(null, 1, 'SIGKILL'),
  nextBarMs: fc.constantFrom(null, 90, 100, 110, 120),
  clockMs: fc.constantFrom(null, 100, 115),
});

/** A play of sightings with their pauses. */
const plays = fc.array(fc.tuple(sightings, fc.integer({ min: 0, max: 70_000 })), { maxLength: 80 });

interface Seen {
  readonly before: SupervisorState;
  readonly state: SupervisorState;
  readonly sighting: PaperSighting;
  readonly effects: readonly SupervisorEffect[];
  readonly nowMs: number;
}

function play(steps: readonly (readonly [PaperSighting, number])[]): Seen[] {
  let state = beginSupervision(0);
  let nowMs = 0;
  return steps.map(([sighting, pauseMs]) => {
    nowMs += pauseMs;
    const before = state;
    const step = superviseStep(state, sighting, nowMs);
    state = step.state;
    return { before, state, sighting, effects: step.effects, nowMs };
  });
}

const starts = (seen: Seen): boolean => seen.effects.some((effect) => effect.do === 'start');

/** A paper trader that ends as soon as it is started, looked at often enough to see every pause. */
function crashing(looks: number, everyMs: number): Seen[] {
  let alive = false;
  let state = beginSupervision(0);
  return Array.from({ length: looks }, (_, i) => {
    const nowMs = i * everyMs;
    const sighting = alive ? { ...FREE, exit: 3 } : FREE;
    alive = false;
    const before = state;
    const step = superviseStep(state, sighting, nowMs);
    state = step.state;
    const seen = { before, state, sighting, effects: step.effects, nowMs };
    if (starts(seen)) alive = true;
    return seen;
  });
}

describe('supervision of the paper trader', () => {
  it('never starts one while one runs, nor before the arena has begun, nor with an open circuit', () => {
    fc.assert(
      fc.property(plays, (steps) => {
        for (const seen of play(steps).filter(starts)) {
          expect(seen.sighting).toMatchObject({ holder: null, child: null, arenaHasBegun: true });
          expect(seen.before.phase).not.toBe('circuit-open');
          expect(seen.nowMs).toBeGreaterThanOrEqual(seen.before.untilMs);
        }
      }),
    );
  });

  it('A-33: ends only who holds the folder or is its own child, asks before it kills, and waits between both', () => {
    fc.assert(
      fc.property(plays, (steps) => {
        for (const { before, sighting, effects, nowMs } of play(steps))
          for (const effect of effects) {
            if (effect.do !== 'stop' && effect.do !== 'kill') continue;
            expect([sighting.holder, sighting.child]).toContain(effect.pid);
            if (effect.do === 'stop') continue;
            expect(before).toMatchObject({ phase: 'stopping', pid: effect.pid, killed: false });
            expect(nowMs - before.sinceMs).toBeGreaterThanOrEqual(SUPERVISION_TIMES.killGraceMs);
          }
      }),
    );
  });

  it('A-50: counts failures up to the limit, and forgets them only when a bar was processed', () => {
    fc.assert(
      fc.property(plays, (steps) => {
        for (const { before, state, sighting } of play(steps)) {
          if (state.failures < before.failures) {
            expect(sighting.holder).not.toBeNull();
            expect(sighting.nextBarMs).toBeGreaterThan(before.nextBarMs ?? Infinity);
          }
          if (state.failures > before.failures) expect(state.failures).toBe(before.failures + 1);
          if (state.phase === 'circuit-open') expect(state.failures).toBeGreaterThanOrEqual(MOST_FAILURES);
          if (state.phase === 'backing-off') expect(state.failures).toBeLessThan(MOST_FAILURES);
        }
      }),
    );
  });

  it('a paper trader that always ends is started five times with growing pauses, and the end of that is said once', () => {
    const seen = crashing(600, 100);
    expect(seen.filter(starts)).toHaveLength(MOST_FAILURES);
    const pauses = seen
      .filter(({ before, state }) => state.phase === 'backing-off' && before.phase !== 'backing-off')
      .map(({ state, nowMs }) => state.untilMs - nowMs);
    expect(pauses).toEqual([1000, 2000, 4000, 8000]);
    const said = seen.flatMap(({ effects }) => effects).filter((effect) => effect.do === 'say');
    expect(said.filter(({ text }) => text.includes('not started again'))).toHaveLength(1);
    expect(seen.at(-1)?.state).toMatchObject({ phase: 'circuit-open', restarts: 4, lastExit: 3 });
  });

  it('nothing to play is no hang; bars that wait are', () => {
    const watch = (nextBarMs: number): Seen[] =>
      play(Array.from({ length: 5 }, () => [{ ...FREE, holder: 7, nextBarMs }, 20_000]));
    expect(watch(110).flatMap(({ effects }) => effects.filter((effect) => effect.do !== 'say'))).toEqual([]);
    expect(watch(100).flatMap(({ effects }) => effects.filter((effect) => effect.do !== 'say'))).toEqual([
      { do: 'stop', pid: 7 },
      { do: 'kill', pid: 7 },
    ]);
  });

  it('one that hangs before it takes its folder is ended too', () => {
    const steps = [FREE, { ...FREE, child: 9 }, { ...FREE, child: 9 }, { ...FREE, child: 9 }] as const;
    const seen = play(steps.map((sighting) => [sighting, 31_000] as const));
    expect(seen.flatMap(({ effects }) => effects.filter((effect) => effect.do !== 'say'))).toEqual([
      { do: 'start' },
      { do: 'stop', pid: 9 },
      { do: 'kill', pid: 9 },
    ]);
  });
});
