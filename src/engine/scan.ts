// The engine: bytes in, spans out. One pass looks for anchors (three bytes, one table look-up each); where one stands, its
// matcher is tried on the spot, in a bounded stretch. Nothing is decoded, nothing but hits is allocated. Every step is
// counted, so that no input takes more than a fixed number of steps a byte (docs/decisions.md, "Linear time").

import { lower } from './charset.ts';
import {
  anyCaseFlag,
  entrySize,
  filterBits,
  hashOf,
  multiplier,
  nameFlag,
  noMatcher,
  type PackedTables,
  wordFlag,
} from './packed.ts';
import { prepare } from './shapes.ts';
import { type Confirm, type Hits, hitSize, isSeparator, State } from './state.ts';
import type { Matcher } from './tables.ts';

export interface Engine {
  /** Finds all hits in the first `length` bytes, in order of their anchors. The result is reused by the next call. */
  scan(bytes: Uint8Array, length: number): Hits;
  /** Looks at the anchors in bytes [from, to) only, with the whole text around them, and says what stands there. */
  sift(bytes: Uint8Array, length: number, from: number, to: number): Sifted;
  /** The matcher that a hit names. */
  matcher(index: number): Matcher;
}

/**
 * `hit`: there is one, or the work budget ran out. `watched`: none, but something stands there that a change far off
 * could make one. `nothing`: only a change from `siftBefore` bytes before an anchor to `siftBehind` bytes behind it can.
 */
export type Sifted = 'nothing' | 'watched' | 'hit';

/** Tables that are used together; their matchers are numbered on, and so are their rules from `firstRule`. */
export interface Part {
  readonly tables: PackedTables;
  readonly firstRule: number;
}

export function createEngine(...given: readonly Part[]): Engine {
  let size = 0;
  const parts = given.map(({ tables, firstRule }) => {
    const first = size;
    size += tables.size;
    return { tables, firstRule, first, shift: Math.clz32(tables.keys.length) + 1 };
  });
  const filter = filterOf(given);
  const hits: Hits = { data: new Int32Array(256 * hitSize), count: 0, exhausted: false };
  const state = new State(size, hits);
  const matchers: Matcher[] = [];
  const confirms: Confirm[] = [];

  const matcherOf = (index: number): Matcher => {
    const part = parts.findLast(({ first }) => first <= index);
    if (part === undefined) throw noMatcher(index);
    const matcher = part.tables.matcher(index - part.first);
    return matcher.type === 'container'
      ? matcher
      : { ...matcher, rule: matcher.rule + part.firstRule };
  };
  const matcher = (index: number): Matcher => (matchers[index] ??= matcherOf(index));

  /** Tries everything that is anchored at this window, which ends at byte `at`. */
  const confirm = (window: number, at: number): void => {
    const hash = hashOf(window);
    for (const { tables, first, shift } of parts) {
      const { keys, starts, entries } = tables;
      let place = hash >>> shift;
      while (keys[place] !== window + 1 && keys[place] !== 0) place = (place + 1) % keys.length;
      if (keys[place] === 0) continue;
      const start = starts[place] ?? 0;
      const end = start + 1 + (entries[start] ?? 0) * entrySize;
      for (let i = start + 1; i < end; i += entrySize) {
        const index = first + (entries[i] ?? 0);
        const from = at - 2 - (entries[i + 1] ?? 0);
        state.steps -= 1;
        if (from < (state.until[index] ?? 0)) continue;
        if (!stands(state, from, tables, entries[i + 3] ?? 0)) continue;
        (confirms[index] ??= prepare(matcher(index)))(state, index, from, entries[i + 2] ?? 0);
      }
    }
  };

  return {
    matcher,
    scan(bytes, length) {
      hits.count = 0;
      hits.exhausted = false;
      if (length < 3) return hits;
      state.reset(bytes, length);
      let window = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
      for (let at = 2; at < length; at++) {
        window = ((window << 8) | (bytes[at] ?? 0)) & 0xffffff;
        // hashOf, written out: most scans end before a call would be compiled away.
        if (filter[Math.imul(window, multiplier) >>> (32 - filterBits)] === 0) continue;
        confirm(window, at);
        if (state.steps < 0) {
          hits.exhausted = true;
          return hits;
        }
      }
      return hits;
    },
    sift(bytes, length, from, to) {
      hits.count = 0;
      hits.exhausted = false;
      state.reset(bytes, length);
      const end = Math.min(length, to + 2);
      let window = ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
      for (let at = from + 2; at < end; at++) {
        window = ((window << 8) | (bytes[at] ?? 0)) & 0xffffff;
        if (filter[Math.imul(window, multiplier) >>> (32 - filterBits)] === 0) continue;
        confirm(window, at);
        if (state.steps < 0 || hits.count > 0) break;
      }
      if (state.steps < 0 || isExhausted(hits) || hits.count > 0) return 'hit';
      return state.seen ? 'watched' : 'nothing';
    },
  };
}

/** A call, because confirming may have set it. */
function isExhausted(hits: Hits): boolean {
  return hits.exhausted;
}

/** Whether a literal stands around byte `at`: forwards from there, then what comes before. */
function stands(state: State, at: number, tables: PackedTables, place: number): boolean {
  const { bytes, length } = state;
  const { literals, texts } = tables;
  const start = literals[place] ?? 0;
  const middle = literals[place + 1] ?? 0;
  const end = literals[place + 2] ?? 0;
  const flags = literals[place + 3] ?? 0;
  const anyCase = (flags & anyCaseFlag) !== 0;
  const isName = (flags & nameFlag) !== 0;
  let position = at;
  for (let i = middle; i < end; i++) {
    const want = texts[i];
    if (isName && want === 32) {
      if (isSeparator(bytes[position])) position++;
      continue;
    }
    const byte = bytes[position] ?? 0;
    if (position >= length || (byte !== want && !(anyCase && lower(byte) === want))) return false;
    position++;
  }
  if ((flags & wordFlag) !== 0 && position < length && goesOn(bytes, position)) return false;
  position = at;
  for (let i = middle - 1; i >= start; i--) {
    const want = texts[i];
    if (isName && want === 32) {
      if (isSeparator(bytes[position - 1])) position--;
      continue;
    }
    position--;
    const byte = bytes[position] ?? 0;
    if (position < 0 || (byte !== want && !(anyCase && lower(byte) === want))) return false;
  }
  return true;
}

/** Whether the word before `at` goes on there, as in `path` and `PATH`; in `patFile` and `PATFile` another one begins. */
function goesOn(bytes: Uint8Array, at: number): boolean {
  if (isLowerCase(bytes[at])) return isLowerCase(bytes[at - 1]);
  return isUpperCase(bytes[at]) && isUpperCase(bytes[at - 1]) && !isLowerCase(bytes[at + 1]);
}

function isLowerCase(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 97 && byte <= 122;
}

function isUpperCase(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 65 && byte <= 90;
}

function filterOf(parts: readonly Part[]): Uint8Array {
  const [first, ...others] = parts;
  if (first === undefined) return new Uint8Array(1 << filterBits);
  if (others.length === 0) return first.tables.filter;
  const filter = first.tables.filter.slice();
  for (const { tables } of others) {
    for (const key of tables.keys) if (key > 0) filter[hashOf(key - 1) >>> (32 - filterBits)] = 1;
  }
  return filter;
}
