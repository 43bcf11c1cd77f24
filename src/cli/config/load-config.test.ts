import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../core/domain/problem.js';
import { type ConfigSources, type LoadedConfig, loadConfig } from './load-config.js';

const root = mkdtempSync(join(tmpdir(), 'arena-config-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let folders = 0;
/** A working directory, with a settings file of this text if there is one. */
function folderWith(text?: string): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  if (text !== undefined) writeFileSync(join(folder, 'arena.config.json'), text);
  return folder;
}

function load(text?: string, sources: Partial<ConfigSources> = {}): LoadedConfig {
  return loadConfig({ cwd: folderWith(text), env: {}, flags: {}, ...sources });
}

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('expected a problem');
}

describe('settings', () => {
  it('are the defaults where there is no file', () => {
    const { values, origins, file } = load();
    expect(file).toBeUndefined();
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
    expect(values).toEqual({
      market: {
        source: 'generated',
        exchange: 'binance',
        timeframe: '1h',
        seed: 1,
        instrument: 'spot',
        days: 60,
        continueDays: 7,
        warmupBars: 500,
      },
      live: {
        settleSeconds: 2,
        confirmSeconds: 15,
        missingSeconds: 60,
        patienceSeconds: 300,
        maxDisagreementFraction: 0.02,
        jumpDeviations: 20,
        leastJumpFraction: 0.1,
        readings: true,
        clockFactor: 1,
        keepReadingsDays: 90,
      },
      cashUsd: 10_000,
      costs: { takerFeeBps: 5, makerFeeBps: 2, halfSpreadBps: 2, slippageBps: 0, impactBps: 10 },
      risk: {
        maxSymbolExposureFraction: 1,
        maxGrossExposureFraction: 1,
        maxOrderValueUsd: 1_000_000,
        maxOpenNames: 50,
        minNotionalUsd: 10,
      },
      board: { minimumHours: 168 },
      pruning: { everyHours: 0 },
      cohort: { opensOn: 'monday', looks: 'year', alpha: 0.1 },
      contestants: { folder: 'contestants' },
      state: { folder: 'arena_state' },
      deployments: { folder: 'deployments', minTenureHours: 0 },
      trials: { sources: [] },
      logs: { folder: 'logs', level: 'info', maxMegabytes: 20, maxHours: 24, keepFiles: 14, keepStarts: 20 },
      metrics: { port: 0, host: '127.0.0.1' },
      paper: {
        folder: 'paper_trades',
        cashUsd: 10_000,
        dayLossFraction: 0.05,
        weekLossFraction: 0.1,
        drawdownFraction: 0.08,
        lossStreakSizing: true,
        protection: {
          stopFraction: 0,
          trailingStopFraction: 0,
          maxWeightFraction: 0,
          portfolioTrailingStopFraction: 0,
          profitTakeFraction: 0,
          profitTakeShare: 0.5,
          cooldownHours: 24,
          minHoldHours: 0,
        },
        pollMs: 500,
        fills: 'bar',
        quoteSeconds: 10,
      },
      llm: {
        mode: 'record',
        recordings: 'llm_recordings/calls.sqlite',
        budgetUsdTotal: 20,
        budgetUsdPerDay: null,
        deadlineSeconds: 600,
        timeoutSeconds: 60,
        retries: 3,
      },
      replay: { groupRounds: 200, groupMs: 1_000, projectionMs: 1_000 },
    });
  });

  it('of a file replace single defaults and leave their neighbours', () => {
    const { values, origins } = load('{ "costs": { "takerFeeBps": 7.5 }, "market": {} }');
    expect(values.costs).toMatchObject({ takerFeeBps: 7.5, makerFeeBps: 2 });
    expect(origins['costs.takerFeeBps']).toBe('file');
    expect(origins['costs.makerFeeBps']).toBe('default');
    expect(origins['market.seed']).toBe('default');
  });

  it('of the environment win over the file, and flags over both', () => {
    const text = '{ "market": { "seed": 2, "timeframe": "4h", "source": "candles" } }';
    const { values, origins, file } = load(text, {
      env: { ARENA_SEED: '3', ARENA_TIMEFRAME: '1d', ARENA_UNRELATED: 'x' },
      flags: { 'market.seed': '4', 'market.symbols': undefined },
    });
    expect(values.market).toMatchObject({ seed: 4, timeframe: '1d', source: 'candles' });
    expect(origins).toMatchObject({
      'market.seed': 'flag',
      'market.timeframe': 'environment',
      'market.source': 'file',
      'market.symbols': 'default',
    });
    expect(file).toMatch(/arena\.config\.json$/);
  });

  it('that are equal to the default still say who set them', () => {
    expect(load('{ "cashUsd": 10000 }').origins['cashUsd']).toBe('file');
  });

  it('treat an empty variable as not set', () => {
    expect(load(undefined, { env: { ARENA_SEED: '' } }).origins['market.seed']).toBe('default');
  });

  it('read a list at its commas', () => {
    const { values } = load(undefined, { env: { ARENA_SYMBOLS: 'BTCUSDT, ETHUSDT' } });
    expect(values.market.symbols).toEqual(['BTCUSDT', 'ETHUSDT']);
  });

  it('cannot be changed afterwards', () => {
    const { values, origins } = load('{ "market": { "symbols": ["BTCUSDT"] } }');
    expect(Object.isFrozen(values)).toBe(true);
    expect(Object.isFrozen(values.costs)).toBe(true);
    expect(Object.isFrozen(values.market.symbols)).toBe(true);
    expect(Object.isFrozen(origins)).toBe(true);
  });

  it('come from the file that --config names, and from no other', () => {
    const cwd = folderWith('{ "cashUsd": 1 }');
    writeFileSync(join(cwd, 'other.json'), '{ "cashUsd": 2 }');
    const { values, file } = loadConfig({ cwd, env: {}, flags: {}, file: 'other.json' });
    expect(values.cashUsd).toBe(2);
    expect(file).toBe(join(cwd, 'other.json'));
  });

  it('may begin with a byte order mark', () => {
    expect(load('\uFEFF{ "cashUsd": 5 }').values.cashUsd).toBe(5);
  });
});

