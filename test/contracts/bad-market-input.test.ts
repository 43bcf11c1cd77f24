/** What a person is told when candles are wrong: which file, which line, which column, what was expected. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCandleCache } from '../../src/adapters/market-data/candle-cache.js';
import {
  listRecordedMarket,
  loadRecordedMarket,
  streamRecordedMarket,
} from '../../src/adapters/market-data/recorded-market.js';
import { Problem } from '../../src/core/domain/problem.js';
import type { Timeframe } from '../../src/core/domain/time.js';

const HEADER = 'timestamp,open,high,low,close,volume';
const START_MS = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

interface BadInput {
  readonly title: string;
  /** Path in the folder to content. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly timeframe?: Timeframe;
  readonly symbols?: readonly string[];
  /** All of these stand in the message. */
  readonly message: readonly string[];
  readonly hint?: string;
}

/** Good hourly bars, oldest first. */
function hours(count: number, startMs = START_MS, stepMs = HOUR_MS): string[] {
  return Array.from({ length: count }, (_, i) => `${String(startMs + i * stepMs)},10,12,9,11,5`);
}

function csv(...lines: readonly string[]): string {
  return [HEADER, ...lines, ''].join('\n');
}

/** One file, BTC/1h.csv, whose third line is the wrong one between good ones. */
function badLine(title: string, line: string, message: readonly string[], hint?: string): BadInput {
  const [first = '', , third = ''] = hours(3);
  return {
    title,
    files: { 'BTC/1h.csv': csv(first, line, third) },
    message: ['1h.csv: line 3: ', ...message],
    ...(hint === undefined ? {} : { hint }),
  };
}

/** One file, BTC/1h.csv, with this content. */
function badFile(
  title: string,
  content: string | Uint8Array,
  message: readonly string[],
  hint?: string,
): BadInput {
  return {
    title,
    files: { 'BTC/1h.csv': content },
    message: ['1h.csv: ', ...message],
    ...(hint === undefined ? {} : { hint }),
  };
}

function badDescription(title: string, content: string, message: readonly string[], hint?: string): BadInput {
  return {
    title,
    files: { 'BTC/1h.csv': csv(...hours(3)), 'market.json': content },
    message: ['market.json: ', ...message],
    ...(hint === undefined ? {} : { hint }),
  };
}

const SECOND_HOUR = String(START_MS + HOUR_MS);

const FIELDS: readonly BadInput[] = [
  badLine('text in a number', `${SECOND_HOUR},10,12,9,abc,5`, ['"close" holds "abc"', 'expected a number']),
  badLine('an empty field', `${SECOND_HOUR},10,,9,11,5`, ['"high" holds nothing', 'expected a number']),
  badLine('NaN', `${SECOND_HOUR},10,12,9,NaN,5`, ['"close" holds "NaN"', 'expected a number']),
  badLine('Infinity', `${SECOND_HOUR},10,Infinity,9,11,5`, ['"high" holds "Infinity"', 'expected a number']),
  badLine('a number beyond doubles', `${SECOND_HOUR},10,1e999,9,11,5`, ['"high" holds "1e999"', 'expected']),
  badLine('a hexadecimal number', `${SECOND_HOUR},0x10,12,9,11,5`, [
    '"open" holds "0x10"',
    'expected a number',
  ]),
  badLine('two decimal points', `${SECOND_HOUR},1.0.0,12,9,11,5`, [
    '"open" holds "1.0.0"',
    'expected a number',
  ]),
  badLine('a lone minus', `${SECOND_HOUR},-,12,9,11,5`, ['"open" holds "-"', 'expected a number']),
  badLine('a zero price', `${SECOND_HOUR},10,12,0,11,5`, ['column "low" is 0', 'expected a price above 0']),
  badLine('a negative price', `${SECOND_HOUR},-10,12,9,11,5`, [
    'column "open" is -10',
    'expected a price above 0',
  ]),
  badLine('a negative volume', `${SECOND_HOUR},10,12,9,11,-5`, [
    'column "volume" is -5',
    'expected a volume of 0',
  ]),
  badLine(
    'high below low',
    `${SECOND_HOUR},10,8,9,11,5`,
    ['column "high": high 8 is below low 9', 'expected the highest'],
    'swapped',
  ),
  badLine('high below open', `${SECOND_HOUR},13,12,9,11,5`, [
    'column "high": high 12 is below open 13',
    'expected the highest',
  ]),
  badLine('high below close', `${SECOND_HOUR},10,12,9,13,5`, [
    'column "high": high 12 is below close 13',
    'expected',
  ]),
  badLine('high below open by more than rounding', `${SECOND_HOUR},12.0001,12,9,11,5`, [
    'column "high": high 12 is below open 12.0001',
    'expected',
  ]),
  badLine('low above open', `${SECOND_HOUR},8,12,9,11,5`, [
    'column "low": low 9 is above open 8',
    'expected the lowest',
  ]),
  badLine('low above close', `${SECOND_HOUR},10,12,9,8,5`, [
    'column "low": low 9 is above close 8',
    'expected the lowest',
  ]),
  badLine('a line with too few fields', `${SECOND_HOUR},10,12,9`, [
    'fewer fields than the header: 4',
    'expected 6',
  ]),
  badLine('a line with too many fields', `${SECOND_HOUR},10,12,9,11,5,7`, [
    'more fields than the header: 7',
    'expected 6',
  ]),
  badLine(
    'a thousands separator',
    `${SECOND_HOUR},1,000,1200,9,11,5`,
    ['more fields than the header: 7', 'expected 6'],
    'thousands',
  ),
  badLine('a quote that does not close', `${SECOND_HOUR},"10,12,9,11,5`, [
    'quote that does not close',
    'expected',
  ]),
  badLine('zero bytes in a line', '\0\0\0\0', ['"timestamp" holds "\\u0000', 'expected epoch seconds']),
  {
    title: 'decimal commas in a file of semicolons',
    files: { 'BTC/1h.csv': `${HEADER.replaceAll(',', ';')}\n${String(START_MS)};10,5;12;9;11;5\n` },
    message: ['1h.csv: line 2: ', '"open" holds "10,5"', 'expected a number such as 1234.5'],
    hint: 'decimal point',
  },
  {
    title: 'the header speaks of its columns in its own words',
    files: { 'BTC/1h.csv': `Date,O,H,L,C,Vol\n2024-01-01,10,12,9,x,5\n` },
    message: ['1h.csv: line 2: ', '"C" holds "x"', 'expected a number'],
  },
];

