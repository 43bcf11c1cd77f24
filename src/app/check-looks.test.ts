import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arenaOn } from '../../test/support/made-arena.js';
import { bar, marketOf } from '../../test/support/made-market.js';
import { createMemoryDisk, openMemoryArenaStore } from '../adapters/storage/memory-arena-store.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { ArenaStore, StoredLook } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import { checkLooks } from './check-looks.js';
import { looksOfEvents } from './looks-of-events.js';
import { readLooks } from './read-looks.js';
import { type RunLimits, runArena } from './run-arena.js';

const HOURS = 400;
const slope = (t: number, drift: number): number => 100 * (1 + drift) ** t * (1 + 0.01 * Math.sin(t));
const market = marketOf([
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, 0.002), slope(t + 1, 0.002))),
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, -0.0005), slope(t + 1, -0.0005))),
]);
const ROSTER = [
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 2, slow: 5 } },
  { kind: 'sma-cross', symbols: ['B'], params: { fast: 2, slow: 5 } },
  { kind: 'sma-cross', symbols: ['B'], params: { fast: 3, slow: 9 } },
];
const EMPTY_INBOX: Inbox = {
  read: () => ({ messages: [], rubbish: [], more: false }),
  postpone: () => true,
  nextDueMs: () => Infinity,
  remove: () => undefined,
  setAside: () => undefined,
};
const ONE_GROUP: RunLimits = { groupRounds: Infinity, groupMs: Infinity, projectionMs: Infinity };

function play(store: ArenaStore, limits: Partial<RunLimits> = {}): Promise<unknown> {
  let clockMs = 0;
  const world = {
    store,
    inbox: EMPTY_INBOX,
    kinds: createKinds(),
    pruning: { everyHours: 0, minimumHours: 168 },
    nowMs: () => clockMs++,
    sleep: () => Promise.resolve(),
    stopRequested: () => false,
    project: () => undefined,
    progress: () => undefined,
    requestHandled: () => undefined,
  };
  return runArena(arenaOn(market, ROSTER), world, { ...ONE_GROUP, ...limits });
}

function toldBy(store: ArenaStore): StoredLook[] {
  return [...store.rounds(1)].flatMap((round) => looksOfEvents(round));
}

describe('looks in the store', () => {
  it('are those of the events, each with the round that it was taken in and a verdict for everybody judged', async () => {
    const store = openMemoryArenaStore();
    await play(store);
    const rows = store.looks();
    expect(rows.map(({ cohort, ageHours, seq }) => [cohort, ageHours, seq])).toEqual([
      [1, 168, 168],
      [1, 336, 336],
    ]);
    expect(rows.map(({ verdicts }) => verdicts.map(({ position }) => position))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(JSON.parse(rows[0]?.body ?? '')).not.toHaveProperty('verdicts');
    expect(checkLooks(rows, toldBy(store))).toBe('2 looks, 6 verdicts');
  });

  it('become durable with their round, or not at all', async () => {
    const disk = createMemoryDisk();
    const store = openMemoryArenaStore(disk);
    const crash = new Error('the power went');
    const failing: ArenaStore = {
      ...store,
      saveLook(look) {
        store.saveLook(look);
        if (look.ageHours === 336) throw crash;
      },
    };
    await expect(play(failing, { groupRounds: 100 })).rejects.toBe(crash);
    const after = openMemoryArenaStore(disk);
    expect(after.lastCommit()?.seq).toBe(300);
    expect(after.looks().map(({ ageHours }) => ageHours)).toEqual([168]);
    expect(checkLooks(after.looks(), toldBy(after))).toBe('1 looks, 3 verdicts');
  });

  it('show the best first, by name, and everybody else with what was asked', async () => {
    const store = openMemoryArenaStore();
    await play(store);
    store.saveContestant({ position: 0, id: 'riser-id', name: 'riser', body: '{}' });
    const [look] = readLooks(store, '1h');
    expect(look).toMatchObject({ cohort: 1, hours: 168, familySize: 3, observedPct: 100 });
    expect(look?.cutMs).toBe((market.openTimesMs[0] ?? 0) + 168 * 3_600_000);
    expect(look?.verdicts[0]).toMatchObject({ id: 'riser-id', name: 'riser' });
    const ps = look?.verdicts.map(({ p }) => p) ?? [];
    expect(ps).toEqual([...ps].sort((a, b) => a - b));
  });
});

const arbitraryLooks = fc
  .uniqueArray(
    fc.record({
      cohort: fc.integer({ min: 1, max: 3 }),
      ageHours: fc.constantFrom(168, 336, 720),
      seq: fc.integer({ min: 1, max: 999 }),
      body: fc.constantFrom('{"a":1}', '{"a":2}'),
      verdicts: fc.uniqueArray(
        fc.record({ position: fc.nat({ max: 5 }), body: fc.constantFrom('{"p":1}', '{"p":0.5}') }),
        { selector: ({ position }) => position, minLength: 1 },
      ),
    }),
    { selector: ({ cohort, ageHours }) => `${String(cohort)} ${String(ageHours)}`, minLength: 1 },
  )
  .map((looks): StoredLook[] => looks);

/** What can be done to rows, each by its words. */
const FORGERIES: readonly [name: RegExp, change: (look: StoredLook) => StoredLook[]][] = [
  [/its row is missing/, () => []],
  [/its row was changed/, (look) => [{ ...look, body: '{"a":3}' }]],
  [/its row names round 1000/, (look) => [{ ...look, seq: 1000 }]],
  [/the verdict of contestant \d is missing/, (look) => [{ ...look, verdicts: look.verdicts.slice(1) }]],
  [
    /the verdict of contestant \d was changed/,
    (look) => [{ ...look, verdicts: look.verdicts.map((verdict) => ({ ...verdict, body: '{"p":0}' })) }],
  ],
  [
    /there is a verdict of contestant 9, who was not judged/,
    (look) => [{ ...look, verdicts: [...look.verdicts, { position: 9, body: '{}' }] }],
  ],
  [/there is a row, and the journal has no such look/, (look) => [look, { ...look, cohort: 4 }]],
];

describe('the check of looks', () => {
  it('lets rows pass that are the events, in any order', () => {
    fc.assert(
      fc.property(arbitraryLooks, (looks) => {
        expect(checkLooks([...looks].reverse(), looks)).toContain(`${String(looks.length)} looks`);
      }),
    );
  });

  it.each(FORGERIES)('names cohort and look of a row that differs: %s', (words, change) => {
    fc.assert(
      fc.property(arbitraryLooks, fc.nat(), (looks, pick) => {
        const at = pick % looks.length;
        const rows = looks.flatMap((look, i) => (i === at ? change(look) : [look]));
        const { cohort = 0, ageHours = 0 } = looks[at] ?? {};
        const named = words.source.includes('no such look')
          ? `cohort 4, look at ${String(ageHours)} h`
          : `cohort ${String(cohort)}, look at ${String(ageHours)} h`;
        expect(() => checkLooks(rows, looks)).toThrow(named);
        expect(() => checkLooks(rows, looks)).toThrow(words);
      }),
    );
  });
});