const BAD_FILES: readonly (readonly [what: string, text: string, message: RegExp, hint: RegExp])[] = [
  [
    'a slip in a key',
    '{ "costs": { "takreFeeBps": 1 } }',
    /costs\.takreFeeBps: there is no such setting$/,
    /did you mean "costs\.takerFeeBps"/,
  ],
  ['a slip in a group', '{ "markt": {} }', /: markt: there is no such setting$/, /did you mean "market"\?/],
  ['another case', '{ "cashUSD": 5 }', /: cashUSD: /, /did you mean "cashUsd"\?/],
  [
    'a key of another group',
    '{ "costs": { "minNotionalUsd": 1 } }',
    /costs\.minNotionalUsd/,
    /did you mean "risk\.minNotionalUsd"/,
  ],
  ['a key without its group', '{ "timeframe": "1h" }', /: timeframe: /, /did you mean "market\.timeframe"/],
  [
    'a key like no other',
    '{ "xylophone": 1 }',
    /: xylophone: there is no such setting$/,
    /^`npm run arena -- config` lists/,
  ],
  ['a key of every object', '{ "constructor": 1 }', /: constructor: there is no such setting$/, /./],
  [
    'a key that would change prototypes',
    '{ "__proto__": { "cashUsd": 1 } }',
    /__proto__: there is no such setting$/,
    /./,
  ],
  [
    'two unknown keys',
    '{ "abc": 1, "def": 2 }',
    /: abc: there is no such setting \(and 1 more in this file\)$/,
    /./,
  ],
  ['text for a number', '{ "cashUsd": "lots" }', /: cashUsd: expected number, got "lots"$/, /starting cash/],
  [
    'a number in quotes',
    '{ "market": { "seed": "7" } }',
    /: market\.seed: expected number, got "7"$/,
    /seed/,
  ],
  ['a number for text', '{ "state": { "folder": 5 } }', /: state\.folder: expected string, got 5$/, /folder/],
  [
    'an empty name',
    '{ "state": { "folder": "" } }',
    /: state\.folder: expected string to have >=1 characters, got ""$/,
    /folder/,
  ],
  ['null', '{ "cashUsd": null }', /: cashUsd: expected number, got null$/, /cash/],
  ['a value for a group', '{ "costs": 5 }', /: costs: expected object, got 5$/, /lists all settings/],
  [
    'a negative fee',
    '{ "costs": { "takerFeeBps": -1 } }',
    /: costs\.takerFeeBps: expected number to be >=0, got -1$/,
    /fee/,
  ],
  [
    'a fee of more than everything',
    '{ "costs": { "takerFeeBps": 10001 } }',
    /expected number to be <=10000, got 10001$/,
    /fee/,
  ],
  ['no cash', '{ "cashUsd": 0 }', /: cashUsd: expected number to be >0, got 0$/, /cash/],
  ['a number too large to hold', '{ "cashUsd": 1e999 }', /: cashUsd: expected number, got Infinity$/, /cash/],
  [
    'half a bar',
    '{ "market": { "warmupBars": 1.5 } }',
    /: market\.warmupBars: expected a whole number, got 1\.5$/,
    /earlier bars/,
  ],
  [
    'an unknown timeframe',
    '{ "market": { "timeframe": "2h" } }',
    /: market\.timeframe: expected one of "1m"\|.*\|"1d", got "2h"$/,
    /bar length/,
  ],
  [
    'another weekday',
    '{ "cohort": { "opensOn": "friday" } }',
    /: cohort\.opensOn: expected one of "monday"\|"day", got "friday"$/,
    /cohort/,
  ],
  [
    'a budget that allows everything',
    '{ "cohort": { "alpha": 1 } }',
    /: cohort\.alpha: expected number to be <=0.5, got 1$/,
    /./,
  ],
  [
    'one symbol as text',
    '{ "market": { "symbols": "BTCUSDT" } }',
    /: market\.symbols: expected array, got "BTCUSDT"$/,
    /symbols/,
  ],
  [
    'a number among symbols',
    '{ "market": { "symbols": ["BTCUSDT", 5] } }',
    /: market\.symbols\.1: expected string, got 5$/,
    /symbols to trade/,
  ],
  [
    'no symbols',
    '{ "market": { "symbols": [] } }',
    /: market\.symbols: expected array to have >=1 items, got \[\]$/,
    /symbols/,
  ],
  [
    'a symbol twice',
    '{ "market": { "symbols": ["A", "A"] } }',
    /: market\.symbols: expected every symbol once, got \["A","A"\]$/,
    /symbols/,
  ],
  ['a list for the whole', '[]', /json: expected an object of settings, got \[\]$/, /cashUsd/],
  ['text for the whole', '"generated"', /json: expected an object of settings, got "generated"$/, /cashUsd/],
  ['null for the whole', 'null', /json: expected an object of settings, got null$/, /cashUsd/],
  ['an empty file', '', /json: is empty/, /./],
  ['a file of blanks', ' \n ', /json: is empty/, /./],
  ['a missing comma', '{\n  "cashUsd": 5\n  "market": {}\n}', /json: line 3, column 3: not JSON/, /comma/],
  ['a comma too many', '{\n  "cashUsd": 5,\n}', /json: line 3, column 1: not JSON/, /comma/],
  ['an open brace', '{ "cashUsd": 5', /json: line 1, column 15: not JSON/, /comma/],
  ['a comment', '{\n // cash\n "cashUsd": 5 }', /json: line 2, column 2: not JSON/, /comma/],
];

