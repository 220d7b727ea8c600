// Names with values: `secret_access_key = "…"` in any language's writing.

import { alnum, base64AnySet, byteSet, type ByteSet, lower, sextet, wordSet } from './charset.ts';
import { characterAt, codeOf, flagsOf, foldable, readRun, widthOf } from './logical.ts';
import { valueBefore } from './value-first.ts';
import { type Confirm, isSeparator, literalEnd, type State } from './state.ts';
import { type AssignmentMatcher, unlimited } from './tables.ts';

/** Words that may stand between a name and its value: `"name": "X", "value": "…"`, `x: string = "…"`, `<value>`. */
const fillers =
  'value val string str text type default defaultvalue parametervalue propertyvalue content data secret none ' +
  'b u f r l new const final static char public private env entry item arg literal required true false optional ' +
  'sensitive any is the to as key constant password enabled nil null undefined std wstring quot en us utf8 cdata ' +
  'fn join sub fmt sprintf';

/** Their hashes; made when the first value is looked for. */
let fillerHashes: ReadonlySet<number> | undefined;

function hashesOf(words: string): ReadonlySet<number> {
  return new Set(
    words.split(' ').map((word) => {
      let hash = 7;
      for (const character of word) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
      return hash;
    }),
  );
}

/** Bytes between a name and its value at most, line ends among them, and words that are no fillers. */
const longestGap = 200;
const mostLines = 3;
const mostStrangers = 3;
/** A name that ends, and then a value that ends, within so many bytes are within `siftBehind`, with all that is read to tell. */
const nearName = 128;
const nearValue = 320;

export function assignmentConfirm(matcher: AssignmentMatcher): Confirm {
  const { min, max, notNames, near } = matcher;
  const value: ValueSpan = { start: 0, end: 0 };
  let set: ByteSet | undefined;
  let wide: ByteSet | undefined;
  const seesFar = longestGap + min > nearValue;

  return (state, index, at, code) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 16;
    const words = matcher.names[code >> 4];
    if (words === undefined) return;
    const { bytes } = state;
    const start = wordsStart(state, words, code & 15, at);
    if (start < 0) return;
    const end = wordsEnd(state, words, start);
    if (end < 0) return;
    set ??= byteSet(matcher.set);
    wide ??= union(base64AnySet, set);
    const nameEnd = identifierEnd(state, end);
    if (seesFar || nameEnd - at > nearName) state.seen = true;
    if (nameEnd === state.valueless[index]) return;
    const nameStart = identifierStart(bytes, start);
    const found =
      valueBefore(state, nameStart, set, min, max, value) ??
      findValue(state, nameEnd, set, wide, min, max, value);
    if (!found) {
      state.valueless[index] = nameEnd;
      return;
    }
    if (notNames.length > 0) {
      const squashed = squash(bytes, nameStart, nameEnd);
      if (notNames.some((word) => squashed.includes(word))) return;
    }
    if (near.length > 0 && !hasNear(state, near, nameStart)) {
      state.seen = true;
      return;
    }
    state.until[index] = Math.max(state.until[index] ?? 0, value.end);
    state.add(index, value.start, value.end, nameStart);
  };
}

function union(one: ByteSet, other: ByteSet): ByteSet {
  const both = one.slice();
  for (let byte = 0; byte < 256; byte++) if (other[byte] === 1) both[byte] = 1;
  return both;
}

export interface ValueSpan {
  start: number;
  end: number;
}

/** The start of word 0 when word `index` stands at `at`, or -1. */
function wordsStart(state: State, words: readonly string[], index: number, at: number): number {
  let start = at;
  for (let i = index - 1; i >= 0; i--) {
    const word = words[i] ?? '';
    if (isSeparator(state.bytes[start - 1])) start--;
    start -= word.length;
    if (literalEnd(state, start, word, true) < 0) return -1;
  }
  return start;
}

