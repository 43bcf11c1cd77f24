import { describe, expect, it } from 'vitest';
import { answered, failedAnswer } from '../../test/support/asking-kind.js';
import { flatBars, marketOf } from '../../test/support/made-market.js';
import { playedJournal } from '../../test/support/played-journal.js';
import { boardOfArena } from '../app/board-of-arena.js';
import { noteAbsent } from '../core/arena/arena.js';
import { modelsText } from './models-text.js';

const DAYS = 4;
const MARKET = marketOf([flatBars(100, 24 * DAYS)]);

describe('the block of models on the board', () => {
  it('is nothing where nobody asks', () => {
    const { arena } = playedJournal(MARKET, [{ kind: 'buy-and-hold' }], () => answered('wait'));
    expect(modelsText(boardOfArena(arena), 10)).toEqual([]);
  });

  it('names who cannot run without a word of models where nobody asks', () => {
    const { arena } = playedJournal(MARKET, [{ kind: 'buy-and-hold' }], () => answered('wait'));
    noteAbsent(arena, [{ name: 'rotation', why: 'needs at least 2 symbols, the market has 1' }]);
    expect(modelsText(boardOfArena(arena), 10)).toEqual([
      '',
      'not running: rotation (needs at least 2 symbols, the market has 1)',
    ]);
  });

  it('has who answers, what is decided and what it costs, also of who gets no answer', () => {
    let asked = 0;
    const { arena } = playedJournal(
      MARKET,
      [
        { title: 'steady', kind: 'asking', params: { probe: true } },
        { title: 'mute', kind: 'asking', params: { trial: 2 } },
        { title: 'rules', kind: 'buy-and-hold' },
      ],
      ({ contestant, question }) =>
        contestant === 1
          ? failedAnswer('no-key')
          : question.probe === 1 && asked++ % 4 === 0
            ? answered('buy', { costUsd: 0.01 })
            : answered('wait', { costUsd: 0.01, fingerprint: asked > 40 ? 'f-2' : 'f-1' }),
    );
    noteAbsent(arena, [{ name: 'haiku', why: 'no key: set ANTHROPIC_API_KEY' }]);
    const lines = modelsText(boardOfArena(arena), 10);
    const row = (name: string): string => lines.find((line) => line.includes(` ${name} `)) ?? '';
    // 192 questions in four days at a cent each; a decision is two of them; every fourth probe bought.
    expect(row('steady')).toMatch(/ m-1 .* 192 +100\.0 +0\.0200 +0\.480 +3\.360 +25 % of 96$/);
    expect(row('mute')).toMatch(/ n\/a .* 96 +0\.0 +0\.0000 +0\.000 +0\.000 +n\/a$/);
    expect(row('rules')).toBe('');
    expect(lines).toContain('not running: haiku (no key: set ANTHROPIC_API_KEY)');
    expect(lines.some((line) => line.startsWith('steady: the provider changed its set-up'))).toBe(true);
    expect(lines.every((line) => line.length <= 120)).toBe(true);
  });

  it('says how many rows it leaves out', () => {
    const { arena } = playedJournal(
      MARKET,
      [1, 2, 3].map((trial) => ({ kind: 'asking', params: { trial } })),
      () => answered('wait'),
    );
    expect(modelsText(boardOfArena(arena), 2)).toContain('... and 1 more in leaderboard.txt');
  });
});
