import { describe, expect, it } from 'vitest';
import { type ParsedReply, parseReply } from './parse-reply.js';
import type { ReplyNote } from './reply-note.js';
import type { TradeSignal } from './trade-signal.js';

const REST =
  '"quantity": 0.5, "profit_target": 118000.5, "stop_loss": 104000, "invalidation_condition": "close below 104000", "leverage": 10, "confidence": 0.7, "risk_usd": 300';
const args = (coin: string, signal = 'buy'): string => `{"coin": "${coin}", "signal": "${signal}", ${REST}}`;
const nested = (coin: string, signal = 'buy'): string =>
  `"${coin}": {"trade_signal_args": ${args(coin, signal)}}`;
const table = (...coins: string[]): string => `{${coins.map((coin) => nested(coin)).join(',\n')}}`;
const expected = (coin: string, signal: TradeSignal['signal'] = 'buy'): TradeSignal => ({
  coin,
  signal,
  quantity: 0.5,
  leverage: 10,
  profitTarget: 118000.5,
  stopLoss: 104000,
  confidence: 0.7,
  riskUsd: 300,
  invalidation: 'close below 104000',
});

function signalsOf(reply: string): readonly TradeSignal[] {
  const parsed = parseReply(reply);
  if (parsed.kind !== 'signals') throw new Error(`${parsed.kind}: ${JSON.stringify(parsed)}`);
  return parsed.signals;
}
function coinsOf(reply: string): string {
  return signalsOf(reply)
    .map(({ coin, signal }) => `${coin} ${signal}`)
    .join(', ');
}
function classOf(reply: string): string {
  const parsed = parseReply(reply);
  return parsed.kind === 'unusable' ? parsed.class : parsed.kind;
}
function noted(parsed: ParsedReply, kind: ReplyNote['kind']): Omit<ReplyNote, 'kind' | 'says'>[] {
  return parsed.notes
    .filter((note) => note.kind === kind)
    .map(({ coin, field, why }) => ({
      ...(coin === undefined ? {} : { coin }),
      ...(field === undefined ? {} : { field }),
      ...(why === undefined ? {} : { why }),
    }));
}

describe('the forms of a reply', () => {
  it.each([
    ['a table with trade_signal_args', table('BTC', 'ETH')],
    ['a flat table', `{"BTC": ${args('BTC')}, "ETH": ${args('ETH')}}`],
    ['a list of signals', `[${args('BTC')}, ${args('ETH')}]`],
    ['a list of tables', `[{${nested('BTC')}}, {"trade_signal_args": ${args('ETH')}}]`],
    ['a table under one word', `{"thinking": "…", "decisions": ${table('BTC', 'ETH')}}`],
    ['a list under one word', `{"Trading Decisions": [${args('BTC')}, ${args('ETH')}]}`],
    ['signals by themselves in a row', `${args('BTC')}\n${args('ETH')}`],
    [
      'signals by themselves, each in its fence',
      `\`\`\`json\n${args('BTC')}\n\`\`\`\n\n\`\`\`json\n${args('ETH')}\n\`\`\``,
    ],
    ['a table whose first entry closes a brace too many', `{${nested('BTC')}}, ${nested('ETH')}}`],
  ])('%s is read', (_, json) => {
    const wanted = [expected('BTC'), expected('ETH')];
    expect(signalsOf(json)).toEqual(wanted);
    expect(
      signalsOf(
        `# CHAIN OF THOUGHT\nIt's time.\n# TRADING DECISIONS\n\`\`\`json\n${json}\n\`\`\`\nDone {really}.`,
      ),
    ).toEqual(wanted);
  });

  it('a single signal by itself is read', () => {
    expect(signalsOf(`I will ${args('BTC')}`)).toEqual([expected('BTC')]);
    expect(signalsOf(`{"trade_signal_args": ${args('BTC')}}`)).toEqual([expected('BTC')]);
  });

  it('an entry without a coin has that of its key', () => {
    expect(coinsOf('{"BTC": {"signal": "hold"}, "notes": {"signal": "hold"}}')).toBe('BTC hold');
  });

  it.each([
    '{}',
    '```json\n{}\n```',
    '{ // nothing to do\n}',
    '[]',
    '{"decisions": []}',
    '# TRADING DECISIONS\n{ }\n(none)',
  ])('%j is a decision to do nothing', (reply) => {
    expect(classOf(reply)).toBe('no-action');
  });

  it('the reason of a close is kept', () => {
    const [signal] = signalsOf(`{"coin": "BTC", "signal": "close_position", "close_reason": "target met"}`);
    expect(signal).toMatchObject({ signal: 'close_position', closeReason: 'target met', quantity: null });
  });
});

