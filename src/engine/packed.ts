// Tables as one block of bytes. A scan of a small file is over before as many objects could be made, so numbers are used
// where they lie, and a matcher is read from its text when its anchor is first seen, which in most files is never.

import { latin1 } from './charset.ts';
import type { Matcher } from './tables.ts';

/** What the engine asks of tables, and what those ask who want to know what a hit means. */
export interface PackedTables {
  /** How many rules the matchers belong to. */
  readonly rules: number;
  /** How many matchers there are. */
  readonly size: number;
  /** 1 where a window (three bytes as a number) may be a key, by the upper `filterBits` of its hash. */
  readonly filter: Uint8Array;
  /** A hash table of windows, each plus one since 0 is an empty place. A power of two long, searched on from the hash. */
  readonly keys: Int32Array;
  /** Per key: where in `entries` its own start. */
  readonly starts: Int32Array;
  /** Per key: how many entries, then of each matcher, `at` and step (see Anchor) and its literal's place in `literals`. */
  readonly entries: Int32Array;
  /** Of each literal: where its bytes start, where the matcher is tried, where they end, and its flags. */
  readonly literals: Int32Array;
  /** The bytes of all literals; lower case where case does not count. */
  readonly texts: Uint8Array;
  /** Throws RangeError outside 0 … size - 1. */
  matcher(index: number): Matcher;
}

/** A table of 64 KiB stays in a processor's second cache; a smaller one lets more through. */
export const filterBits = 16;
export const entrySize = 4;
export const anyCaseFlag = 1;
export const nameFlag = 2;
export const wordFlag = 4;

/** Of a window, by multiplication; its upper bits are used. */
export const multiplier = 0x9e3779b1;

export function hashOf(window: number): number {
  return Math.imul(window, multiplier);
}

/** First of all numbers; read in the other byte order it is another. */
export const mark = 0x6b737431;
const headSize = 8;

/** Keeps the bytes. Throws RangeError when `pack` did not make them. */
export function unpack(given: Uint8Array): PackedTables {
  const bytes = given.byteOffset % 4 === 0 ? given : given.slice();
  const numbers = inOwnOrder(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2));
  const [, rules = 0, size = 0, keyCount = 0, entryCount = 0, literalCount = 0, textCount = 0] =
    numbers;
  let at = headSize;
  const take = (length: number): Int32Array => numbers.subarray(at, (at += length));
  const keys = take(keyCount);
  const starts = take(keyCount);
  const entries = take(entryCount);
  const literals = take(literalCount);
  const places = take(size + 1);
  const filter = bytes.subarray(at * 4, at * 4 + (1 << filterBits));
  const textStart = at * 4 + filter.length;
  const texts = bytes.subarray(textStart, textStart + textCount);
  const jsonStart = textStart + textCount;
  return {
    rules,
    size,
    filter,
    keys,
    starts,
    entries,
    literals,
    texts,
    matcher: (index) => {
      const [start, end] = [places[index], places[index + 1]];
      if (start === undefined || end === undefined) throw noMatcher(index);
      const matcher: unknown = JSON.parse(latin1(bytes, jsonStart + start, jsonStart + end));
      if (!isMatcher(matcher)) throw noMatcher(index);
      return matcher;
    },
  };
}

export function noMatcher(index: number): RangeError {
  return new RangeError(`there is no matcher ${String(index)}`);
}

/** Packed on a machine with the other byte order, they are turned round. */
function inOwnOrder(numbers: Int32Array): Int32Array {
  if (numbers[0] === mark) return numbers;
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const littleHere = view.getInt32(0, true) === numbers[0];
  const turned = numbers.map((_, index) => view.getInt32(index * 4, !littleHere));
  if (turned[0] !== mark) throw new RangeError('these are no packed tables');
  return turned;
}

// `pack` is the only one who writes what is read here, so the shape need not be looked at further.
function isMatcher(value: unknown): value is Matcher {
  return typeof value === 'object' && value !== null && 'type' in value;
}
