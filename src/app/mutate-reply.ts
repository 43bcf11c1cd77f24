import { type Seed, uniformAt } from '../core/domain/rng.js';

const MOST_MUTATIONS = 8;
const MOST_SPAN_CHARS = 40;
/** Draws are a function of seed, time and draw; the number of a reply stands in for the time. */
const MINUTE_MS = 60_000;

const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ',',
    ':',
    '\\',
    '\n',
    '\n\n',
    ' ',
    '.',
    '-',
    '0',
    '7',
    '1,',
    'e9',
    'x',
    '%',
  ],
  ...[
    '```',
    '```json\n',
    '//',
    '/*',
    '*/',
    '{}',
    '[]',
    '{"',
    '"}',
    '}}',
    'null',
    'NaN',
    '-Infinity',
    '1e999',
    '$',
  ],
  ...[
    '“',
    '”',
    '‘',
    '｛',
    '｝',
    '：',
    '，',
    '７',
    '\ufeff',
    '\u0000',
    '\ud83d',
    '🚀',
    '²',
    '½',
    '٣',
    '\u2212',
    '\u202e',
  ],
  ...[
    '"quantity": 7,',
    '"coin": "ETH",',
    '# TRADING DECISIONS\n',
    'CHAIN OF THOUGHT',
    '\\u0041',
    '__proto__',
  ],
];

/** A reply with one to eight damages: pieces deleted, doubled, swapped or inserted, cut off, or another reply behind it. */
export function mutateReply(replies: readonly string[], seed: Seed, number: number): string {
  let drawn = 0;
  const below = (bound: number): number => Math.floor(uniformAt(seed, number * MINUTE_MS, drawn++) * bound);
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  let text = pick(replies);
  for (let left = 1 + below(MOST_MUTATIONS); left > 0; left--) {
    const at = below(text.length + 1);
    const span = text.slice(at, at + 1 + below(MOST_SPAN_CHARS));
    const behind = text.slice(at + span.length);
    const other = below(text.length + 1);
    switch (below(12)) {
      case 0:
        text = text.slice(0, at) + behind;
        break;
      case 1:
        text = text.slice(0, at) + span + span + behind;
        break;
      case 2:
        text = text.slice(0, at) + behind.slice(0, other) + span + behind.slice(other);
        break;
      case 3:
        text = text.slice(0, at) + text.slice(at + 1);
        break;
      case 4:
        // Seldom, so that most of the others have something to damage.
        text = below(4) === 0 ? text.slice(0, at) : text;
        break;
      case 5:
        text = below(4) === 0 ? `${text}\n${pick(replies)}` : text;
        break;
      default:
        text = text.slice(0, at) + pick(PIECES) + text.slice(at);
    }
  }
  return text;
}