function wordsEnd(state: State, words: readonly string[], start: number): number {
  let position = start;
  for (let i = 0; i < words.length; i++) {
    if (i > 0 && isSeparator(state.bytes[position])) position++;
    position = literalEnd(state, position, words[i] ?? '', true);
    if (position < 0) return -1;
  }
  return position;
}

const longestName = 96;

/** The start of the whole identifier (dots, dashes and brackets of a path included) that a name ends up in. */
export function identifierStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestName && isNameByte(bytes[start - 1])) start--;
  return start;
}

/** Looked for once in an identifier, which may be megabytes long and hold thousands of names. */
function identifierEnd(state: State, at: number): number {
  const { bytes, length, identifier } = state;
  if (at >= identifier.from && at <= identifier.end) return identifier.end;
  let end = at;
  while (end < length) {
    const byte = bytes[end];
    if (byte !== undefined && wordSet[byte] === 1) end++;
    else if (
      (byte === 45 || byte === 46) &&
      alnum[bytes[end + 1] ?? 0] === 1 &&
      alnum[bytes[end - 1] ?? 0] === 1
    )
      end++;
    else break;
  }
  state.steps -= (end - at) >> 3;
  identifier.from = at;
  identifier.end = end;
  return end;
}

function isNameByte(byte: number | undefined): boolean {
  return byte !== undefined && (wordSet[byte] === 1 || byte === 45 || byte === 46);
}

function squash(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (alnum[byte] === 1) text += String.fromCharCode(lower(byte));
  }
  return text;
}

/**
 * The value that the name ending at `from` is given: over any language's operators, quotes, brackets and tags, past a few
 * filler words and line ends, the first run of exactly the right shape. Stops where another name is given a value.
 */
function findValue(
  state: State,
  from: number,
  set: ByteSet,
  wide: ByteSet,
  min: number,
  max: number,
  value: ValueSpan,
): boolean {
  const { bytes, run } = state;
  const limit = Math.min(state.length, from + longestGap);
  let position = from;
  let lines = 0;
  let strangers = 0;
  let operators = 0;
  while (position < limit) {
    const packed = characterAt(bytes, position, state.length);
    const code = codeOf(packed);
    state.steps -= 2;
    if (code < 256 && set[code] === 1 && mayBeValue(state, position, wide, min)) {
      readRun(bytes, position, state.length, set, min, max < 8192 ? max * 2 + 16 : unlimited, run);
      state.steps -= run.seen - position;
      if (run.seen - from > nearValue) state.seen = true;
      if (
        position > from &&
        run.length >= min &&
        run.length <= max &&
        whole(state, position, run.end, min, max, operators)
      ) {
        value.start = position;
        value.end = run.end;
        return true;
      }
      if (position > from && max < 8192 && encodedSpan(state, position, set, min, max, value))
        return true;
      if (run.length > max && run.length > 48) return false;
    }
    if (code === 10) {
      lines++;
      if (lines > mostLines) return false;
      position += widthOf(packed);
      continue;
    }
    if (alnum[code & 0xff] === 1 && code < 256) {
      const end = wordEnd(bytes, position, limit);
      if (isFiller(bytes, position, end)) {
        position = end;
        continue;
      }
      strangers++;
      if (strangers > mostStrangers || assigns(state, end)) return false;
      position = end;
      continue;
    }
    // A statement, object or element is over; `${NAME:-value}` and `&quot;` are not ends.
    if (code === 59 || code === 125 || code === 0) return false;
    if (code === 61 || code === 58 || code === 62 || code === 44 || code === 34 || code === 39)
      operators++;
    position += widthOf(packed);
  }
  return false;
}

/** Whether the run at `at` is long enough to look at, or goes on in an escape or another literal. One cheap loop: most are words. */
function mayBeValue(state: State, at: number, wide: ByteSet, min: number): boolean {
  const { bytes, length } = state;
  const limit = Math.min(length, at + min);
  let end = at;
  while (end < limit && wide[bytes[end] ?? 0] === 1) end++;
  if (end - at >= min) return true;
  const next = bytes[end];
  return (
    next === 37 ||
    next === 92 ||
    next === 38 ||
    next === 34 ||
    next === 39 ||
    next === 96 ||
    (min >= foldable && (next === 10 || next === 13))
  );
}

