import { describe, expect, it } from 'vitest';
import { type ModelCostRow, modelCostsText } from './model-costs-text.js';

const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

function row(change: Partial<ModelCostRow>): ModelCostRow {
  return {
    name: 'mini',
    calls: 1200,
    failed: 3,
    inputTokens: 1_000_000,
    cachedInputTokens: 250_000,
    outputTokens: 40_000,
    costUsd: 1.5,
    perDayUsd: 0.75,
    perWeekUsd: 5.25,
    days: [
      { dayMs: MONDAY, calls: 700, costUsd: 0.9 },
      { dayMs: MONDAY + DAY_MS, calls: 500, costUsd: 0.6 },
    ],
    ...change,
  };
}

const cells = (text: string, start: string): string[] =>
  text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.split(/ {2,}/) ?? [];

describe('what models cost as text', () => {
  it('says that nobody asked', () => {
    expect(modelCostsText([])).toBe('No contestant has asked a language model yet.\n');
  });

  it('has a line for each contestant, one for all, and one for each day of all', () => {
    const text = modelCostsText([
      row({}),
      row({ name: 'haiku', costUsd: 2.25, days: [{ dayMs: MONDAY + DAY_MS, calls: 9, costUsd: 2.25 }] }),
    ]);
    expect(cells(text, 'mini').join('|')).toBe('mini|1,200|3|1,000,000|250,000|40,000|1.5000|0.7500|5.250');
    expect(cells(text, 'all').join('|')).toBe('all|2,400|6|2,000,000|500,000|80,000|3.7500|1.5000|10.500');
    expect(cells(text, '2026-01-05').slice(-2)).toEqual(['700', '0.9000']);
    expect(cells(text, '2026-01-06').slice(-2)).toEqual(['509', '2.8500']);
    expect(text.split('\n').every((line) => line.length <= 120)).toBe(true);
  });

  it('needs no line for all where there is one', () => {
    expect(cells(modelCostsText([row({})]), 'all')).toEqual([]);
  });
});
