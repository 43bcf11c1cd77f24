import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openArenaStore } from '../adapters/storage/sqlite-arena-store.js';
import { generateMarket } from '../core/market/generate-market.js';
import { runW2Arena } from './bench-arena.js';
import { runW2Durable } from './bench-durable.js';
import { runW2 } from './bench-kernel.js';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const CONTESTANTS = 60;

const MARKET = {
  seed: 3,
  symbols: ['A', 'B', 'C', 'D', 'E', 'F'],
  timeframe: '1h' as const,
  startMs: Date.UTC(2023, 0, 1),
  length: 1000,
  perpetual: false,
};
const market = generateMarket(MARKET);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'durable-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** What a process that plays up to so many groups of bars leaves, and the order it ends with. */
function play(folder: string, groupBars: number, groups?: number): { orderHash: number; chain: string } {
  const store = openArenaStore(folder);
  try {
    const { orderHash } = runW2Durable(market, CONTESTANTS, groupBars, store, sha256, () => 0, groups);
    return { orderHash, chain: store.lastCommit()?.hash ?? '' };
  } finally {
    store.close();
  }
}

it.each([60, 1])(
  'a kernel that goes on from its last commit, in groups of %d bars, ends in the order of one that never stopped',
  (groupBars) => {
    const whole = play(newFolder(), groupBars);
    expect(whole.orderHash).toBe(runW2(market, CONTESTANTS, () => 0).orderHash);
    const folder = newFolder();
    const half = play(folder, groupBars, Math.floor(330 / groupBars));
    expect(half.orderHash, 'another order in the middle').not.toBe(whole.orderHash);
    expect(play(folder, groupBars)).toEqual(whole);
  },
);

it('a group that was played and not committed is played again', () => {
  const whole = play(newFolder(), 60);
  const folder = newFolder();
  play(folder, 60, 4);
  const store = openArenaStore(folder);
  // As a process that dies before its commit.
  const dying = { ...store, commit: () => undefined };
  runW2Durable(market, CONTESTANTS, 60, dying, sha256, () => 0, 1);
  store.close();
  expect(play(folder, 60)).toEqual(whole);
});

it('bars that are played again must come out as the journal has them', () => {
  const folder = newFolder();
  play(folder, 1, 70);
  const store = openArenaStore(folder);
  onTestFinished(() => {
    store.close();
  });
  const other = generateMarket({ ...MARKET, seed: 4 });
  expect(() => runW2Durable(other, CONTESTANTS, 1, store, sha256, () => 0)).toThrow(
    'group 2 came out otherwise',
  );
});

it('a whole arena of the same field has the same fills', () => {
  const store = openArenaStore(newFolder());
  onTestFinished(() => {
    store.close();
  });
  const { fills, commitMs } = runW2Arena(market, 12, 60, store, sha256, () => 0);
  expect(fills).toBe(runW2(market, 12, () => 0).fills);
  expect(commitMs).toHaveLength(720 / 60);
  expect(store.lastCommit()?.seq).toBe(720);
});
