import { describe, expect, it } from 'vitest';
import { asking } from '../../test/support/asking-kind.js';
import { RULES, sha256 } from '../../test/support/made-arena.js';
import { championOf } from '../../test/support/made-champion.js';
import { marketOf } from '../../test/support/made-market.js';
import { swingingBars } from '../../test/support/swinging-bars.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { StrategyKind } from '../core/strategies/strategy.js';
import { validateChampion } from './validate-champion.js';

const table = marketOf(swingingBars(300));
const market = { table, costs: RULES.costs, limits: RULES.limits, cashUsd: 10_000 };
const kinds = createKinds();
const judge = (entry: object): string | undefined =>
  validateChampion(championOf(table, entry).champion, market, kinds, sha256);

describe('a champion before it trades', () => {
  it.each(['llm-trader', 'llm-direct', 'regime-hybrid'])(
    'is not refused because nobody answers %s about the past',
    (kind) => {
      expect(
        judge({ kind, params: { provider: 'openai', model: 'gpt-4o-mini' }, symbols: ['A'] }),
      ).toBeUndefined();
    },
  );

  it('is refused when it cannot even ask', () => {
    const { champion } = championOf(table, {
      kind: 'llm-trader',
      params: { provider: 'openai', model: 'gpt-4o-mini' },
      symbols: ['A'],
    });
    const speechless: StrategyKind = {
      ...asking,
      questions() {
        throw new Error('words fail it');
      },
    };
    const judged = validateChampion(champion, market, { ...kinds, find: () => speechless }, sha256);
    expect(judged).toBe('it cannot ask: words fail it');
  });

  it('is refused when its kind is gone', () => {
    const { champion } = championOf(table, { kind: 'sma-cross' });
    const gone = { ...champion, manifest: { ...champion.manifest, kind: 'gone' } };
    expect(validateChampion(gone, market, kinds, sha256)).toContain('it fails');
  });

  it('is tried on bars', () => {
    const empty = { ...market, table: marketOf([[]]) };
    const { champion } = championOf(table, {
      kind: 'llm-trader',
      params: { provider: 'openai', model: 'gpt-4o-mini' },
      symbols: ['A'],
    });
    expect(validateChampion(champion, empty, kinds, sha256)).toBe('there are no recent bars to try it on');
  });
});
