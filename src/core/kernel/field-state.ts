/** All lanes of a field as bytes, and back: what a process has to keep to go on where another stopped. */
import type { Field } from './field.js';
import { DOUBLES_HEAD, DOUBLES_PER_SYMBOL, INTS_HEAD, INTS_PER_SYMBOL } from './lane-layout.js';

/** The state between two blocks. Undefined where a lane's state is one of the general session's, which has its own codec. */
export function fieldState(field: Field): Uint8Array | undefined {
  if (field.lanes.some(({ general }) => general)) return undefined;
  const used = usedOf(field);
  const bytes = new Uint8Array(used.doubles.byteLength + used.ints.byteLength);
  bytes.set(bytesOf(used.doubles));
  bytes.set(bytesOf(used.ints), used.doubles.byteLength);
  return bytes;
}

/** Takes such a state over; the field must have the same lanes in the same order. */
export function takeFieldState(field: Field, bytes: Uint8Array): void {
  const used = usedOf(field);
  const { byteLength } = used.doubles;
  if (bytes.length !== byteLength + used.ints.byteLength)
    throw new Error(
      `a state of ${String(bytes.length)} bytes, expected ${String(byteLength + used.ints.byteLength)}`,
    );
  bytesOf(used.doubles).set(bytes.subarray(0, byteLength));
  bytesOf(used.ints).set(bytes.subarray(byteLength));
}

/** The arrays have room for lanes to come. */
function usedOf({ lanes, doubles, ints }: Field): { doubles: Float64Array; ints: Int32Array } {
  const last = lanes.at(-1);
  const symbols = last?.venue.index.length ?? 0;
  return {
    doubles: doubles.subarray(
      0,
      last === undefined ? 0 : last.doublesAt + DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL,
    ),
    ints: ints.subarray(0, last === undefined ? 0 : last.intsAt + INTS_HEAD + symbols * INTS_PER_SYMBOL),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