describe('what is written in another way', () => {
  it('B-14: coins and words are folded, and the notes say so', () => {
    const parsed = parseReply(
      `{"btc": {"coin": "btc", "signal": "BUY", ${REST}}, "ETH": {"coin": "ETH", "signal": "Close Position"}, "SOL": {"coin": "SOL", "signal": "short", ${REST}}}`,
    );
    expect(parsed).toMatchObject({
      signals: [expected('BTC'), { coin: 'ETH', signal: 'close_position' }, expected('SOL', 'sell')],
    });
    expect(noted(parsed, 'coerced')).toEqual([
      { coin: 'BTC', field: 'coin' },
      { coin: 'BTC', field: 'signal' },
      { coin: 'ETH', field: 'signal' },
      { coin: 'SOL', field: 'signal' },
    ]);
  });

  it('B-14: "10x" is a leverage of 10 and no reason to drop the signal', () => {
    const reply = `{"BTC": ${args('BTC').replace('"leverage": 10', '"leverage": "10x"').replace('118000.5', '"$118,000.5"')}}`;
    expect(signalsOf(reply)).toEqual([expected('BTC')]);
    expect(noted(parseReply(reply), 'coerced')).toEqual([
      { coin: 'BTC', field: 'leverage' },
      { coin: 'BTC', field: 'profit_target' },
    ]);
    expect(signalsOf(reply.replace('"10x"', '10x'))).toEqual([expected('BTC')]);
  });

  it.each(['sell', 'SELL', 'short', 'sell_to_enter', 'Enter-Short'])('%s enters short', (word) => {
    expect(coinsOf(args('BTC', word))).toBe('BTC sell');
  });

  it('names of fields are folded too, with the escapes of Markdown', () => {
    const reply = args('BTC')
      .replace('stop_loss', 'stopLoss')
      .replace('risk_usd', 'Risk USD')
      .replace('profit_target', 'profit\\_target');
    expect(signalsOf(reply)).toEqual([expected('BTC')]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['missing', '"leverage": 10, ', ''],
    ['null', '"leverage": 10', '"leverage": null'],
    ['not-a-number', '"leverage": 10', '"leverage": "about ten"'],
    ['not-a-number', '"leverage": 10', '"leverage": [10]'],
    ['out-of-range', '"leverage": 10', '"leverage": NaN'],
    ['out-of-range', '"leverage": 10', '"leverage": 1e999'],
    ['contradictory', '"leverage": 10', '"leverage": 10, "leverage": 20'],
  ])('B-14: a field that is %s stays null, with a named rejection', (why, from, to) => {
    const parsed = parseReply(`{"BTC": ${args('BTC').replace(from, to)}}`);
    expect(parsed).toMatchObject({ signals: [{ ...expected('BTC'), leverage: null }] });
    expect(noted(parsed, 'rejected')).toEqual([{ coin: 'BTC', field: 'leverage', why }]);
  });

  it('a field said twice in the same way is fine', () => {
    expect(signalsOf(args('BTC').replace('"leverage": 10', '"leverage": 10, "leverage": 10'))).toEqual([
      expected('BTC'),
    ]);
  });

  it('a close needs only its coin: null and missing are no rejections there, an unreadable quantity is', () => {
    const close = (more: string): ParsedReply =>
      parseReply(`{"BTC": {"coin": "BTC", "signal": "close_position"${more}}}`);
    expect(close('').notes).toEqual([]);
    expect(close(', "quantity": 0, "stop_loss": null, "profit_target": null').notes).toEqual([]);
    expect(noted(close(', "quantity": "half"'), 'rejected')).toEqual([
      { coin: 'BTC', field: 'quantity', why: 'not-a-number' },
    ]);
  });

  it.each([
    ['an unknown word', args('BTC', 'accumulate')],
    ['a contradictory word', args('BTC').replace('"signal": "buy"', '"signal": "buy", "signal": "hold"')],
    ['a coin that is none', args('the best one')],
    ['a coin that is spelled with escapes', args('\\u0042TC')],
    ['two coins', args('BTC').replace('"coin"', '"coin": "ETH", "coin"')],
    ['no word', `{"BTC": {"coin": "BTC", ${REST}}}`],
  ])('%s gives no signal and is told', (_, reply) => {
    expect(classOf(reply)).toBe('no_signals');
    expect(noted(parseReply(reply), 'dropped')).toHaveLength(1);
    expect(coinsOf(`{${nested('ETH')}, "X": ${reply}}`), 'others are not touched').toBe('ETH buy');
  });

  it('of two signals for a coin in one decision the later one counts, and the notes say so', () => {
    const parsed = parseReply(`[${args('BTC')}, ${args('ETH')}, ${args('BTC', 'hold')}]`);
    expect(parsed).toMatchObject({ signals: [expected('ETH'), expected('BTC', 'hold')] });
    expect(noted(parsed, 'replaced')).toEqual([{ coin: 'BTC' }]);
  });
});

describe('several blocks', () => {
  it('the last decision that can be read counts, and the notes say which one did not', () => {
    const parsed = parseReply(
      `First I thought ${table('BTC')} but then\n${table('ETH')}\nwith {"rsi": 40} in mind.`,
    );
    expect(parsed).toMatchObject({ signals: [expected('ETH')] });
    expect(parsed.notes.map((note) => note.says)).toEqual([
      'another block (BTC) not used: the last decision that can be read counts',
    ]);
    expect(coinsOf(`${table('BTC')}\n\nAlternatively:\n${args('ETH', 'accumulate')}`)).toBe('BTC buy');
    expect(classOf(`${table('BTC')}\n\nOn reflection:\n{}`)).toBe('no-action');
  });

  it('signals by themselves with prose between them are different decisions', () => {
    expect(coinsOf(`${args('BTC')}\nor rather\n${args('ETH')}`)).toBe('ETH buy');
  });

  it('a block in the reasoning is a draft, also when no other one follows', () => {
    const draft = `# CHAIN OF THOUGHT\nmaybe ${table('BTC')}\n\n# TRADING DECISIONS\n`;
    expect(coinsOf(draft + table('ETH'))).toBe('ETH buy');
    expect(classOf(`${draft}No trades, so no JSON.`)).toBe('no_json');
    expect(noted(parseReply(draft), 'passed-over')).toHaveLength(1);
  });
});

describe('a reply without a decision', () => {
  it.each([
    ['empty', ''],
    ['empty', ' \n\t\ufeff'],
    ['no_json', 'I would rather wait.'],
    ['malformed_json', 'The answer is {see above} and that is all.'],
    ['no_signals', '{"rsi": 40, "trend": {"up": true}}'],
    ['no_signals', '{"BTC": null}'],
    ['too_long', `{}${' '.repeat(1_000_000)}`],
    ['too_long', '{} x '.repeat(3000)],
  ])('is %s, never a silent hold', (kind, reply) => {
    const parsed = parseReply(reply);
    expect(parsed).toMatchObject({ kind: 'unusable', class: kind });
  });

  it('B-13: a reply that was cut off keeps its complete signals and says that it was cut', () => {
    const whole = table('BTC', 'ETH');
    const second = whole.indexOf('"ETH"');
    for (let end = second; end < whole.length - 3; end++) {
      const parsed = parseReply(`# TRADING DECISIONS\n\`\`\`json\n${whole.slice(0, end)}`);
      expect(parsed, String(end)).toMatchObject({ kind: 'signals', signals: [expected('BTC')] });
      expect(noted(parsed, 'cut')).toHaveLength(1);
    }
    expect(signalsOf(whole.slice(0, -3)), 'only brackets are missing').toHaveLength(1);
    expect(signalsOf(whole.slice(0, -2)), 'only brackets are missing').toHaveLength(2);
  });

  it('B-13: a reply that was cut off inside its first signal is truncated, not a hold', () => {
    const whole = table('BTC');
    for (let end = 1; end < whole.length - 3; end++) {
      expect(classOf(`Thus:\n${whole.slice(0, end)}`), whole.slice(0, end)).toBe('truncated');
    }
  });
});

describe('the reasoning', () => {
  it.each([
    ['between the headings', `# CHAIN OF THOUGHT\nUp.\n\n# TRADING DECISIONS\n{}`, 'Up.'],
    ['with other marks', `Hi\n**Chain of Thought:**\nUp.\n## trading decisions ##\n{}`, 'Up.'],
    ['before the block', `Up.\n\`\`\`json\n{}\n\`\`\``, 'Up.'],
    ['before the block that counts', `Up {"rsi": 3}.\n{}`, 'Up {"rsi": 3}.'],
    ['the whole text', ' Nothing. ', 'Nothing.'],
  ])('is %s', (_, reply, reasoning) => {
    expect(parseReply(reply).reasoning).toBe(reasoning);
  });
});