/** Of a value whose length is open: it must be a whole one, not a piece of an expression or of a sentence. */
function whole(
  state: State,
  start: number,
  end: number,
  min: number,
  max: number,
  operators: number,
): boolean {
  if (min === max || min >= 64) return true;
  const { bytes } = state;
  if (operators === 0) return false;
  const before = bytes[start - 1] ?? 10;
  if (!(
    before <= 32 ||
    before === 34 ||
    before === 39 ||
    before === 96 ||
    before === 61 ||
    before === 58 ||
    before === 62
  )) {
    return flagsOf(characterAt(bytes, Math.max(0, start - 1), end)) !== 0;
  }
  const after = end < state.length ? (bytes[end] ?? 10) : 10;
  return after <= 32 || '"\'`,;<)}]|\\&'.includes(String.fromCharCode(after));
}

/** A value in base64 under its own name (a Kubernetes Secret): the whole run, when it decodes to the right shape. */
function encodedSpan(
  state: State,
  at: number,
  set: ByteSet,
  min: number,
  max: number,
  value: ValueSpan,
): boolean {
  const { bytes } = state;
  const most = Math.ceil((max + 2) / 3) * 4;
  let end = at;
  while (end < state.length && end - at <= most && base64AnySet[bytes[end] ?? 0] === 1) end++;
  const characters = end - at;
  if (characters > nearValue - longestGap) state.seen = true;
  state.steps -= characters;
  if (characters < Math.ceil((min * 4) / 3) || characters > most) return false;
  const decoded = (characters * 6) >> 3;
  let length = 0;
  for (let i = 0; i < decoded; i++) {
    const byte = decodedByte(bytes, at, i);
    if (set[byte] !== 1) {
      if (i === decoded - 1 && byte === 10) break;
      return false;
    }
    length++;
  }
  if (length < min || length > max) return false;
  while (bytes[end] === 61 && end < state.length && (end - at) % 4 !== 0) end++;
  value.start = at;
  value.end = end;
  return true;
}

function wordEnd(bytes: Uint8Array, at: number, limit: number): number {
  let end = at;
  while (end < limit && wordSet[bytes[end] ?? 0] === 1) end++;
  return end;
}

const longestFiller = 14;

function isFiller(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > longestFiller) return false;
  let hash = 7;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ lower(bytes[i] ?? 0), 0x01000193);
  fillerHashes ??= hashesOf(fillers);
  return fillerHashes.has(hash);
}

/** Whether the word that ends at `at` is itself given a value: `name =`, `"name":`, but not `name ==` or `name::`. */
function assigns(state: State, at: number): boolean {
  const { bytes } = state;
  let position = at;
  while (position < state.length && position < at + 6) {
    const packed = characterAt(bytes, position, state.length);
    const code = codeOf(packed);
    if (code === 61 || code === 58) {
      const next = bytes[position + widthOf(packed)];
      return next !== 61 && next !== 58 && next !== 47;
    }
    if (code !== 34 && code !== 39 && code !== 32 && code !== 93) return false;
    position += widthOf(packed);
  }
  return false;
}

function hasNear(state: State, words: readonly string[], at: number): boolean {
  const from = Math.max(0, at - 512);
  const to = Math.min(state.length, at + 512);
  state.steps -= to - from;
  const { bytes } = state;
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(lower(bytes[i] ?? 0));
  return words.some((word) => text.includes(word));
}

function decodedByte(bytes: Uint8Array, at: number, index: number): number {
  const bit = index * 8;
  const first = at + Math.floor(bit / 6);
  const shift = bit % 6;
  const pair = (sextet(bytes[first]) << 6) | sextet(bytes[first + 1]);
  return (pair >> (4 - shift)) & 0xff;
}
