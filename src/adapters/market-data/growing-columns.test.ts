import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnWithRoom, grownColumn, nextCapacity, trimmedColumn } from './growing-columns.js';

describe('room for rows', () => {
  it('grows whenever it is asked for, whatever a file says of its size', () => {
    fc.assert(
      fc.property(
        fc.nat(1e8),
        fc.double({ min: 1, max: 1e12, noNaN: true }),
        fc.nat(1e12),
        (rows, seen, expected) => {
          expect(nextCapacity(rows, seen, expected)).toBeGreaterThan(rows);
        },
      ),
    );
  });

  it('is enough at once for rows as long as those so far, with little beyond', () => {
    const capacity = nextCapacity(20_000, 1e6, 300e6);
    expect(capacity).toBeGreaterThan(6_000_000);
    expect(capacity).toBeLessThan(7_000_000);
  });

  it('of a file that claims too much stays below a gigabyte', () => {
    expect(nextCapacity(20_000, 1e6, 1e15) * 6 * 8).toBeLessThan(1e9);
  });
});

describe('columns', () => {
  const column = Float64Array.of(1, 2, 3, 4);

  it('keep their numbers when they grow and when they are trimmed', () => {
    expect([...grownColumn(column, 6)]).toEqual([1, 2, 3, 4, 0, 0]);
    for (const rows of [1, 2, 3, 4])
      expect([...trimmedColumn(column, rows)]).toEqual([1, 2, 3, 4].slice(0, rows));
  });

  it('give up memory that would lie idle, and keep it where little does', () => {
    expect(trimmedColumn(new Float64Array(1000), 500).buffer.byteLength).toBe(4000);
    expect(trimmedColumn(new Float64Array(1000), 900).buffer.byteLength).toBe(8000);
  });

  it('are longer on their own memory where there is room', () => {
    const short = new Float64Array(10).subarray(0, 6);
    expect(columnWithRoom(short, 10).buffer).toBe(short.buffer);
    expect(columnWithRoom(short, 11).buffer).not.toBe(short.buffer);
    expect(columnWithRoom(short, 11).length).toBe(11);
  });
});
