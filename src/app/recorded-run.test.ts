import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeShared, hasShared, sharedPath } from '../../test/support/shared-files.js';
import { Problem } from '../core/domain/problem.js';
import { HOUR_MS } from '../core/domain/time.js';
import { readRecordedRuns } from './recorded-run.js';

const FIRST_CLOSE_MS = Date.UTC(2025, 9, 17, 4);

const iteration = (hour: string, raw_response: string | null = '{}'): Record<string, unknown> => ({
  iteration: 1,
  timestamp: `2025-10-17T${hour}:00:00`,
  model: 'gpt-4o-mini',
  raw_response,
  signals: [],
});
const exported = (info: Record<string, unknown>, ...iterations: unknown[]): unknown => ({
  backtest_info: { checkpoint_id: 'openai_oct_31_temp07_trial2', interval: '4h', ...info },
  iterations,
});

function problemOf(content: unknown): string {
  try {
    readRecordedRuns(content, 'run.json', '4h');
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return 'none';
}

describe('a recorded run', () => {
  it('B-3: belongs to the closes of the candles by whose opens it is stamped', () => {
    const [run] = readRecordedRuns(
      exported({}, iteration('04', 'b'), iteration('00', 'a')),
      'run.json',
      '4h',
    );
    expect([...(run?.answers ?? [])]).toEqual([
      [FIRST_CLOSE_MS, 'a'],
      [FIRST_CLOSE_MS + 4 * HOUR_MS, 'b'],
    ]);
  });

  it('has the model of its file and the rest from its name, and nothing that neither says', () => {
    expect(readRecordedRuns(exported({}, iteration('00')), 'run.json', '4h')[0]).toMatchObject({
      ...{ run: 'openai_oct_31_temp07_trial2', provider: 'openai', model: 'gpt-4o-mini' },
      ...{ temperature: 0.7, trial: 2 },
    });
    expect(
      readRecordedRuns(
        exported({ checkpoint_id: 'mine', model: 'other' }, iteration('00')),
        'run.json',
        '4h',
      )[0],
    ).toMatchObject({ provider: undefined, model: undefined, temperature: undefined, trial: undefined });
  });

  it('keeps a call that failed as an empty text, and the same reply twice as one', () => {
    const [run] = readRecordedRuns(
      exported({}, iteration('00', null), iteration('04', 'a'), iteration('04', 'a')),
      'run.json',
      '4h',
    );
    expect([...(run?.answers.values() ?? [])]).toEqual(['', 'a']);
  });

  it('is read as UTC, unless its times say otherwise', () => {
    for (const timestamp of ['2025-10-17 00:00:00', '2025-10-17T00:00Z', '2025-10-17T02:00:00+02:00']) {
      const [run] = readRecordedRuns(exported({}, { ...iteration('00'), timestamp }), 'run.json', '4h');
      expect([...(run?.answers.keys() ?? [])], timestamp).toEqual([FIRST_CLOSE_MS]);
    }
  });

  it.each([
    ['something else', { replies: [] }, /backtest_info/],
    ['no replies', { cases: [] }, /no replies/],
    ['other bars', exported({ interval: '3m' }, iteration('00')), /3m bars, not 4h/],
    ['a time at which no bar opens', exported({}, iteration('01')), /no 4h bar opens/],
    ['no time', exported({}, { ...iteration('00'), timestamp: 'yesterday' }), /"yesterday" is no time/],
    [
      'two replies for one bar',
      exported({}, iteration('00', 'a'), iteration('00', 'b')),
      /2025-10-17 04:00 UTC/,
    ],
    [
      'a reply that is no text',
      exported({}, { ...iteration('00'), raw_response: 7 }),
      /iterations.0.raw_response/,
    ],
  ])('is refused with a reason: %s', (_what, content, message) => {
    expect(problemOf(content)).toMatch(message);
    expect(problemOf(content)).toContain('run.json');
  });
});

describeShared('vectors/llm_responses.json.gz', 'the recorded runs', (golden) => {
  const runs = readRecordedRuns(golden, 'llm_responses.json.gz', '4h');

  it('are ten near complete ones and single replies of eight more', () => {
    const sizes = runs.map(({ answers }) => answers.size).sort((a, b) => b - a);
    expect(sizes).toEqual([85, 85, 85, 85, 85, 85, 85, 84, 84, 82, 4, 2, 2, 1, 1, 1, 1, 1]);
    expect(runs.every(({ provider, temperature, trial }) => provider && temperature && trial)).toBe(true);
  });

  it('B-3: were decided on the close of the candle whose open is their stamp', () => {
    if (!hasShared('data/crypto/binance/BTC-USDT/4h.csv.gz')) return;
    const csv = gunzipSync(readFileSync(sharedPath('data/crypto/binance/BTC-USDT/4h.csv.gz'))).toString(
      'utf8',
    );
    const closes = new Map(
      csv.split('\n').map((line) => {
        const cells = line.split(',');
        return [Number(cells[0]) + 4 * HOUR_MS, Number(cells[4])];
      }),
    );
    // What a reply calls the price of BTC first; some speak of targets or means, hence the median.
    const said = runs.flatMap(({ answers }) =>
      [...answers].flatMap(([closeMs, text]) => {
        const price = /BTC[^\n]{0,40}?[pP]rice[^\n\d]{0,20}(1[0-3]\d,?\d{3}(?:\.\d+)?)/.exec(text)?.[1];
        return price === undefined ? [] : [{ closeMs, price: Number(price.replace(',', '')) }];
      }),
    );
    const medianGap = (shiftMs: number): number =>
      said
        .map(({ closeMs, price }) => Math.abs(price / (closes.get(closeMs + shiftMs) ?? NaN) - 1))
        .sort((x, y) => x - y)[Math.floor(said.length / 2)] ?? NaN;
    expect(said.length).toBeGreaterThan(30);
    expect(medianGap(0), 'another venue, the same moment').toBeLessThan(0.001);
    expect(medianGap(-4 * HOUR_MS), 'a bar earlier').toBeGreaterThan(3 * medianGap(0));
    expect(medianGap(4 * HOUR_MS), 'a bar later').toBeGreaterThan(3 * medianGap(0));
  });
});