const TIMES: readonly BadInput[] = [
  badLine(
    'an unknown time format',
    '01/02/2024,10,12,9,11,5',
    ['"timestamp" holds "01/02/2024"', 'expected epoch'],
    '2024-01-01',
  ),
  badLine('an empty time', ',10,12,9,11,5', ['"timestamp" holds nothing', 'expected epoch seconds']),
  badLine('a row number for a time', '2,10,12,9,11,5', ['"timestamp" holds "2"', 'expected epoch seconds']),
  badLine('seconds among milliseconds', `${String((START_MS + HOUR_MS) / 1000)},10,12,9,11,5`, [
    'reads as epoch seconds',
    'expected epoch milliseconds as in the lines before',
  ]),
  badLine('a date among milliseconds', '2024-01-01T01:00:00Z,10,12,9,11,5', [
    '"timestamp" holds "2024-01-01T01:00:00Z"',
    'reads as dates',
    'expected epoch milliseconds',
  ]),
  badFile('30 February', csv('2024-02-30,10,12,9,11,5'), [
    'line 2: ',
    '"timestamp" holds "2024-02-30"',
    'expected',
  ]),
  badFile('the hour 24', csv('2024-02-28 24:00,10,12,9,11,5'), [
    'line 2: ',
    'holds "2024-02-28 24:00"',
    'expected',
  ]),
  badFile('a date of 1969', csv('1969-12-31,10,12,9,11,5'), [
    'line 2: ',
    'the year 1969',
    'expected 1970 to 2099',
  ]),
  badFile(
    'milliseconds with two digits missing, which read as seconds of the year 2509',
    csv('17040672000,10,12,9,11,5'),
    [
      'line 2: ',
      '"timestamp" holds "17040672000"',
      'as epoch seconds is in the year 2509',
      'expected 1970 to 2099',
    ],
    'unit',
  ),
  badFile('a time given twice', csv(...hours(2), ...hours(1, START_MS + HOUR_MS)), [
    'line 4: ',
    'column "timestamp": 2024-01-01T01:00Z stands there twice, first in line 3',
    'expected each time once',
  ]),
  badFile(
    'times that go backwards',
    csv(...hours(3).reverse()),
    [
      'line 3: ',
      'column "timestamp": 2024-01-01T01:00Z comes after 2024-01-01T02:00Z of line 2',
      'expected oldest first',
    ],
    'sort',
  ),
  badFile('a bar off the grid', csv(...hours(4), ...hours(3, START_MS + 4.5 * HOUR_MS)), [
    'line 6: ',
    '2024-01-01T04:30Z is 90 minutes after the line before',
    'off the 1h grid',
    'expected a multiple of 1h',
  ]),
  badFile('4h bars under the name 1h', csv(...hours(9, START_MS, 4 * HOUR_MS)), [
    'line 3: ',
    'its bars are 240 minutes apart (4h)',
    'expected 1h',
  ]),
  badFile('5m bars under the name 1h', csv(...hours(9, START_MS, 300_000)), [
    'line 3: ',
    'its bars are 5 minutes apart (5m)',
    'expected 1h',
  ]),
  {
    title: 'daily bars at local midnights that move with summer time',
    files: {
      'SPY_1d.csv': csv(
        '2024-03-08T05:00Z,10,12,9,11,5',
        '2024-03-11T04:00Z,10,12,9,11,5',
        '2024-03-12T04:00Z,10,12,9,11,5',
      ),
    },
    timeframe: '1d',
    message: ['SPY_1d.csv: line 3: ', '2024-03-11T04:00Z', 'expected a multiple of 1d'],
    hint: 'date alone',
  },
];

