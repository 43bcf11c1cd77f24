import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.js';

/** Keys are long and have neither blanks nor brackets. */
const key = fc.stringMatching(/^[A-Za-z0-9_.+/=-]{8,60}$/);
const piece = fc.oneof(
  fc.string(),
  fc.constantFrom('at f (file:///a.ts:3:1)\n', '{"x":"', 'https://', '?key='),
);

describe('what is said without keys', () => {
  it('holds none of the keys, wherever and however often they stood', () => {
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 4 }),
        fc.array(piece),
        fc.nat(),
        (keys, pieces, draw) => {
          const text = pieces.map((part, i) => `${part}${keys[(i + draw) % keys.length] ?? ''}`).join('');
          const clean = createRedactor(keys)(text);
          for (const one of keys) expect(clean).not.toContain(one);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('holds no piece of two keys that overlap', () => {
    const redact = createRedactor(['abcdefgh', 'efghijkl']);
    expect(redact('<abcdefghijkl>')).toBe('<(key)>');
  });

  it('holds no key that was written into an address or a JSON text', () => {
    const secret = 'p"a/ss w+rd%';
    const redact = createRedactor([secret]);
    const said = redact(`${JSON.stringify({ secret })} and ${encodeURIComponent(secret)}`);
    expect(said).toBe('{"secret":"(key)"} and (key)');
  });

  it.each([
    ['redis://user:pa55word@host:6379/0', 'redis://(key)@host:6379/0'],
    // How a hint says that it is written.
    ['rediss://user:password@host:6380/0', 'rediss://user:password@host:6380/0'],
    ['redis://:password@host:6380', 'redis://:password@host:6380'],
    ['redis://:p@ss@host', 'redis://(key)@host'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: (key)'],
    ["headers: { authorization: 'Basic dXNlcjpwdw==' }", "headers: { authorization: '(key)' }"],
    ['{"X-API-Key":"0123456789"}', '{"X-API-Key":"(key)"}'],
    ['sent with Bearer abcdefgh123', 'sent with Bearer (key)'],
    [
      'GET /v1/order?symbol=BTC&signature=9f8e7d&apiKey=zz',
      'GET /v1/order?symbol=BTC&signature=(key)&apiKey=(key)',
    ],
    ['Incorrect API key provided: sk-proj-ab***********xyz.', 'Incorrect API key provided: (key).'],
    ['key sk-ant-api03-AAAABBBB', 'key (key)'],
  ])('%s', (text, clean) => {
    expect(createRedactor([])(text)).toBe(clean);
  });

  it('is otherwise what was said', () => {
    const text =
      'round 12: bar to 2026-01-05 12:00, settled 2.1 s after its close; BTC/USDT key=none? token ring';
    expect(createRedactor(['123456789'])('missed BTC/USDT: the exchange has no such bar')).toBe(
      'missed BTC/USDT: the exchange has no such bar',
    );
    expect(createRedactor([])(text)).toBe(text.replace('key=none?', 'key=(key)'));
    expect(createRedactor(['short'])('a short text')).toBe('a short text');
  });
});