describe('a settings file', () => {
  it.each(BAD_FILES)('B-46, B-47: with %s is refused: %s', (_what, text, message, hint) => {
    const problem = problemOf(() => load(text));
    expect(problem.kind).toBe('input');
    expect(problem.message).toMatch(/^\S+arena\.config\.json: /);
    expect(problem.message).toMatch(message);
    expect(problem.hint).toMatch(hint);
  });

  it('is refused although a flag would replace its mistake', () => {
    const problem = problemOf(() => load('{ "market": { "seed": "x" } }', { flags: { 'market.seed': '1' } }));
    expect(problem.message).toMatch(/market\.seed/);
  });

  it('that --config names must exist', () => {
    const problem = problemOf(() => load(undefined, { file: 'missing.json' }));
    expect(problem.kind).toBe('input');
    expect(problem.message).toMatch(/missing\.json: there is no such settings file$/);
  });

  it('that is a folder is refused', () => {
    const cwd = folderWith();
    mkdirSync(join(cwd, 'arena.config.json'));
    const problem = problemOf(() => loadConfig({ cwd, env: {}, flags: {} }));
    expect(problem.message).toMatch(/cannot be read \(EISDIR\)$/);
  });

  it('with a long value is quoted in part', () => {
    const problem = problemOf(() => load(`{ "cashUsd": "${'9'.repeat(500)}" }`));
    expect(problem.message).toMatch(/got "9{56}\.\.\.$/);
  });
});

describe('a flag or variable', () => {
  it.each([
    ['market.seed', 'abc', /^--seed "abc": expected number$/],
    ['market.seed', '', /^--seed "": expected number$/],
    ['market.seed', '0x10', /^--seed "0x10": expected number$/],
    ['market.seed', 'Infinity', /^--seed "Infinity": expected number$/],
    ['market.seed', '1.5', /^--seed "1\.5": expected a whole number$/],
    ['market.seed', '-1', /^--seed "-1": expected number to be >=0$/],
    ['market.timeframe', '90m', /^--timeframe "90m": expected one of /],
    ['market.symbols', 'A,,B', /^--symbols "A,,B": expected string to have >=1 characters$/],
    ['market.source', '', /^--market "": expected string to have >=1 characters$/],
    ['state.folder', '', /^--state "": expected string/],
    ['contestants.folder', '', /^--contestants "": expected string/],
  ])('for %s does not take "%s"', (path, text, message) => {
    const problem = problemOf(() => load(undefined, { flags: { [path]: text } }));
    expect(problem.kind).toBe('usage');
    expect(problem.message).toMatch(message);
    expect(problem.hint, 'the meaning of the setting').toMatch(/.../);
  });

  it('is called by the name a person gave it', () => {
    const problem = problemOf(() => load(undefined, { env: { ARENA_TIMEFRAME: 'hourly' } }));
    expect(problem.message).toMatch(/^ARENA_TIMEFRAME "hourly": expected one of "1m"/);
  });

  it('may write a number as people do', () => {
    expect(load(undefined, { flags: { 'market.seed': ' 42 ' } }).values.market.seed).toBe(42);
    expect(load(undefined, { flags: { 'market.seed': '1e3' } }).values.market.seed).toBe(1_000);
  });
});
