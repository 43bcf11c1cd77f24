import { endianness } from 'node:os';

/** The journal is little-endian on every machine, so that it can be carried from one to another. */
const SWAPS = endianness() === 'BE';

/** The bytes of some doubles; shares their memory where the machine's order is the journal's. */
export function toBlob(doubles: Float64Array): Buffer {
  const shared = Buffer.from(doubles.buffer, doubles.byteOffset, doubles.byteLength);
  return SWAPS ? Buffer.from(shared).swap64() : shared;
}

/** A copy, because a Buffer need not lie on an eight-byte boundary; undefined when it is no whole number of doubles. */
export function fromBlob(blob: Buffer): Float64Array | undefined {
  if (blob.length % 8 !== 0) return undefined;
  const doubles = new Float64Array(blob.length / 8);
  const bytes = Buffer.from(doubles.buffer);
  blob.copy(bytes);
  if (SWAPS) bytes.swap64();
  return doubles;
}
