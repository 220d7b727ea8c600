// A layer is text as it lies in a file, or text decoded out of a container in another layer; it knows where its bytes are
// in the layer around it. Decoding is bounded in depth and in bytes.

import { type Decoding } from '../core/finding.ts';
import { base64AnySet, sextet } from '../engine/charset.ts';
import {
  characterAt,
  codeOf,
  escapeFlag,
  flagsOf,
  htmlFlag,
  percentFlag,
  widthOf,
} from '../engine/logical.ts';

export interface Layer {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly depth: number;
  readonly parent: Layer | null;
  /** What had to be undone to get here from the file, outermost first. */
  readonly decodings: readonly Decoding[];
  /** Where bytes [start, end) of this layer stand in its parent: the smallest stretch, or the whole container if they are all of it. */
  toParent(start: number, end: number): readonly [number, number];
}

export const deepest = 3;

export function fileLayer(bytes: Uint8Array): Layer {
  return {
    bytes,
    length: bytes.length,
    depth: 0,
    parent: null,
    decodings: [],
    toParent: (start, end) => [start, end],
  };
}

/** The bytes [start, end) of `parent`, in base64 of either alphabet, possibly wrapped over lines. */
export function base64Layer(parent: Layer, start: number, end: number): Layer {
  const places = new Int32Array(end - start);
  let count = 0;
  for (let at = start; at < end; at++) {
    if (base64AnySet[parent.bytes[at] ?? 0] === 1) places[count++] = at;
  }
  const length = (count * 6) >> 3;
  const bytes = new Uint8Array(length);
  let pending = 0;
  let held = 0;
  let written = 0;
  for (let i = 0; i < count && written < length; i++) {
    pending = ((pending << 6) | sextet(parent.bytes[places[i] ?? 0])) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[written++] = (pending >> held) & 0xff;
    }
  }
  let ink: readonly [number, number] | undefined;
  return child(parent, bytes, ['base64'], (from, to) =>
    from <= (ink ??= inkOf(bytes))[0] && to >= ink[1]
      ? [start, end]
      : [
          places[Math.floor((from * 8) / 6)] ?? start,
          (places[Math.ceil((to * 8) / 6) - 1] ?? end - 1) + 1,
        ],
  );
}

/** The bytes [start, end) of `parent` with every escape undone. */
export function escapedLayer(parent: Layer, start: number, end: number): Layer {
  const bytes = new Uint8Array((end - start) * 3);
  const starts = new Int32Array((end - start) * 3 + 1);
  let length = 0;
  let flags = 0;
  for (let at = start; at < end;) {
    const packed = characterAt(parent.bytes, at, end);
    const code = codeOf(packed);
    flags |= flagsOf(packed);
    starts[length] = at;
    if (code < 128 || flagsOf(packed) === 0) {
      bytes[length++] = code;
    } else {
      for (const byte of Buffer.from(String.fromCharCode(code), 'utf8')) {
        starts[length] = at;
        bytes[length++] = byte;
      }
    }
    at += widthOf(packed);
    starts[length] = at;
  }
  const decodings: Decoding[] = [];
  if ((flags & percentFlag) !== 0) decodings.push('percent');
  if ((flags & htmlFlag) !== 0) decodings.push('html');
  if ((flags & escapeFlag) !== 0) decodings.push('escape');
  return child(parent, bytes.subarray(0, length), decodings, (from, to) => [
    starts[from] ?? start,
    starts[to] ?? end,
  ]);
}

/** The bytes [start, end) of `parent`, an even number, as UTF-16; characters beyond Latin-1 become NUL. */
export function wideLayer(parent: Layer, start: number, end: number): Layer {
  const big = parent.bytes[start] === 0;
  const bytes = new Uint8Array((end - start) >> 1);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = parent.bytes[start + i * 2 + (big ? 1 : 0)] ?? 0;
  return child(parent, bytes, [big ? 'utf-16be' : 'utf-16le'], (from, to) => [
    start + from * 2,
    start + to * 2,
  ]);
}

function child(
  parent: Layer,
  bytes: Uint8Array,
  decodings: readonly Decoding[],
  toParent: Layer['toParent'],
): Layer {
  return {
    bytes,
    length: bytes.length,
    depth: parent.depth + 1,
    parent,
    decodings: [...parent.decodings, ...decodings],
    toParent,
  };
}

/** Where the white space before everything else ends, and that behind it begins. */
function inkOf(bytes: Uint8Array): readonly [from: number, to: number] {
  const isInk = (byte: number): boolean => byte > 32;
  const first = bytes.findIndex(isInk);
  return first < 0 ? [bytes.length, 0] : [first, bytes.findLastIndex(isInk) + 1];
}
