import { assertInvariant } from './problem.js';

/** A growing little-endian buffer: what a state is saved as, without loss and in the same bytes everywhere. */
export interface ByteWriter {
  double(value: number): void;
  uint32(value: number): void;
  text(value: string): void;
  /** Count, then the bytes. */
  bytes(values: Uint8Array): void;
  /** Count, zeros up to the next multiple of eight bytes, then the values. */
  doubles(values: Float64Array | readonly number[]): void;
  /** A copy of what was written. */
  finish(): Uint8Array;
}

const encoder = new TextEncoder();

export function createByteWriter(): ByteWriter {
  let bytes = new Uint8Array(1 << 16);
  let view = new DataView(bytes.buffer);
  let at = 0;
  const reserve = (more: number): void => {
    if (at + more <= bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes.length * 2, at + more));
    larger.set(bytes);
    bytes = larger;
    view = new DataView(bytes.buffer);
  };
  const putUint32 = (value: number): void => {
    // DataView would wrap what does not fit, and the state would come back as another one.
    assertInvariant(value >>> 0 === value, () => `${String(value)} is no unsigned 32-bit integer`);
    view.setUint32(at, value, true);
    at += 4;
  };
  return {
    double(value) {
      reserve(8);
      view.setFloat64(at, value, true);
      at += 8;
    },
    uint32(value) {
      reserve(4);
      putUint32(value);
    },
    text(value) {
      const encoded = encoder.encode(value);
      reserve(4 + encoded.length);
      putUint32(encoded.length);
      bytes.set(encoded, at);
      at += encoded.length;
    },
    bytes(values) {
      reserve(4 + values.length);
      putUint32(values.length);
      bytes.set(values, at);
      at += values.length;
    },
    doubles(values) {
      reserve(4 + 7 + values.length * 8);
      putUint32(values.length);
      // Bytes beyond `at` were never written, so the gap is zero.
      at += gapToEight(at);
      for (const value of values) {
        view.setFloat64(at, value, true);
        at += 8;
      }
    },
    finish: () => bytes.slice(0, at),
  };
}

/** How many bytes lie between a place and the next multiple of eight. */
export function gapToEight(at: number): number {
  return (8 - (at % 8)) % 8;
}
