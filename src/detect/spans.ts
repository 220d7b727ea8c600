// From lines and columns back to the bytes of a file as it was given, whatever it is encoded in.

import { decode, type Place, Positions } from './position.ts';
import { toText } from './text.ts';

/** A function from a place of `bytes` to its byte, 0-based; the end of the line where that has no such column. */
export function byteAt(bytes: Uint8Array): (place: Place) => number {
  const text = toText(bytes);
  const positions = new Positions(text.bytes, text.mark);
  if (text.bytes === bytes) return (place) => positions.offset(place);
  const isUtf32 = bytes.length > 2 * decode(text.bytes).length;
  return (place) => {
    const before = decode(text.bytes.subarray(0, positions.offset(place)));
    return isUtf32 ? 4 * [...before].length : 2 * before.length;
  };
}
