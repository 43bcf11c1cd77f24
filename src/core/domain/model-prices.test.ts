import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TOKENS, type TokenUsage } from './model-call.js';
import {
  type ModelPrice,
  type TokenPrice,
  costUsd,
  estimateCostUsd,
  parsePriceTable,
  priceOf,
  undatedModelId,
} from './model-prices.js';
import { Problem } from './problem.js';

const entry = (changes: Partial<ModelPrice> = {}): ModelPrice => ({
  provider: 'openai',
  model: 'gpt-4o-mini',
  from: '2025-01-01',
  inputUsdPerMTok: 0.15,
  cachedInputUsdPerMTok: 0.075,
  outputUsdPerMTok: 0.6,
  source: 'made up',
  ...changes,
});

const price = fc.record({
  inputUsdPerMTok: fc.double({ min: 0, max: 100, noNaN: true }),
  cachedInputUsdPerMTok: fc.double({ min: 0, max: 100, noNaN: true }),
  cacheWriteUsdPerMTok: fc.double({ min: 0, max: 100, noNaN: true }),
  outputUsdPerMTok: fc.double({ min: 0, max: 300, noNaN: true }),
});
const count = fc.nat(1_000_000);
const usage = fc.record({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
});

describe('a price table', () => {
  const table = parsePriceTable(
    {
      prices: [
        entry({ from: '2025-06-01', inputUsdPerMTok: 0.1 }),
        entry({ from: '2024-07-18' }),
        entry({ model: 'gpt-4o-mini-2024-07-18', from: '2024-07-18', inputUsdPerMTok: 9 }),
        entry({ provider: 'ollama', model: '*', from: '2020-01-01', inputUsdPerMTok: 0 }),
      ],
    },
    'a made table',
  );

  it('gives the newest price that holds on a day', () => {
    const on = (day: string): number | undefined =>
      priceOf(table, 'openai', 'gpt-4o-mini', day)?.inputUsdPerMTok;
    expect(on('2025-05-31')).toBe(0.15);
    expect(on('2025-06-01')).toBe(0.1);
    expect(on('2030-01-01')).toBe(0.1);
    // Older than the first entry: the first one counts.
    expect(on('2017-01-01')).toBe(0.15);
  });

  it('takes an id with a date for the one without, where it has no entry of its own', () => {
    const of = (model: string): number | undefined =>
      priceOf(table, 'openai', model, '2026-01-01')?.inputUsdPerMTok;
    expect(of('gpt-4o-mini-2024-07-18')).toBe(9);
    expect(of('gpt-4o-mini-2025-12-24')).toBe(0.1);
    expect(of('gpt-4o-mini-audio-2025-12-24')).toBeUndefined();
    expect(of('gpt-4o')).toBeUndefined();
  });

  it('knows which endings are dates', () => {
    expect(undatedModelId('claude-haiku-4-5-20251001')).toBe('claude-haiku-4-5');
    expect(undatedModelId('claude-opus-4@20250514')).toBe('claude-opus-4');
    expect(undatedModelId('gpt-5-2025-08-07')).toBe('gpt-5');
    for (const model of ['llama-3.1-8b-instant', 'gpt-4-0613', 'o3', 'claude-opus-4-8', 'qwen-2025-1'])
      expect(undatedModelId(model)).toBe(model);
  });

  it('has a price for every model of a machine of one’s own, and for no model of another provider', () => {
    expect(priceOf(table, 'ollama', 'anything:7b', '2026-01-01')?.inputUsdPerMTok).toBe(0);
    expect(priceOf(table, 'vllm', 'anything', '2026-01-01')).toBeUndefined();
  });

  it.each([
    [{ prices: [entry({ from: '18.07.2024' })] }, 'prices.0.from'],
    [{ prices: [entry({ inputUsdPerMTok: -1 })] }, 'prices.0.inputUsdPerMTok'],
    [{ prices: [entry({ source: '' })] }, 'prices.0.source'],
    [{ prices: [{ ...entry(), inputUsdPerKTok: 1 }] }, 'prices.0'],
    [[entry()], 'expected object'],
    [{ prices: [entry(), entry()] }, 'two prices for openai gpt-4o-mini 2025-01-01'],
  ])('says where it is wrong (%#)', (raw, where) => {
    const read = (): unknown => parsePriceTable(raw, 'prices/mine.json');
    expect(read).toThrow(Problem);
    expect(read).toThrow(where);
    expect(read).toThrow('prices/mine.json');
  });
});

