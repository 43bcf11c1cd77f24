import { createKinds } from '../../src/core/strategies/catalog.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { chooseFirstBar } from '../../src/app/choose-market.js';
import { loadConfig } from '../../src/cli/config/load-config.js';
import { parseJsonFile } from '../../src/cli/parse-json-file.js';
import { readRosterFiles } from '../../src/cli/read-roster-files.js';
import { type RosterMarket, parseRoster } from '../../src/core/arena/parse-roster.js';
import { Problem } from '../../src/core/domain/problem.js';
import { temporaryFolder } from '../support/cli.js';

const folder = temporaryFolder();
afterAll(folder.remove);
let made = 0;

/** A folder with these files; content may be bytes. */
function folderWith(files: Record<string, string | Uint8Array>): string {
  const path = join(folder.path, `case-${String(made++)}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const HEAD = 'timestamp,open,high,low,close,volume';
const T0 = Date.UTC(2025, 0, 1);
const hour = (n: number): number => T0 + n * 3_600_000;
const row = (n: number, rest = '10,11,9,10,5'): string => `${String(hour(n))},${rest}`;
const csv = (...lines: string[]): string => [HEAD, ...lines].join('\n') + '\n';
const GOOD = csv(row(0), row(1), row(2));

/** What a person reads: message and hint. */
function complaintOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return `${error.kind}: ${error.message} | ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('nothing was wrong with it');
}

describe('bad candles name file, line, what stands there and what was expected', () => {
  const load =
    (files: Record<string, string | Uint8Array>, symbols?: string[], timeframe: '1h' | '4h' = '1h') =>
    (): unknown =>
      loadRecordedMarket({
        folder: folderWith(files),
        timeframe,
        ...(symbols === undefined ? {} : { symbols }),
      });
  const one = (text: string | Uint8Array): (() => unknown) => load({ 'A/1h.csv': text });

  it.each<[string, () => unknown, string[]]>([
    ['an empty file', one(''), ['A/1h.csv', 'is empty', 'header']],
    ['a header alone', one(`${HEAD}\n`), ['A/1h.csv', 'no rows']],
    ['no header', one(`${row(0)}\n${row(1)}\n`), ['line 1', 'no column "time"', 'header']],
    [
      'a missing column',
      one('timestamp,open,high,low,close\n1,2,3,4,5\n'),
      ['line 1', 'no column "volume"', 'vol'],
    ],
    ['a column twice', one(`${HEAD},Close\n${row(0)},4\n`), ['"close" stands there 2 times']],
    [
      'text in a number',
      one(csv(row(0), row(1, '10,abc,9,10,5'))),
      ['line 3', 'column "high"', '"abc"', 'expected a number'],
    ],
    ['an empty field', one(csv(row(0, '10,11,,10,5'))), ['line 2', 'column "low"', 'nothing']],
    ['NaN', one(csv(row(0, '10,11,9,NaN,5'))), ['line 2', 'column "close"', '"NaN"']],
    ['Infinity', one(csv(row(0, '10,Infinity,9,10,5'))), ['line 2', '"Infinity"']],
    ['hexadecimal', one(csv(row(0, '10,0x1F,9,10,5'))), ['line 2', '"0x1F"']],
    [
      'a negative price',
      one(csv(row(0), row(1, '-10,11,9,10,5'))),
      ['line 3', 'column "open" is -10', 'above 0'],
    ],
    ['a price of zero', one(csv(row(0, '10,11,0,10,5'))), ['line 2', 'column "low" is 0']],
    ['a negative volume', one(csv(row(0, '10,11,9,10,-5'))), ['line 2', 'column "volume" is -5']],
    ['high below low', one(csv(row(0, '10,8,9,10,5'))), ['line 2', 'high 8 is below low 9']],
    ['high below close', one(csv(row(0, '10,10.5,9,11,5'))), ['line 2', 'high 10.5 is below']],
    ['low above open', one(csv(row(0, '10,12,11,11.5,5'))), ['line 2', 'low 11 is above']],
    ['a time twice', one(csv(row(0), row(1), row(1))), ['line 4', '2025-01-01T01:00Z', 'twice']],
    ['times out of order', one(csv(row(0), row(2), row(1))), ['line 4', 'comes after', 'sort']],
    [
      'mixed spacing',
      one(csv(row(0), row(1), `${String(hour(1) + 900_000)},10,11,9,10,5`)),
      ['line 4', 'grid', '1h'],
    ],
    ['bars of another length', one(csv(row(0), row(4), row(8))), ['240 minutes apart', '1h']],
    ['an unknown time format', one(csv('01/02/2025,10,11,9,10,5')), ['line 2', '"01/02/2025"', 'ISO']],
    ['a date that does not exist', one(csv('2025-02-30,10,11,9,10,5')), ['line 2', '"2025-02-30"']],
    [
      'mixed time units',
      one(csv(row(0), `${String(hour(1) / 1000)},10,11,9,10,5`)),
      ['line 3', 'milliseconds'],
    ],
    ['too few fields', one(csv(row(0), '1735693200000,10,11')), ['line 3', 'fields']],
    ['too many fields', one(csv(`${row(0)},7,8`)), ['line 2', 'more fields']],
    ['binary garbage', one(new Uint8Array([0, 1, 2, 3, 10, 5, 6])), ['is not text']],
    ['a Parquet file', load({ 'A/1h.parquet': 'PAR1xxxx' }), ['Parquet', 'CSV']],
    ['a cut off gzip', load({ 'A/1h.csv.gz': gzipSync(GOOD).subarray(0, 40) }), ['1h.csv.gz', 'unzipped']],
    [
      'a missing folder',
      () => loadRecordedMarket({ folder: '/no/such/place', timeframe: '1h' }),
      ['/no/such/place'],
    ],
    ['a folder without candles', load({ 'notes.txt': 'hello' }), ['no candle files', '<SYMBOL>/1h.csv']],
    ['a missing timeframe', load({ 'A/1h.csv': GOOD, 'B/4h.csv': GOOD }), ['B has no 1h candles', '4h']],
    [
      'an unknown symbol',
      load({ 'BTC-USDT/1h.csv': GOOD }, ['BTC-USD']),
      ['"BTC-USD"', 'did you mean "BTC-USDT"'],
    ],
    ['a symbol asked for twice', load({ 'A/1h.csv': GOOD }, ['A', 'A']), ['twice']],
    ['two files for one thing', load({ 'A/1h.csv': GOOD, 'A/1h.csv.gz': gzipSync(GOOD) }), ['second file']],
    [
      'market.json with an unknown key',
      load({ 'A/1h.csv': GOOD, 'market.json': '{"lots": 1}' }),
      ['market.json', 'lots'],
    ],
    [
      'market.json with a wrong value',
      load({ 'A/1h.csv': GOOD, 'market.json': '{"lotSize": -1}' }),
      ['market.json', 'lotSize'],
    ],
    [
      'funding out of order',
      load({
        'A/1h.csv': GOOD,
        'A/funding.csv': `timestamp,funding_rate\n${String(hour(2))},0.1\n${String(hour(1))},0.1\n`,
      }),
      ['funding.csv', 'line 3', 'not after'],
    ],
    [
      'funding in percent',
      load({ 'A/1h.csv': GOOD, 'A/funding.csv': `timestamp,funding_rate\n${String(hour(2))},1.5\n` }),
      ['funding.csv', 'line 2', 'fractions'],
    ],
    [
      'symbols that do not overlap',
      () => {
        const path = folderWith({ 'A/1h.csv': GOOD, 'B/1h.csv': csv(row(10), row(11), row(12)) });
        return chooseFirstBar(loadRecordedMarket({ folder: path, timeframe: '1h' }).table, undefined, 0);
      },
      ['no time in common'],
    ],
    [
      'a start outside of the candles',
      () =>
        chooseFirstBar(
          loadRecordedMarket({ folder: folderWith({ 'A/1h.csv': GOOD }), timeframe: '1h' }).table,
          Date.UTC(2030, 0, 1),
          0,
        ),
      ['--from 2030-01-01', '2025-01-01T00:00Z'],
    ],
  ])('%s', (_name, run, words) => {
    const complaint = complaintOf(run);
    expect(complaint).toMatch(/^input: /);
    for (const word of words) expect(complaint).toContain(word);
  });
});

describe('bad contestants name file, key and what was expected', () => {
  const market: RosterMarket = { symbols: ['BTC-USDT', 'ETH-USDT'], instrument: 'spot', timeframe: '1h' };
  const parse = (content: unknown) => (): unknown => parseRoster(content, 'mine.json', market, createKinds());

  it.each<[string, () => unknown, string[]]>([
    ['an unknown kind', parse({ kind: 'sma-corss' }), ['mine.json.kind', '"sma-corss"', '"sma-cross"']],
    ['no kind', parse({ params: {} }), ['mine.json.kind']],
    ['an unknown field', parse({ kind: 'flat', colour: 'red' }), ['mine.json', 'colour']],
    ['a number for a title', parse({ kind: 'flat', title: 7 }), ['mine.json.title', 'string']],
    ['an unknown parameter', parse({ kind: 'sma-cross', params: { fats: 3 } }), ['mine.json.params', 'fats']],
    [
      'text for a parameter',
      parse({ kind: 'sma-cross', params: { fast: 'ten' } }),
      ['params.fast', 'number'],
    ],
    ['a parameter out of range', parse({ kind: 'rsi-bands', params: { low: 140 } }), ['params.low', '100']],
    [
      'parameters in conflict',
      parse({ kind: 'sma-cross', params: { fast: 30, slow: 10 } }),
      ['params.fast', 'smaller than slow'],
    ],
    ['a fraction for a count', parse({ kind: 'sma-cross', params: { fast: 2.5 } }), ['params.fast', 'int']],
    ['a stop of 100 %', parse({ kind: 'sma-cross', params: { stop: 1 } }), ['params.stop']],
    [
      'an unknown symbol',
      parse({ kind: 'flat', symbols: ['BTC-USD'] }),
      ['mine.json.symbols', '"BTC-USD"', 'BTC-USDT'],
    ],
    [
      'a symbol twice',
      parse({ kind: 'flat', symbols: ['BTC-USDT', 'BTC-USDT'] }),
      ['mine.json.symbols', 'twice'],
    ],
    ['too few symbols', parse({ kind: 'momentum-rotation', symbols: ['BTC-USDT'] }), ['at least 2 symbols']],
    [
      'weights that do not fit',
      parse({ kind: 'buy-and-hold', params: { weights: [1] } }),
      ['params.weights', '1 weights for 2'],
    ],
    [
      'a short on a spot market',
      parse({ kind: 'sma-cross', params: { side: 'both' } }),
      ['takes shorts', 'perpetuals'],
    ],
    [
      'a timeframe shorter than the market',
      parse({ kind: 'flat', timeframe: '15m' }),
      ['timeframe', '15m', '1h'],
    ],
    [
      'a breaker of 200 %',
      parse({ kind: 'flat', breakers: { dayLossFraction: 2 } }),
      ['breakers.dayLossFraction'],
    ],
    ['an empty grid', parse({ kind: 'sma-cross', grid: { fast: [] } }), ['mine.json.grid.fast']],
    ['a negative seed', parse({ kind: 'placebo', seed: -1 }), ['mine.json.seed']],
    ['the second of a list', parse([{ kind: 'flat' }, { kind: 'nope' }]), ['mine.json[1].kind']],
    ['a file that is a number', parse(7), ['mine.json', 'object']],
    [
      'a grid that explodes',
      parse({
        kind: 'sma-cross',
        grid: {
          fast: Array.from({ length: 150 }, (_, i) => i + 1),
          slow: Array.from({ length: 150 }, (_, i) => 200 + i),
        },
      }),
      ['more than 20000'],
    ],
    [
      'no JSON',
      () => parseJsonFile('{"kind": "flat",\n "params": }', 'mine.json'),
      ['mine.json: line 2, column', 'not JSON'],
    ],
    ['an empty file', () => parseJsonFile(' \n', 'mine.json'), ['mine.json: is empty']],
    [
      'a missing folder',
      () => readRosterFiles('/no/contestants', market, createKinds()),
      ['/no/contestants', '--contestants'],
    ],
    [
      'a folder without files',
      () => readRosterFiles(folderWith({ 'a.txt': '' }), market, createKinds()),
      ['no contestant files'],
    ],
  ])('%s', (_name, run, words) => {
    const complaint = complaintOf(run);
    expect(complaint).toMatch(/^input: /);
    for (const word of words) expect(complaint).toContain(word);
  });
});

describe('bad settings name file, key, value and what was expected', () => {
  const load =
    (content: string, flags: Record<string, string> = {}, env: Record<string, string> = {}) =>
    (): unknown =>
      loadConfig({ cwd: folderWith({ 'arena.config.json': content }), env, flags });

  it.each<[string, () => unknown, string[]]>([
    ['an unknown key', load('{"cashUSD": 5}'), ['arena.config.json: cashUSD', 'did you mean "cashUsd"']],
    [
      'an unknown inner key',
      load('{"costs": {"takerFeeBsp": 5}}'),
      ['costs.takerFeeBsp', '"costs.takerFeeBps"'],
    ],
    ['text for a number', load('{"cashUsd": "much"}'), ['arena.config.json: cashUsd', '"much"', 'number']],
    ['a negative amount', load('{"cashUsd": -1}'), ['cashUsd', '-1']],
    ['a fee above 100 %', load('{"costs": {"takerFeeBps": 20000}}'), ['costs.takerFeeBps', '20000']],
    ['an unknown timeframe', load('{"market": {"timeframe": "2h"}}'), ['market.timeframe', '"2h"']],
    ['a list', load('[1, 2]'), ['expected an object', '[1,2]']],
    ['no JSON', load('{"cashUsd": 5,}'), ['arena.config.json: line 1, column', 'not JSON']],
    ['an empty file', load(''), ['is empty']],
    ['null', load('null'), ['expected an object']],
    ['a wrong flag', load('{}', { 'market.timeframe': '7h' }), ['--timeframe "7h"']],
    ['a wrong variable', load('{}', {}, { ARENA_SEED: 'x' }), ['ARENA_SEED "x"']],
    [
      'a settings file that is not there',
      () => loadConfig({ cwd: folder.path, env: {}, flags: {}, file: 'other.json' }),
      ['other.json', 'no such settings file'],
    ],
  ])('%s', (_name, run, words) => {
    const complaint = complaintOf(run);
    for (const word of words) expect(complaint).toContain(word);
  });
});

describe('good input in many dresses', () => {
  const closes = (files: Record<string, string | Uint8Array>): number[] => {
    const { table } = loadRecordedMarket({ folder: folderWith(files), timeframe: '1h' });
    expect(table.openTimesMs[0]).toBe(T0);
    return [...(table.candles[0]?.close ?? [])];
  };
  const lines = [row(0, '10,11,9,10.5,5'), row(1, '10.5,12,10,11,6')];

  it.each<[string, Record<string, string | Uint8Array>]>([
    [
      'columns in another order and case',
      {
        'A/1h.csv': `Volume,CLOSE,Low,HIGH,Open,Date\n5,10.5,9,11,10,${String(hour(0))}\n6,11,10,12,10.5,${String(hour(1))}\n`,
      },
    ],
    ['columns nobody reads', { 'A/1h.csv': `${HEAD},trades\n${lines[0] ?? ''},7\n${lines[1] ?? ''},8\n` }],
    [
      'seconds',
      {
        'A/1h.csv': `${HEAD}\n${String(hour(0) / 1000)},10,11,9,10.5,5\n${String(hour(1) / 1000)},10.5,12,10,11,6\n`,
      },
    ],
    [
      'microseconds',
      {
        'A/1h.csv': `${HEAD}\n${String(hour(0))}000,10,11,9,10.5,5\n${String(hour(1))}000,10.5,12,10,11,6\n`,
      },
    ],
    [
      'ISO times',
      { 'A/1h.csv': `${HEAD}\n2025-01-01T00:00:00Z,10,11,9,10.5,5\n2025-01-01 01:00:00,10.5,12,10,11,6\n` },
    ],
    ['a byte order mark and CRLF', { 'A/1h.csv': `\uFEFF${HEAD}\r\n${lines.join('\r\n')}\r\n\r\n` }],
    [
      'semicolons and quotes',
      {
        'A/1h.csv': `"timestamp";"open";"high";"low";"close";"volume"\n${lines
          .map((line) =>
            line
              .split(',')
              .map((field) => `"${field}"`)
              .join(';'),
          )
          .join('\n')}`,
      },
    ],
    ['gzip', { 'A/1h.csv.gz': gzipSync(csv(...lines)) }],
    ['flat names', { 'A_1h.csv': csv(...lines) }],
    ['flat names with more', { 'A-1h-2025.csv': csv(...lines) }],
    ['scientific notation', { 'A/1h.csv': csv(row(0, '1e1,1.1E1,9,1.05e+1,5'), row(1, '10.5,12,10,11,6')) }],
  ])('%s', (_name, files) => {
    expect(closes(files)).toEqual([10.5, 11]);
  });

  it('B-5: keeps a gap as a gap and says how many bars are missing', () => {
    const { table, coverage } = loadRecordedMarket({
      folder: folderWith({
        'A/1h.csv': csv(row(0), row(3)),
        'B/1h.csv': csv(row(0), row(1), row(2), row(3)),
      }),
      timeframe: '1h',
    });
    expect([...(table.candles[0]?.close ?? [])]).toEqual([10, NaN, NaN, 10]);
    expect(coverage[0]).toMatchObject({ symbol: 'A', bars: 2, missing: 2 });
  });

  it('takes a symbol with funding for a perpetual, and market.json before that', () => {
    const files = {
      'A/1h.csv': GOOD,
      'A/funding.csv': `timestamp,funding_rate\n${String(hour(0))},0.0001\n`,
    };
    const perp = loadRecordedMarket({ folder: folderWith(files), timeframe: '1h' }).table;
    expect(perp.instruments[0]).toMatchObject({ type: 'perpetual', maxLeverage: 20 });
    expect(perp.funding[0]?.rates[0]).toBe(0.0001);
    const spot = loadRecordedMarket({
      folder: folderWith({ ...files, 'market.json': '{"instrument": "spot", "lotSize": 0.001}' }),
      timeframe: '1h',
    }).table;
    expect(spot.instruments[0]).toMatchObject({ type: 'spot', lotSize: 0.001 });
  });
});
