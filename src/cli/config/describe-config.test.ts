import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANDLE_CACHE } from '../candle-cache-folder.js';
import { MODEL_VARIABLES } from '../models-of-this-machine.js';
import { describeConfig } from './describe-config.js';
import { loadConfig } from './load-config.js';
import { ENVIRONMENT, SETTINGS } from './settings.js';

const PROJECT = resolve(import.meta.dirname, '../../..');
const NOWHERE = join(PROJECT, 'src/cli/config');

/** Secrets, so in no settings file: adapters/notify/webhook-targets.ts reads them. */
const NOTES = ['NOTIFY_WEBHOOK_URL', 'NOTIFY_FORMAT', 'DISCORD_WEBHOOK_URL', 'SLACK_WEBHOOK_URL'];
/** Likewise: adapters/language-models/providers.ts reads them, `<PROVIDER>_API_KEY` and `<PROVIDER>_BASE_URL` of any provider. */
const KEYS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'];

/** What has no default: absent means off, or all. */
const OPTIONAL = [
  'market.secondExchange',
  'market.exchangeUrl',
  'market.secondExchangeUrl',
  'market.symbols',
  'risk.classes',
  'risk.maxClassExposureFraction',
  'risk.correlatedAbove',
  'llm.prices',
  'llm.providers',
  'replay.leastShardMs',
];

describe('the list of settings', () => {
  it('has every leaf of the values once, with a meaning', () => {
    const rows = describeConfig(loadConfig({ cwd: NOWHERE, env: {}, flags: { 'market.symbols': 'A,B' } }));
    const { values } = loadConfig({ cwd: NOWHERE, env: {}, flags: { 'market.symbols': 'A,B' } });
    const optional = OPTIONAL.filter((key) => key !== 'market.symbols');
    expect(rows.map((row) => row.key).filter((key) => !optional.includes(key))).toEqual(leavesOf(values));
    for (const row of rows) expect(row.description, row.key).toMatch(/\w{3}/);
  });

  it('shows the effective value and who set it', () => {
    const rows = describeConfig(
      loadConfig({ cwd: NOWHERE, env: { ARENA_SEED: '9' }, flags: { 'market.timeframe': '4h' } }),
    );
    const row = (key: string): unknown => rows.find((candidate) => candidate.key === key);
    expect(row('market.seed')).toMatchObject({ value: '9', origin: 'environment' });
    expect(row('market.timeframe')).toMatchObject({ value: '4h', origin: 'flag' });
    expect(row('market.symbols')).toMatchObject({ value: '-', origin: 'default' });
    expect(row('cashUsd')).toMatchObject({ value: '10000', origin: 'default' });
  });
});

describe('the examples in the project folder', () => {
  it('arena.config.example.json holds every setting with its default, except the optional ones', () => {
    const file = 'arena.config.example.json';
    const example = loadConfig({ cwd: PROJECT, env: {}, flags: {}, file });
    const defaults = loadConfig({ cwd: NOWHERE, env: {}, flags: {} });
    expect(example.values).toEqual(defaults.values);
    const missing = SETTINGS.filter(({ path }) => example.origins[path] !== 'file').map(({ path }) => path);
    expect(missing).toEqual(OPTIONAL);
  });

  it('.env.example names every variable that is read, and no other', () => {
    const text = readFileSync(join(PROJECT, '.env.example'), 'utf8');
    const named = [...text.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    expect(named).toEqual([
      ...Object.keys(ENVIRONMENT),
      CANDLE_CACHE,
      ...MODEL_VARIABLES,
      ...KEYS,
      ...NOTES,
      'REDIS_URL',
    ]);
  });
});

function leavesOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? leavesOf(child, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}
