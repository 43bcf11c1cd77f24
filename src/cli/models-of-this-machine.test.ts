import { describe, expect, it } from 'vitest';
import { withModelsOfThisMachine } from './models-of-this-machine.js';

const HYBRID = { kind: 'regime-hybrid' };
const OPENAI = { provider: 'openai', model: 'gpt-4o-mini' };

describe('the model of a contestant that names none', () => {
  it('is the default one, in every form of a contestant file', () => {
    const filled = { ...HYBRID, params: OPENAI };
    expect(withModelsOfThisMachine(HYBRID, {})).toEqual(filled);
    expect(withModelsOfThisMachine([HYBRID], {})).toEqual([filled]);
    expect(withModelsOfThisMachine({ contestants: [HYBRID, { kind: 'flat' }] }, {})).toEqual({
      contestants: [filled, { kind: 'flat' }],
    });
    expect(withModelsOfThisMachine({ kind: 'llm-direct', params: { side: 'both' } }, {})).toEqual({
      kind: 'llm-direct',
      params: { side: 'both', ...OPENAI },
    });
  });

  it('is the one of the environment where that names one', () => {
    const env = { LLM_PROVIDER: 'local', LLM_MODEL: 'tiny' };
    expect(withModelsOfThisMachine(HYBRID, env)).toEqual({
      ...HYBRID,
      params: { provider: 'local', model: 'tiny' },
    });
    expect(withModelsOfThisMachine(HYBRID, { LLM_MODEL: 'gpt-5' })).toEqual({
      ...HYBRID,
      params: { provider: 'openai', model: 'gpt-5' },
    });
    expect(withModelsOfThisMachine(HYBRID, { LLM_PROVIDER: ' ', LLM_MODEL: '' })).toEqual({
      ...HYBRID,
      params: OPENAI,
    });
  });

  it('is never the model of another provider', () => {
    expect(() => withModelsOfThisMachine(HYBRID, { LLM_PROVIDER: 'anthropic' })).toThrow(
      'LLM_PROVIDER is "anthropic", and LLM_MODEL names no model of it',
    );
    const own = { ...HYBRID, params: { provider: 'anthropic' } };
    expect(withModelsOfThisMachine(own, {})).toEqual(own);
  });

  it("gives way to the file's own words, in params and in grid", () => {
    const own = { ...HYBRID, params: { provider: 'a', model: 'b', side: 'both' } };
    expect(withModelsOfThisMachine(own, { LLM_MODEL: 'x' })).toEqual(own);
    const grid = { ...HYBRID, grid: { model: ['b', 'c'] } };
    expect(withModelsOfThisMachine(grid, {})).toEqual({ ...grid, params: { provider: 'openai' } });
  });

  it('leaves everything else as it is, wrong forms included', () => {
    for (const content of [null, 5, 'x', [null], { kind: 'sma-cross' }, { ...HYBRID, params: 7 }])
      expect(withModelsOfThisMachine(content, { LLM_MODEL: 'x' })).toEqual(content);
  });
});
