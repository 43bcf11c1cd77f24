import { describe, expect, it } from 'vitest';
import { sha256 } from '../../test/support/made-arena.js';
import { contestantId } from '../core/arena/contestant.js';
import type { RosterMarket } from '../core/arena/parse-roster.js';
import { createKinds } from '../core/strategies/catalog.js';
import { type ModelFile, parseModelFile, parseNamedModel } from './parse-model-file.js';

const MARKET: RosterMarket = { symbols: ['BTC-USDT', 'ETH-USDT'], instrument: 'spot', timeframe: '1h' };
const DEFAULTS = { provider: 'openai', model: 'gpt-4o-mini' };

function parse(content: unknown): ModelFile {
  return parseModelFile(content, 'a.json', MARKET, createKinds(), DEFAULTS);
}
const ids = (content: unknown): string[] =>
  parse(content).entries.map(({ manifest }) => contestantId(manifest, sha256));

describe('a file of a model', () => {
  it('that says nothing is the model of this machine, on all symbols and bars of the market', () => {
    const { entries, provider, model } = parse({});
    expect([provider, model]).toEqual(['openai', 'gpt-4o-mini']);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.manifest).toMatchObject({
      kind: 'llm-trader',
      symbols: MARKET.symbols,
      timeframe: '1h',
      params: { provider: 'openai', model: 'gpt-4o-mini', trial: 1, temperature: null },
    });
  });

  it('gives every trial its own identity and name; the first is the contestant that one trial is', () => {
    const three = parse({ title: 'mini', trials: 3 });
    expect(three.entries.map(({ name }) => name)).toEqual(['mini #1', 'mini #2', 'mini #3']);
    expect(new Set(ids({ trials: 3 })).size).toBe(3);
    expect(ids({ trials: 3 })[0]).toBe(ids({})[0]);
    expect(parse({ title: 'mini' }).entries[0]?.name).toBe('mini');
  });

  it('has an identity without address and price, and with everything that the model is asked', () => {
    const plain = ids({});
    expect(ids({ baseUrl: 'http://127.0.0.1:9/v1', price: { inputUsdPerMTok: 1 } })).toEqual(plain);
    expect(ids({ title: 'otherwise' })).toEqual(plain);
    for (const change of [
      { temperature: 0.7 },
      { interval: '4h' },
      { symbols: ['BTC-USDT'] },
      { params: { leverageMax: 3 } },
      { budgetUsdPerDay: 1 },
      { provider: 'groq', model: 'm' },
    ])
      expect(ids(change), JSON.stringify(change)).not.toEqual(plain);
  });

  it('takes provider and model from the parameters where it does not name them beside', () => {
    const { provider, model, entries } = parse({
      params: { provider: 'anthropic', model: 'claude-haiku-4-5' },
    });
    expect([provider, model]).toEqual(['anthropic', 'claude-haiku-4-5']);
    expect(entries[0]?.manifest.params).toMatchObject({ provider: 'anthropic', model: 'claude-haiku-4-5' });
    expect(parse({ model: 'gpt-4o', params: { model: 'gpt-4o-mini' } }).model).toBe('gpt-4o');
  });

  it('of another provider has to name its model: the default one is not there', () => {
    const filled = { kind: 'llm-trader', provider: 'anthropic', params: { ...DEFAULTS } };
    for (const content of [{ provider: 'anthropic' }, { provider: 'recorded' }, filled])
      expect(() => parse(content), JSON.stringify(content)).toThrow(/a\.json\.model: which model of/);
    expect(() => parseNamedModel({ provider: 'anthropic' }, 'b.json', DEFAULTS)).toThrow('b.json.model');
    expect(parse({ provider: 'openai' }).model).toBe('gpt-4o-mini');
  });

  it.each([
    [{ temprature: 1 }, 'a.json'],
    [{ temperature: 3 }, 'a.json.temperature'],
    [{ trials: 0 }, 'a.json.trials'],
    [{ trials: 1001 }, 'a.json.trials'],
    [{ interval: '7m' }, 'a.json.interval'],
    [{ budgetUsdPerDay: -1 }, 'a.json.budgetUsdPerDay'],
    [[], 'a.json'],
    ['gpt-4o-mini', 'a.json'],
    [{ kind: 'gpt' }, 'there is no kind "gpt"'],
    [{ params: { leverage: 3 } }, 'leverage'],
  ])('%j is refused, and the message names where it stands', (content, where) => {
    expect(() => parse(content)).toThrow(where);
  });

  it('may be of any kind that asks, with the breakers that it names', () => {
    const { entries } = parse({
      kind: 'regime-hybrid',
      symbols: 'majors',
      breakers: { drawdownFraction: 0.2 },
    });
    expect(entries[0]?.kind.manifest.kind).toBe('regime-hybrid');
    expect(entries[0]?.manifest.breakers).toMatchObject({ drawdownFraction: 0.2 });
  });
});
