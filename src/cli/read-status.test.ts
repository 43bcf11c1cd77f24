import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { arenaOn, playTo } from '../../test/support/made-arena.js';
import { bar, marketOf } from '../../test/support/made-market.js';
import { temporaryFolder } from '../../test/support/cli.js';
import { boardOfArena } from '../app/board-of-arena.js';
import { crownContestant } from '../core/arena/arena.js';
import { leaderboardJson } from '../reporting/leaderboard-json.js';
import { configFor } from './arena-config.js';
import { readStatus } from './read-status.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const state = join(root, 'arena');
const { values } = configFor({ state, deployments: join(root, 'deployments'), paper: join(root, 'paper') });

/** The market rises for ever: who holds it is displaced by who holds nothing yet. */
function boardAfter(hours: number): string {
  const price = (t: number): number => 100 * 1.002 ** t * (1 + 0.001 * Math.sin(t));
  const market = marketOf([Array.from({ length: 200 }, (_, t) => bar(price(t), price(t + 1)))]);
  const arena = arenaOn(market, [
    { kind: 'sma-cross', params: { fast: 2, slow: 5 }, title: 'riser' },
    { kind: 'sma-cross', params: { fast: 50, slow: 150 }, title: 'sleeper' },
  ]);
  playTo(arena, 10);
  crownContestant(arena, 0, 1);
  playTo(arena, 20);
  crownContestant(arena, 1, 2);
  playTo(arena, hours);
  return leaderboardJson(boardOfArena(arena), { generated: false, text: 'a test' });
}

describe('the status', () => {
  it('tells a champion under review and how to go back, and says nothing before', () => {
    mkdirSync(state);
    const reviews = (board: string): string[] => {
      writeFileSync(join(state, 'leaderboard.json'), board);
      return readStatus(values, 0).troubles.filter((text) => text.includes('REVIEW'));
    };
    expect(reviews(boardAfter(30))).toEqual([]);
    expect(reviews(boardAfter(140))).toEqual([
      'champion sleeper is under REVIEW: evidence of more than 1,000,000 to 1 that a shadow does better; ' +
        'npm run rollback -- --reason "..." goes back to the champion before',
    ]);
    expect(reviews(boardAfter(140).slice(0, 300)), 'a torn board says nothing').toEqual([]);
  });
});
