import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCandleCsvParser, parseCandleCsv } from './csv-columns.js';
import type { ParsedCandles } from './parsed-candles.js';

const FIRST_MS = Date.UTC(2024, 0, 1);
const SECOND_MS = FIRST_MS + 3_600_000;

function parse(text: string): ParsedCandles {
  return parseCandleCsv(new TextEncoder().encode(text), 'made.csv');
}

/** All columns as plain arrays, in the order of the type. */
function columnsOf(candles: ParsedCandles): number[][] {
  const { openTimesMs, open, high, low, close, volume } = candles;
  return [openTimesMs, open, high, low, close, volume].map((column) => [...column]);
}

const TWO_BARS = [
  [FIRST_MS, SECOND_MS],
  [10, 11],
  [12, 13],
  [9, 10],
  [11, 12],
  [5, 6.5],
];

describe('candles in every form that people have them in', () => {
  const rows = [`${String(FIRST_MS)},10,12,9,11,5`, `${String(SECOND_MS)},11,13,10,12,6.5`];
  const plain = ['timestamp,open,high,low,close,volume', ...rows].join('\n');

  it.each([
    ['plain', plain],
    ['with a last newline', `${plain}\n`],
    ['with blank last lines', `${plain}\n\n  \r\n\n`],
    ['with blank lines before the header and between rows', `\n${plain.replaceAll('\n', '\n\n')}`],
    ['with Windows line ends', `${plain.replaceAll('\n', '\r\n')}\r\n`],
    ['with a byte order mark', `\uFEFF${plain}`],
    ['with semicolons', plain.replaceAll(',', ';')],
    ['with tabs', plain.replaceAll(',', '\t')],
    ['with spaces after the separators', plain.replaceAll(',', ', ')],
    ['with every field in quotes', plain.replace(/[^,\n]+/g, '"$&"')],
    ['with quotes and a byte order mark', `\uFEFF${plain.replace(/[^,\n]+/g, '"$&"')}`],
    ['with names in capitals', plain.replace(/^.*/, (header) => header.toUpperCase())],
    ['with one-letter names', plain.replace(/^.*/, 't,o,h,l,c,v')],
    ['with other aliases', plain.replace(/^.*/, 'Open_Time,Open,High,Low,Close,Base_Volume')],
    [
      'with columns in another order and others between',
      `volume,trades,close,low,"name, long",high,open,date\n5,77,11,9,"a, b",12,10,${String(FIRST_MS)}\n6.5,n/a,12,10,"a ""quoted"", b",13,11,${String(SECOND_MS)}\n`,
    ],
    [
      'with two columns of time, of which the first known name counts',
      `date,timestamp,open,high,low,close,volume\nMonday,${rows[0] ?? ''}\nMonday,${rows[1] ?? ''}`,
    ],
  ])('%s', (_, text) => {
    expect(columnsOf(parse(text))).toEqual(TWO_BARS);
  });

  it('bars keep the number of their line, blank ones counted', () => {
    const candles = parse(plain.replaceAll('\n', '\n\n'));
    expect([candles.lineOf(0), candles.lineOf(1)]).toEqual([3, 5]);
  });
});

