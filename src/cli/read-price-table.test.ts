import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { priceOf } from '../core/domain/model-prices.js';
import { readPriceTable } from './read-price-table.js';

describe('the file of prices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arena-prices-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('ships with the product', () => {
    expect(priceOf(readPriceTable(), 'openai', 'gpt-4o-mini-2024-07-18', '2025-10-17')).toMatchObject({
      model: 'gpt-4o-mini',
      inputUsdPerMTok: 0.15,
      outputUsdPerMTok: 0.6,
    });
  });

  it('can be one’s own, and says where it is wrong', () => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, '{"prices": []}');
    expect(readPriceTable(file)).toEqual([]);
    writeFileSync(file, '{"prices": [{"provider": "x"}]}');
    expect(() => readPriceTable(file)).toThrow('prices.json is not a price table: prices.0');
    writeFileSync(file, '{"prices": [');
    expect(() => readPriceTable(file)).toThrow('line 1');
    expect(() => readPriceTable(join(folder, 'none.json'))).toThrow('no such price table');
  });
});
