import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.js';
import { describeShared, sharedPath } from '../support/shared-files.js';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

function write(name: string, content: string | Buffer): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

const BUY = {
  coin: 'BTC',
  signal: 'buy',
  quantity: 0.5,
  leverage: 10,
  stop_loss: 104000,
  profit_target: 118000,
  confidence: 0.7,
  risk_usd: 300,
  invalidation_condition: 'x',
};
const reply = (text: string, recorded: object[], rest: object = {}): object => ({
  class: 'signals',
  raw_response: text,
  recorded_signals: recorded,
  ...rest,
});
const CASES = {
  cases: [
    reply(JSON.stringify(BUY), [BUY]),
    reply(JSON.stringify(BUY), [{ ...BUY, quantity: 0.25 }]),
    reply('', [], { class: 'empty', tolerant_signals: [] }),
    reply(`{"BTC": ${JSON.stringify(BUY)} /* x */}`, [], {
      class: 'malformed_json',
      tolerant_signals: [BUY],
    }),
    reply(JSON.stringify(BUY), [BUY], { class: 'no_json', tolerant_signals: null }),
  ],
};

describe('npm run llm -- parse', () => {
  const answer = { replies: 5, signals: 4, reproduced: 2, missing: 1, wrong: 2, unusable: { empty: 1 } };

  it('counts what is read as recorded, what is missing and what is wrong', () => {
    const file = write('replies.json', JSON.stringify(CASES));
    const result = runCli(['llm', 'parse', file, '--json']);
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual(answer);
    const words = runCli(['llm', 'parse', file]);
    expect(words.stdout).toContain('cases[1]');
    expect(words.stdout).toContain('"quantity":0.25');
    expect(words.stdout).toMatch(/unusable: empty +1/);
  });

  it('reads gzip as well', () => {
    const file = write('replies.json.gz', gzipSync(JSON.stringify(CASES)));
    expect(JSON.parse(runCli(['llm', 'parse', file, '--json']).stdout)).toEqual(answer);
  });

  it.each([
    ['nowhere.json', undefined, 'no such file'],
    ['broken.json', '{"cases": [', 'not JSON'],
    ['cut.json.gz', gzipSync(JSON.stringify(CASES)).subarray(0, 60), 'cannot be unzipped'],
    ['list.json', '[]', 'expected object'],
    ['text.json', '{"cases": [{"class": "signals", "raw_response": 5}]}', 'cases[0].raw_response'],
    [
      'word.json',
      JSON.stringify({ cases: [reply('', [{ ...BUY, signal: 'accumulate' }])] }),
      'cases[0].recorded_signals[0].signal',
    ],
  ])('refuses %s with place and hint', (name, content, words) => {
    const file = content === undefined ? join(folder.path, name) : write(name, content);
    const result = runCli(['llm', 'parse', file, '--json']);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('what to do');
  });

  it('names its subcommand when another one is asked for', () => {
    const result = runCli(['llm', 'pars']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('llm parse FILE');
  });
});

describeShared('vectors/llm_responses.json.gz', 'llm parse on recorded runs', () => {
  it('reproduces every signal', () => {
    const result = runCli(['llm', 'parse', sharedPath('vectors/llm_responses.json.gz'), '--json']);
    expect(JSON.parse(result.stdout)).toEqual({
      replies: 858,
      signals: 1399,
      reproduced: 1399,
      missing: 0,
      wrong: 0,
      unusable: { empty: 3, no_json: 4 },
    });
  });
});

describe('npm run llm -- import', () => {
  const reply = (timestamp: string): object => ({ run: 'made', iteration: 1, timestamp, raw_response: '{}' });

  it('says with which window every decision is made and the last one filled', () => {
    const cases = [reply('2025-10-17T00:00:00'), reply('2025-10-17T08:00:00')];
    const file = write('run.json', JSON.stringify({ cases }));
    const recordings = join(folder.path, 'calls.sqlite');
    const result = runCli(['llm', 'import', file, '--timeframe', '4h', '--recordings', recordings]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/made +made +2 +2025-10-17 04:00 UTC +2025-10-17 12:00 UTC/);
    // Stamps are opens of bars: the bar that opened at 00:00 has to be in the window.
    expect(result.stdout).toContain('--from 2025-10-17T00:00 --to 2025-10-17T12:00');
  });
});

describe('npm run soak -- parser', () => {
  it('counts damaged replies and says how fast they were read', () => {
    const result = runCli(['soak', 'parser', '--replies', '500', '--seed', '2', '--json']);
    expect(result.code).toBe(0);
    const answer: unknown = JSON.parse(result.stdout);
    expect(answer).toMatchObject({ replies: 500, seed: 2, brokenCount: 0, broken: [] });
    expect(answer).toMatchObject({
      perSecond: expect.any(Number) as number,
      slowest100kMs: expect.any(Number) as number,
    });
  });

  it('refuses a count that is none', () => {
    expect(runCli(['soak', 'parser', '--replies', '0']).code).toBe(2);
  });
});
