/** Memory for columns whose length is not known before a file has been read to its end. */

const FIRST_ROWS = 1024;
/** From here on the rows so far tell how long the rows of this file are. */
const ESTIMATE_FROM_ROWS = 16_384;
/** Memory that is set aside and never written costs no page, a second set of columns costs all of them. */
const SPARE_FRACTION = 1 / 8;
/** A file's word on its size is trusted up to here; beyond, columns grow with what is really read. */
const MAX_ESTIMATED_ROWS = 1 << 24;

/**
 * Rows to make room for once `rows` of them fill what there is. The size of the file and the length of its
 * rows so far give an estimate of all rows, so that columns of a large file are moved once, while they are small.
 */
export function nextCapacity(rows: number, bytesSeen: number, bytesExpected: number): number {
  if (rows < ESTIMATE_FROM_ROWS) return Math.max(FIRST_ROWS, rows * 2);
  const estimate = Math.ceil(((rows * bytesExpected) / bytesSeen) * (1 + SPARE_FRACTION));
  return Math.max(Math.min(estimate, MAX_ESTIMATED_ROWS), rows + (rows >> 2));
}

/** The same numbers with room for more. */
export function grownColumn(column: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

/** The first `rows` numbers: on the same memory, unless much of it would lie idle. */
export function trimmedColumn(column: Float64Array, rows: number): Float64Array {
  return column.length > rows * (1 + 2 * SPARE_FRACTION) ? column.slice(0, rows) : column.subarray(0, rows);
}

/** A column of `length` on the memory of `column` where that is large enough, else on memory of its own. */
export function columnWithRoom(column: Float64Array, length: number): Float64Array {
  const end = column.byteOffset + length * Float64Array.BYTES_PER_ELEMENT;
  return end <= column.buffer.byteLength
    ? new Float64Array(column.buffer, column.byteOffset, length)
    : new Float64Array(length);
}
