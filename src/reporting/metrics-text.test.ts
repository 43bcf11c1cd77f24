import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../test/support/parse-exposition.js';
import { metricsText } from './metrics-text.js';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);
const value = fc.oneof(fc.double(), fc.integer(), fc.constant(undefined));

describe('metrics for Prometheus', () => {
  it('are read back as they were, whatever is in labels and helps', () => {
    fc.assert(
      fc.property(
        name,
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', '')),
        fc.array(fc.tuple(fc.string(), value), { maxLength: 5 }),
        (metric, help, values) => {
          const samples = values.map(([text, v], i) => ({ labels: { i: String(i), text }, value: v }));
          const text = metricsText([{ type: 'gauge', name: metric, help, samples }]);
          const family = parseExposition(text).get(metric);
          const told = samples.filter((s) => s.value !== undefined && Number.isFinite(s.value));
          expect(family?.samples ?? []).toEqual(
            told.map(({ labels, value: v }) => ({ name: metric, labels, value: Object.is(v, -0) ? 0 : v })),
          );
          if (told.length > 0) expect(family?.help).toBe(help);
        },
      ),
    );
  });

  it('a histogram has cumulative buckets, a sum and a count', () => {
    const text = metricsText([
      {
        type: 'histogram',
        name: 'arena_round_seconds',
        help: 'How long.',
        buckets: [
          { upTo: 0.1, count: 2 },
          { upTo: 1, count: 3 },
        ],
        sum: 12.5,
        count: 4,
      },
    ]);
    expect(text).toBe(
      [
        '# HELP arena_round_seconds How long.',
        '# TYPE arena_round_seconds histogram',
        'arena_round_seconds_bucket{le="0.1"} 2',
        'arena_round_seconds_bucket{le="1"} 3',
        'arena_round_seconds_bucket{le="+Inf"} 4',
        'arena_round_seconds_sum 12.5',
        'arena_round_seconds_count 4',
        '',
      ].join('\n'),
    );
    expect(parseExposition(text).get('arena_round_seconds')?.samples).toHaveLength(5);
  });

  it('what cannot be measured is not told', () => {
    const samples = [{ value: undefined }, { value: NaN }, { value: Infinity }];
    expect(metricsText([{ type: 'gauge', name: 'x', help: 'x', samples }])).toBe('');
  });

  it.each([
    ['no end', '# HELP a b\n# TYPE a gauge\na 1'],
    ['no help', '# TYPE a gauge\na 1\n'],
    ['a series twice', '# HELP a b\n# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
    ['a raw quote', '# HELP a b\n# TYPE a gauge\na{x="1"2"} 1\n'],
    [
      'buckets that fall',
      '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 3\na_bucket{le="+Inf"} 2\na_sum 1\na_count 2\n',
    ],
    ['no number', '# HELP a b\n# TYPE a gauge\na undefined\n'],
  ])('the reader of these tests refuses %s', (_, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