describe('times', () => {
  it.each([
    ['epoch seconds', FIRST_MS / 1000, SECOND_MS / 1000],
    ['epoch milliseconds', FIRST_MS, SECOND_MS],
    ['epoch microseconds', `${String(FIRST_MS)}000`, `${String(SECOND_MS)}000`],
    ['epoch nanoseconds', `${String(FIRST_MS)}000000`, `${String(SECOND_MS)}000000`],
    ['epoch seconds with decimals', `${String(FIRST_MS / 1000)}.0`, `${String(SECOND_MS / 1000)}.0`],
    ['epoch milliseconds in scientific form', '1.7040672e12', '1.7040708e+12'],
    ['dates with Z', '2024-01-01T00:00:00Z', '2024-01-01T01:00:00Z'],
    ['dates with milliseconds', '2024-01-01T00:00:00.000Z', '2024-01-01T01:00:00.000Z'],
    ['naive times, which are UTC', '2024-01-01T00:00:00', '2024-01-01T01:00:00'],
    ['times with a space', '2024-01-01 00:00:00', '2024-01-01 01:00:00'],
    ['times without seconds', '2024-01-01 00:00', '2024-01-01 01:00'],
    ['times with UTC in words', '2024-01-01 00:00:00 UTC', '2024-01-01 01:00:00 UTC'],
    ['times with a zone', '2024-01-01T05:30:00+05:30', '2024-01-01T06:30:00+05:30'],
    ['times west of Greenwich', '2023-12-31 19:00:00-0500', '2023-12-31 20:00:00-0500'],
    ['a date, then a time of it', '2024-01-01', '2024-01-01 01:00'],
  ])('%s', (_, first, second) => {
    const text = `time,open,high,low,close,volume\n${String(first)},10,12,9,11,5\n${String(second)},11,13,10,12,6.5\n`;
    expect(columnsOf(parse(text))).toEqual(TWO_BARS);
  });

  it('days in both spellings, a leap day among them', () => {
    const days = [Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)];
    for (const [first, second] of [
      ['2024-02-29', '2024-03-01'],
      ['20240229', '20240301'],
    ] as const) {
      const text = `date,open,high,low,close,volume\n${first},1,1,1,1,0\n${second},1,1,1,1,0\n`;
      expect([...parse(text).openTimesMs]).toEqual(days);
    }
  });

  it('every whole second of a market comes back from each epoch unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e8, max: Date.UTC(2099, 11, 31) / 1000 }), (second) => {
        for (const zeros of ['', '000', '000000', '000000000'])
          expect([...parse(`t,o,h,l,c,v\n${String(second)}${zeros},1,1,1,1,1`).openTimesMs]).toEqual([
            second * 1000,
          ]);
      }),
    );
  });

  it('every whole second of a market comes back from its ISO form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) / 1000 }), (second) => {
        const iso = new Date(second * 1000).toISOString();
        for (const form of [iso, iso.slice(0, 19), iso.replace('T', ' ').slice(0, 19)])
          expect([...parse(`t,o,h,l,c,v\n${form},1,1,1,1,1`).openTimesMs]).toEqual([second * 1000]);
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    ['13715.65', 13715.65],
    ['0.00000001', 1e-8],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740992],
    ['0.1234567890123456789', 0.1234567890123456789],
    ['0.00000000000000000000001', 1e-23],
    ['123456789012345678901234567890', 123456789012345678901234567890],
    ['1e3', 1000],
    ['1.5E-7', 1.5e-7],
    ['+2.5', 2.5],
    ['.5', 0.5],
    ['5.', 5],
    ['007', 7],
  ])('%s', (text, value) => {
    const candles = parse(`t,o,h,l,c,v\n2024-01-01,${[text, text, text, text, text].join(',')}\n`);
    expect([...candles.open, ...candles.volume]).toEqual([value, value]);
  });

  it('a decimal of any length is the double that Number makes of it', () => {
    const digits = (min: number, max: number) =>
      fc.stringMatching(new RegExp(`^[0-9]{${String(min)},${String(max)}}$`));
    fc.assert(
      fc.property(fc.tuple(digits(1, 20), digits(0, 26)), ([whole, decimals]) => {
        const text = decimals === '' ? whole : `${whole}.${decimals}`;
        expect([...parse(`t,o,h,l,c,v\n2024-01-01,1,1,1,1,${text}`).volume]).toEqual([Number(text)]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('rounding', () => {
  it('high and low that miss by rounding are moved to include open and close', () => {
    const candles = parse(
      't,o,h,l,c,v\n2024-01-01,100,99.99999,99.99999,99.999985,1\n2024-01-02,5,9,5.000001,8,1',
    );
    expect([...candles.high]).toEqual([100, 9]);
    expect([...candles.low]).toEqual([99.999985, 5]);
  });
});

/** Sound candles of any magnitude, as doubles. */
const bar = fc
  .tuple(
    fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), { minLength: 4, maxLength: 4 }),
    fc.double({ min: 0, max: 1e15, noNaN: true }),
  )
  .map(([prices, volume]) => {
    const [low = 1, open = 1, close = 1, high = 1] = [...prices].sort((a, b) => a - b);
    return { open, high, low, close, volume };
  });

describe('what is written is what is read', () => {
  it('random candles come back as the same doubles, in chunks of any size', () => {
    fc.assert(
      fc.property(
        fc.array(bar, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        (bars, size) => {
          const lines = bars.map(({ open, high, low, close, volume }, i) =>
            [FIRST_MS + i * 60_000, open, high, low, close, volume].map(String).join(','),
          );
          const bytes = new TextEncoder().encode(
            ['timestamp,open,high,low,close,volume', ...lines].join('\n'),
          );
          const expected = [
            bars.map((_, i) => FIRST_MS + i * 60_000),
            ...(['open', 'high', 'low', 'close', 'volume'] as const).map((name) =>
              bars.map((one) => one[name]),
            ),
          ];
          expect(columnsOf(parseCandleCsv(bytes, 'made.csv'))).toEqual(expected);

          const parser = createCandleCsvParser('made.csv');
          const reused = new Uint8Array(size);
          for (let at = 0; at < bytes.length; at += size) {
            const chunk = bytes.subarray(at, at + size);
            reused.set(chunk);
            parser.push(reused.subarray(0, chunk.length));
          }
          expect(columnsOf(parser.finish()), 'the caller may reuse its chunk').toEqual(expected);
        },
      ),
    );
  });
});
