// Containers: runs of text in which something is written in another encoding. Whoever gets the hit decodes it.

import { base64AnySet } from './charset.ts';
import type { Confirm, State } from './state.ts';
import type { ContainerMatcher } from './tables.ts';

export function containerConfirm(matcher: ContainerMatcher): Confirm {
  const extent = { base64: base64Extent, escaped: escapedExtent, 'utf-16': wideExtent }[
    matcher.encoding
  ];
  return (state, index, at, step) => {
    state.seen = true;
    const span = extent(state, at, step & 3);
    if (span === undefined) return;
    state.steps -= 16;
    state.until[index] = span[1];
    if (span[1] - span[0] < leastContainer) return;
    state.add(index, span[0], span[1], -1);
  };
}

/** Encoded, the shortest credential takes this many bytes. */
const leastContainer = 24;
/** Of one container at most; what is bigger is decoded around the anchor only. */
const mostEncoded = 1 << 20;

/** The whole base64 run around `at`, over the line ends of wrapped text, cut to start with a full group of four. */
function base64Extent(state: State, at: number, phase: number): [number, number] {
  const { bytes, length } = state;
  let start = at;
  let count = 0;
  const first = Math.max(0, at - mostEncoded);
  for (let position = at; position > first;) {
    const byte = bytes[position - 1] ?? 0;
    if (base64AnySet[byte] === 1) {
      position--;
      start = position;
      count++;
      continue;
    }
    const line = lineBack(bytes, position);
    if (line < 0) break;
    position = line;
  }
  let end = at;
  const last = Math.min(length, at + mostEncoded);
  for (let position = at; position < last;) {
    const byte = bytes[position] ?? 0;
    if (base64AnySet[byte] === 1) {
      position++;
      end = position;
      continue;
    }
    const line = lineForward(bytes, position, last);
    if (line < 0) break;
    position = line;
  }
  while (end < length && bytes[end] === 61 && end - at < mostEncoded) end++;
  state.steps -= (end - start) >> 2;
  // count characters stand before `at`; its phase tells how many of the first of them belong to no whole group.
  let surplus = (((count - phase) % 4) + 4) % 4;
  while (surplus > 0) {
    if (base64AnySet[bytes[start] ?? 0] === 1) surplus--;
    start++;
  }
  return [start, end];
}

/** Wrapped base64: before a line end and indentation stands a full line (60 characters or more) of it. */
function lineBack(bytes: Uint8Array, at: number): number {
  let position = at;
  while (position > 0 && (bytes[position - 1] === 32 || bytes[position - 1] === 9)) position--;
  if (bytes[position - 1] !== 10) return -1;
  position--;
  if (bytes[position - 1] === 13) position--;
  for (let i = 1; i <= 60; i++) if (base64AnySet[bytes[position - i] ?? 0] !== 1) return -1;
  return position;
}

function lineForward(bytes: Uint8Array, at: number, last: number): number {
  for (let i = 1; i <= 60; i++) if (base64AnySet[bytes[at - i] ?? 0] !== 1) return -1;
  let position = at;
  if (bytes[position] === 13) position++;
  if (bytes[position] !== 10) return -1;
  position++;
  while (position < last && (bytes[position] === 32 || bytes[position] === 9)) position++;
  return position < last && base64AnySet[bytes[position] ?? 0] === 1 ? position : -1;
}

const escapedReach = 4096;

/** The line around, at most 4 KiB to either side: where one character is written in escapes, others are too. */
function escapedExtent(state: State, at: number): [number, number] {
  const { bytes } = state;
  let start = at;
  while (start > 0 && at - start < escapedReach && bytes[start - 1] !== 10) start--;
  let end = at;
  while (end < state.length && end - at < escapedReach && bytes[end] !== 10) end++;
  state.steps -= end - start;
  return [start, end];
}

/** The run of two-byte characters around `at`, on which an ASCII character stands. Starts with the zero where big endian. */
function wideExtent(state: State, at: number): [number, number] | undefined {
  const { bytes, length } = state;
  // Pairs (byte, 0), going out from `at`; at the left edge a lone zero tells big endian.
  let start = at;
  while (start >= 2 && bytes[start - 1] === 0 && isText(bytes[start - 2])) start -= 2;
  let end = at;
  while (end + 1 < length && isText(bytes[end]) && bytes[end + 1] === 0) end += 2;
  state.steps -= (end - start) >> 2;
  const big = start > 0 && bytes[start - 1] === 0;
  if (big) {
    start--;
    if (end < length && isText(bytes[end])) end++;
    if ((end - start) % 2 !== 0) end--;
  } else if ((end - start) % 2 !== 0) end--;
  return end - start >= 8 ? [start, end] : undefined;
}

function isText(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= 32 ? byte < 127 : byte === 9 || byte === 10 || byte === 13);
}
