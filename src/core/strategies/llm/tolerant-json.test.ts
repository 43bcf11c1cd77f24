import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyCursor } from './reply-cursor.js';
import type { ReplyValue } from './reply-value.js';
import { readArray, readObject } from './tolerant-json.js';

function read(text: string): { value: unknown; end: string; rest: string; repairs: string[] } {
  const cursor: ReplyCursor = { text, at: 0, steps: 0, repairs: new Set() };
  const { value, end } = text.startsWith('[') ? readArray(cursor) : readObject(cursor);
  return { value: plain(value), end, rest: text.slice(cursor.at), repairs: [...cursor.repairs] };
}

/** Numbers stay texts: what they mean is not the reader's business. */
function plain(value: ReplyValue): unknown {
  if (value.kind === 'array') return value.items.map(plain);
  if (value.kind === 'object') return value.members.map(({ key, value: inner }) => [key, plain(inner)]);
  return value.kind === 'bare' ? { bare: value.text } : value.text;
}

const bare = (text: string): { bare: string } => ({ bare: text });

/** The same picture of what JSON.parse gives. */
function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([key, inner]) => [key, plainJson(inner)]);
  return typeof value === 'string' ? value : bare(JSON.stringify(value));
}

/** Blank lines inside a text end it here, and JSON.stringify never writes them raw. */
const jsonObject = fc.dictionary(
  fc.string({ maxLength: 12 }).filter((key) => !/["\\\n]/.test(JSON.stringify(key).slice(1, -1))),
  fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'bee', 'c d'), tie('node')),
    ),
  })).node,
);

describe('reading tolerant JSON', () => {
  it('reads every JSON as JSON.parse does, without a repair', () => {
    fc.assert(
      fc.property(jsonObject, fc.constantFrom(0, 2), (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        // JSON.parse puts keys that are numbers first; the text's own order is kept here.
        fc.pre(!Object.keys(object).some((key) => /^\d+$/.test(key)));
        const { value, end, rest, repairs } = read(text);
        expect({ value, end, rest, repairs }).toEqual({
          value: plainJson(JSON.parse(text)),
          end: 'closed',
          rest: '',
          repairs: [],
        });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      'comments',
      '{ // no\n "a": 1, /* half } */ "b": 2 }',
      [
        ['a', bare('1')],
        ['b', bare('2')],
      ],
    ],
    ['single quotes', `{'a': 'it's "fine"'}`, [['a', `it's "fine"`]]],
    ['stray commas', '{,"a": 1,,}', [['a', bare('1')]]],
    [
      'missing commas',
      '{"a": 1\n"b": "x"\n c: 2}',
      [
        ['a', bare('1')],
        ['b', 'x'],
        ['c', bare('2')],
      ],
    ],
    [
      'full-width signs',
      '｛“a”：１．５，“b”：“ok”｝',
      [
        ['a', bare('1.5')],
        ['b', 'ok'],
      ],
    ],
    [
      'unquoted keys',
      '{stop_loss: 5, $b: true}',
      [
        ['stop_loss', bare('5')],
        ['$b', bare('true')],
      ],
    ],
    ['quotes inside a text', '{"a": "he said "no" twice"}', [['a', 'he said "no" twice']]],
  ])('overlooks %s, and says so', (repair, text, expected) => {
    const { value, end, repairs } = read(text);
    expect(value).toEqual(expected);
    expect(end).toBe('closed');
    expect(repairs).toContain(repair);
  });

  it('does not count braces, commas and comment signs inside texts', () => {
    const { value, repairs } = read('{"a": "} // { , /* \\" ]", "b": 1}');
    expect(value).toEqual([
      ['a', '} // { , /* " ]'],
      ['b', bare('1')],
    ]);
    expect(repairs).toEqual([]);
  });

  it('keeps the complete members of a text that was cut off, and nothing of the one that was cut', () => {
    const whole = '{"a": {"x": 1, "y": 25}, "b": "text", "c": 1150}';
    expect(read(whole.slice(0, -1)).value, 'the 1150 may go on').toEqual([
      [
        'a',
        [
          ['x', bare('1')],
          ['y', bare('25')],
        ],
      ],
      ['b', 'text'],
    ]);
    expect(read('{"a": 1, "b": "te')).toMatchObject({ value: [['a', bare('1')]], end: 'cut' });
    expect(read('{"a": 1, "b')).toMatchObject({ value: [['a', bare('1')]], end: 'cut' });
    expect(read('{"a": {"x": 1, "y": 2')).toMatchObject({ value: [['a', [['x', bare('1')]]]], end: 'cut' });
    expect(read('[{"a": 1}, {"b": 2')).toMatchObject({ value: [[['a', bare('1')]], []], end: 'cut' });
  });

  it('ends at a code fence when brackets are missing', () => {
    expect(read('{"a": {"b": 1\n```\nmore {')).toMatchObject({
      value: [['a', [['b', bare('1')]]]],
      end: 'lost',
      rest: '```\nmore {',
    });
  });

  it('leaves a forgotten quote at the next blank line', () => {
    expect(read('{"a": 1, "b": "no end, ever\n\n{"c": 2}')).toMatchObject({
      value: [['a', bare('1')]],
      end: 'lost',
      rest: '\n\n{"c": 2}',
    });
  });

  it('drops the value beside an unreadable part, and goes on behind the next comma', () => {
    expect(read('{"a": 5, "b": 1, 150.5, "c": 3}').value).toEqual([
      ['a', bare('5')],
      ['c', bare('3')],
    ]);
    expect(read('{"a": {"b": 1 ?? 2}, "c": 3}').value).toEqual([
      ['a', [['b', bare('1 ?? 2')]]],
      ['c', bare('3')],
    ]);
    expect(read('{"a": {"b": "x", or, "d": 4}, "c": 3}').value).toEqual([
      ['a', [['d', bare('4')]]],
      ['c', bare('3')],
    ]);
  });

  it('takes nothing out of the middle of two texts', () => {
    expect(read('{"a": "5" or "6", "c": 3}').value).toEqual([
      ['a', '5" or "6'],
      ['c', bare('3')],
    ]);
  });

  it('keeps a comma between digits with its number in an object, where no key begins with a digit', () => {
    expect(read('{"a": 1,150.5, "b": 2}').value).toEqual([
      ['a', bare('1,150.5')],
      ['b', bare('2')],
    ]);
    expect(read('[1,2]').value).toEqual([bare('1'), bare('2')]);
  });

  it('leaves prose with a brace at once', () => {
    expect(read('{as I said: "no"} and {"a": 1}')).toMatchObject({ value: [], end: 'lost' });
  });

  it('passes over what is nested too deep, and reads on behind it', () => {
    const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`;
    const { value, end, repairs } = read(`{"deep": ${deep}, "b": 2}`);
    expect(end).toBe('closed');
    expect(value).toMatchObject([
      ['deep', {}],
      ['b', bare('2')],
    ]);
    expect(repairs).toContain('a part nested too deep');
  });

  it('keeps a backslash that escapes nothing', () => {
    expect(read(String.raw`{"a": "1\0", "b": "\u0041\n\/\""}`).value).toEqual([
      ['a', '1\\0'],
      ['b', 'A\n/"'],
    ]);
  });
});