const WHOLE_FILES: readonly BadInput[] = [
  badFile('an empty file', '', ['is empty', 'expected a header and rows']),
  badFile('a file of blank lines', '\n\r\n  \n', ['is empty', 'expected a header and rows']),
  badFile('a header alone', csv(), ['line 1: ', 'has a header but no rows', 'expected one line']),
  badFile(
    'a missing column',
    `timestamp,open,high,low,close\n${String(START_MS)},10,12,9,11\n`,
    ['line 1: ', 'no column "volume"', 'found: timestamp, open, high, low, close'],
    'volume, base_volume',
  ),
  badFile(
    'a file without a header',
    hours(3).join('\n'),
    ['line 1: ', 'no column "time"'],
    'the first line must be a header',
  ),
  badFile('a column twice', 'timestamp,open,high,low,close,close,volume\n1,1,1,1,1,1,1\n', [
    'line 1: ',
    'column "close" stands there 2 times',
    'expected once',
  ]),
  badFile(
    'binary garbage',
    Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251),
    ['line 1: ', 'is not text', 'expected a CSV header'],
    '.csv',
  ),
  badFile('bytes without any line', new Uint8Array(200_000).fill(66), [
    'line 1: ',
    'has no end',
    'expected lines',
  ]),
  badFile(
    'UTF-16 text',
    Buffer.from(`\uFEFF${csv(...hours(3))}`, 'utf16le'),
    ['UTF-16', 'expected CSV'],
    'UTF-8',
  ),
  badFile('gzip without its ending', gzipSync(csv(...hours(3))), ['is gzip', 'expected CSV'], '.csv.gz'),
  badFile(
    'a Parquet file named .csv',
    `PAR1${csv(...hours(3))}`,
    ['is a Parquet file', 'not read yet'],
    'to CSV',
  ),
  {
    title: 'a Parquet file',
    files: { 'BTC/1h.parquet': 'PAR1\0\0\0' },
    message: ['1h.parquet: ', 'is a Parquet file', 'not read yet', 'expected CSV'],
    hint: 'to CSV',
  },
  {
    title: 'an encrypted Parquet file, which starts with other bytes',
    files: { 'BTC_1h.parquet': 'PARE' },
    message: ['BTC_1h.parquet: ', 'is a Parquet file', 'expected CSV'],
  },
  {
    title: 'gzip that is cut off',
    files: { 'BTC/1h.csv.gz': gzipSync(csv(...hours(500))).subarray(0, 300) },
    message: ['1h.csv.gz: ', 'cannot be unzipped', 'expected a whole gzip file'],
    hint: 'cut off',
  },
  {
    title: 'plain text under the name .csv.gz',
    files: { 'BTC/1h.csv.gz': csv(...hours(3)) },
    message: ['1h.csv.gz: ', 'is not gzip', 'expected a gzip file'],
    hint: 'name it .csv',
  },
  {
    title: 'a folder under the name of a file',
    files: { 'BTC/1h.csv/inside.txt': 'x' },
    message: ['1h.csv: ', 'cannot be read'],
    hint: 'check',
  },
];

