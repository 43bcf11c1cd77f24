/** A growing little-endian buffer: what a state is saved as, without loss and in the same bytes everywhere. */
export interface ByteWriter {
  double(value: number): void;
  uint32(value: number): void;
  text(value: string): void;
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
  return {
    double(value) {
      reserve(8);
      view.setFloat64(at, value, true);
      at += 8;
    },
    uint32(value) {
      reserve(4);
      view.setUint32(at, value, true);
      at += 4;
    },
    text(value) {
      const encoded = encoder.encode(value);
      reserve(4 + encoded.length);
      view.setUint32(at, encoded.length, true);
      bytes.set(encoded, at + 4);
      at += 4 + encoded.length;
    },
    finish: () => bytes.slice(0, at),
  };
}