describe('the cost of a call', () => {
  it('is what each kind of token costs', () => {
    const spent: TokenUsage = {
      inputTokens: 1000,
      cachedInputTokens: 10_000,
      cacheWriteTokens: 2000,
      outputTokens: 500,
    };
    const haiku: TokenPrice = {
      inputUsdPerMTok: 1,
      cachedInputUsdPerMTok: 0.1,
      cacheWriteUsdPerMTok: 1.25,
      outputUsdPerMTok: 5,
    };
    expect(costUsd(spent, haiku)).toBeCloseTo(0.001 + 0.001 + 0.0025 + 0.0025, 12);
    const { cacheWriteUsdPerMTok: _none, ...withoutWrites } = haiku;
    expect(costUsd(spent, withoutWrites)).toBeCloseTo(0.001 + 0.001 + 0.002 + 0.0025, 12);
    expect(costUsd(NO_TOKENS, haiku)).toBe(0);
  });

  it('of two calls is the sum of both', () => {
    fc.assert(
      fc.property(price, usage, usage, (at, one, other) => {
        const both = {
          inputTokens: one.inputTokens + other.inputTokens,
          cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
          cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
          outputTokens: one.outputTokens + other.outputTokens,
        };
        const apart = costUsd(one, at) + costUsd(other, at);
        expect(Math.abs(costUsd(both, at) - apart)).toBeLessThanOrEqual(1e-12 * (1 + apart));
      }),
    );
  });

  it('is never more than the estimate, when the prompt has no more tokens than estimated', () => {
    fc.assert(
      fc.property(
        price,
        fc.string(),
        fc.string(),
        fc.integer({ min: 1, max: 8000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (at, system, user, maxTokens, writtenShare, usedShare) => {
          const setup = { provider: 'p', model: 'm', temperature: null, maxTokens };
          const estimate = estimateCostUsd({ setup, system, user }, at);
          const cacheWriteTokens = Math.floor(estimate.promptTokens * writtenShare);
          const spent = {
            inputTokens: estimate.promptTokens - cacheWriteTokens,
            cachedInputTokens: 0,
            cacheWriteTokens,
            outputTokens: Math.floor(maxTokens * usedShare),
          };
          expect(costUsd(spent, at)).toBeLessThanOrEqual(estimate.costUsd * (1 + 1e-12));
        },
      ),
    );
  });
});

describe('the table that ships with the product', () => {
  const path = join(import.meta.dirname, '../../../prices/models.json');
  const table = parsePriceTable(JSON.parse(readFileSync(path, 'utf8')), 'prices/models.json');

  it('has a source for each of its prices', () => {
    expect(table.length).toBeGreaterThan(40);
    for (const { source } of table) expect(source).toMatch(/\w{3}/);
  });

  it('has reading from a cache never dearer, and writing to it never cheaper, than plain input', () => {
    for (const { model, inputUsdPerMTok, cachedInputUsdPerMTok, cacheWriteUsdPerMTok } of table) {
      expect(cachedInputUsdPerMTok, model).toBeLessThanOrEqual(inputUsdPerMTok);
      if (cacheWriteUsdPerMTok !== undefined)
        expect(cacheWriteUsdPerMTok, model).toBeGreaterThanOrEqual(inputUsdPerMTok);
    }
  });

  it('knows a price that changed', () => {
    const cached = (day: string): number | undefined =>
      priceOf(table, 'anthropic', 'claude-sonnet-5-5', day)?.cachedInputUsdPerMTok;
    expect([cached('2026-10-06'), cached('2026-10-07')]).toEqual([0.2, 0.1]);
  });

  it('has models on machines of one’s own for nothing', () => {
    for (const provider of ['ollama', 'vllm'])
      expect(
        costUsd(
          { inputTokens: 1e6, cachedInputTokens: 1e6, cacheWriteTokens: 1e6, outputTokens: 1e6 },
          priceOf(table, provider, 'llama3.2:3b', '2026-01-01') ?? entry(),
        ),
      ).toBe(0);
  });
});