const FOLDERS: readonly BadInput[] = [
  {
    title: 'no candle files',
    files: { 'AAPL.csv': 'x' },
    message: ['no candle files', 'expected <SYMBOL>/1h.csv[.gz]', 'AAPL.csv'],
    hint: '1m, 3m',
  },
  {
    title: 'an unknown symbol',
    files: { 'BTC-USDT/1h.csv': csv(...hours(3)), 'ETH-USDT/1h.csv': csv(...hours(3)) },
    symbols: ['BTCUSDT'],
    message: ['no symbol "BTCUSDT"', 'expected one of BTC-USDT, ETH-USDT'],
    hint: '"BTC-USDT"',
  },
  {
    title: 'a symbol given twice',
    files: { 'BTC/1h.csv': csv(...hours(3)) },
    symbols: ['BTC', 'BTC'],
    message: ['"BTC" is given twice', 'expected each symbol once'],
  },
  {
    title: 'an empty list of symbols',
    files: { 'BTC/1h.csv': csv(...hours(3)) },
    symbols: [],
    message: ['names none', 'expected some of BTC'],
  },
  {
    title: 'a timeframe that one symbol lacks',
    files: { 'BTC/1h.csv': 'x', 'BTC/4h.csv': 'x', 'ETH/4h.csv': 'x', 'ETH/15m.csv': 'x' },
    message: ['ETH has no 1h candles, only 15m, 4h', 'expected 1h'],
    hint: '--timeframe',
  },
  {
    title: 'symbols that share no time',
    files: { 'BTC/1h.csv': csv(...hours(3)), 'ETH/1h.csv': csv(...hours(3, START_MS + 100 * HOUR_MS)) },
    message: [
      'ETH/1h.csv: ',
      'no time in common with BTC',
      'after BTC has ended at 2024-01-01 02:00',
      'expected symbols that overlap',
    ],
    hint: '--symbols',
  },
  {
    title: 'symbols on different grids',
    files: { 'BTC/1h.csv': csv(...hours(5)), 'ETH/1h.csv': csv(...hours(3, START_MS + HOUR_MS / 2)) },
    message: ['ETH/1h.csv: ', '30 minutes off those of BTC', 'expected one grid'],
  },
  {
    title: 'two files for the same bars',
    files: { 'BTC/1h.csv': csv(...hours(3)), 'BTC_1h.csv': csv(...hours(3)) },
    message: ['BTC_1h.csv: ', 'BTC/1h.csv', 'second file', 'expected one'],
  },
  {
    title: 'two files for the same funding',
    files: { 'BTC/1h.csv': 'x', 'BTC/funding.csv': 'x', 'BTC_funding.csv': 'x' },
    message: ['BTC_funding.csv: ', 'BTC/funding.csv', 'second file', 'expected one'],
  },
  {
    title: 'an axis that does not fit into memory',
    files: { 'BTC_1m.csv': csv('1971-01-01,10,12,9,11,5', '2024-01-01,10,12,9,11,5') },
    timeframe: '1m',
    message: ['BTC_1m.csv: ', 'starts at 1971-01-01', 'expected at most'],
  },
];

const PERPETUAL = '{"instrument":"perpetual"';
const DESCRIPTIONS: readonly BadInput[] = [
  badDescription('market.json with a wrong number and no instrument', '{"lotSize":-1}', [
    'lotSize: ',
    'expected number to be >=0',
  ]),
  badDescription('market.json that is no JSON', '{ instrument: spot }', [
    'is not JSON',
    'expected an object',
  ]),
  badDescription('market.json without an instrument', '{}', [
    'instrument: ',
    'expected one of "spot"|"perpetual"',
  ]),
  badDescription('market.json with an unknown instrument', '{"instrument":"future"}', [
    'instrument: ',
    'expected one of',
  ]),
  badDescription(
    'market.json with a misspelt key',
    `${PERPETUAL},"maxLevrage":5}`,
    ['maxLevrage: ', 'expected instrument, '],
    '"maxLeverage"',
  ),
  badDescription('market.json with text for a number', `${PERPETUAL},"lotSize":"0.1"}`, [
    'lotSize: ',
    'expected number',
  ]),
  badDescription('market.json with a leverage below 1', `${PERPETUAL},"maxLeverage":0}`, [
    'maxLeverage: ',
    'expected number to be >=1',
  ]),
  badDescription(
    'market.json with tiers in disorder',
    `${PERPETUAL},"marginTiers":[{"upToNotionalUsd":9,"maintenanceFraction":0.1},{"upToNotionalUsd":5,"maintenanceFraction":0.2}]}`,
    ['marginTiers: ', 'expected tiers that ascend'],
  ),
  badDescription(
    'market.json for a symbol that is not there',
    `${PERPETUAL},"perSymbol":{"BTX":{}}}`,
    ['perSymbol.BTX: ', 'expected one of BTC'],
    '"BTC"',
  ),
  badDescription(
    'market.json with a misspelt key of a symbol',
    `${PERPETUAL},"perSymbol":{"BTC":{"lotsize":1}}}`,
    ['perSymbol.BTC.lotsize: ', 'expected'],
    '"lotSize"',
  ),
];

function badFunding(title: string, content: string, message: readonly string[]): BadInput {
  return {
    title,
    files: { 'BTC/1h.csv': csv(...hours(3)), 'BTC/funding.csv': content },
    message: ['funding.csv: ', ...message],
  };
}

const FUNDING: readonly BadInput[] = [
  badFunding('funding without a rate', 'timestamp,price\n1704067200000,1\n', [
    'line 1: ',
    'no column "rate"',
    'found: ',
  ]),
  badFunding('funding in percent', 'timestamp,funding_rate\n1704067200000,0.01\n1704096000000,1\n', [
    'line 3: ',
    '"funding_rate" holds 1',
    'expected a fraction',
  ]),
  badFunding('funding in disorder', 'timestamp,funding_rate\n1704096000000,0\n1704067200000,0\n', [
    'line 3: ',
    'column "timestamp": ',
    'expected oldest first',
  ]),
  badFunding('funding with text', 'timestamp,funding_rate\n1704067200000,none\n', [
    'line 2: ',
    '"funding_rate" holds "none"',
    'expected a number',
  ]),
];

const made: string[] = [];

function makeFolder(files: BadInput['files']): string {
  const folder = mkdtempSync(join(tmpdir(), 'bad-market-'));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function expectProblem(error: unknown, bad: Pick<BadInput, 'message' | 'hint'>): void {
  expect(error).toBeInstanceOf(Problem);
  if (!(error instanceof Problem)) return;
  expect(error.kind).toBe('input');
  for (const part of bad.message) expect(error.message).toContain(part);
  if (bad.hint !== undefined) expect(error.hint).toContain(bad.hint);
}

describe('a bad market is refused with the place and what was expected there', () => {
  const all = [...FIELDS, ...TIMES, ...WHOLE_FILES, ...FOLDERS, ...DESCRIPTIONS, ...FUNDING];

  it.each(all)('$title', async (bad) => {
    const options = {
      folder: makeFolder(bad.files),
      timeframe: bad.timeframe ?? '1h',
      ...(bad.symbols === undefined ? {} : { symbols: bad.symbols }),
    };
    const error = caught(() => loadRecordedMarket(options));
    expectProblem(error, bad);
    const streamed: unknown = await streamRecordedMarket(options).catch((reason: unknown) => reason);
    expect((streamed as Error).message, 'a streamed load says the same').toBe((error as Error).message);
  });

  it('a folder that is not there, and a file in its place', () => {
    const folder = makeFolder({ 'a.txt': 'x' });
    const missing = join(folder, 'nowhere');
    for (const run of [
      () => loadRecordedMarket({ folder: missing, timeframe: '1h' }),
      () => listRecordedMarket(missing),
    ])
      expectProblem(caught(run), {
        message: [missing, 'does not exist', 'expected a folder'],
        hint: '1h.csv',
      });
    expectProblem(
      caught(() => listRecordedMarket(join(folder, 'a.txt'))),
      { message: ['a.txt: ', 'is a file', 'expected a folder'] },
    );
  });
});

describe('with a cache', () => {
  const all = [...FIELDS, ...TIMES, ...WHOLE_FILES, ...FOLDERS, ...DESCRIPTIONS, ...FUNDING];

  it.each(all)('the same is said, and nothing is kept: $title', (bad) => {
    const options = {
      folder: makeFolder(bad.files),
      timeframe: bad.timeframe ?? '1h',
      ...(bad.symbols === undefined ? {} : { symbols: bad.symbols }),
    };
    const cacheFolder = join(makeFolder({}), 'cache');
    const cache = openCandleCache({ folder: cacheFolder });
    const plain = caught(() => loadRecordedMarket(options)) as Error;
    for (const again of [1, 2])
      expect((caught(() => loadRecordedMarket({ ...options, cache })) as Error).message, String(again)).toBe(
        plain.message,
      );
    expect(existsSync(cacheFolder)).toBe(false);
  });
});

describe('good bars around a bad one', () => {
  it('the bars that the cases above are made of load, so that each refusal is for its one fault', () => {
    const folder = makeFolder({ 'BTC/1h.csv': csv(...hours(3)) });
    expect(loadRecordedMarket({ folder, timeframe: '1h' }).table.length).toBe(3);
  });
});
