// Text as its author meant it: one character at a time through the escapes of JSON, JavaScript, URLs and HTML, and runs
// of characters through adjacent and concatenated string literals. Works on bytes in place and copies nothing.

import { type ByteSet, latin1 } from './charset.ts';

export const percentFlag = 1;
export const escapeFlag = 2;
export const htmlFlag = 4;
export const concatFlag = 8;
/** A backslash before a line end: the line goes on. */
export const continuedFlag = 16;

/** One logical character, packed: its code, how many bytes it takes, and how it was written. */
export type Packed = number;
export const codeOf = (packed: Packed): number => packed & 0xffff;
export const widthOf = (packed: Packed): number => (packed >>> 16) & 0x3f;
export const flagsOf = (packed: Packed): number => packed >>> 22;

const pack = (code: number, width: number, flags: number): Packed =>
  (code & 0xffff) | (width << 16) | (flags << 22);

const backslash = 92;
const newline = 10;

/** The character at `at` (which must be below `end`), whatever way it is written. */
export function characterAt(bytes: Uint8Array, at: number, end: number): Packed {
  const byte = bytes[at] ?? 0;
  if (byte === 37) return percent(bytes, at, end);
  if (byte === backslash) return escaped(bytes, at, end);
  if (byte === 38) return entity(bytes, at, end);
  return pack(byte, 1, 0);
}

function percent(bytes: Uint8Array, at: number, end: number): Packed {
  let from = at + 1;
  // %252B: encoded twice.
  if (from + 3 < end && bytes[from] === 50 && bytes[from + 1] === 53 && isHex(bytes[from + 2]))
    from += 2;
  const code = hexNumber(bytes, from, 2, end);
  return code < 0 ? pack(37, 1, 0) : pack(code, from + 2 - at, percentFlag);
}

function escaped(bytes: Uint8Array, at: number, end: number): Packed {
  let from = at + 1;
  while (from < end && from - at < 8 && bytes[from] === backslash) from++;
  const byte = from < end ? bytes[from] : undefined;
  const width = from - at + 1;
  switch (byte) {
    case 117: {
      const code = hexNumber(bytes, from + 1, 4, end);
      if (code >= 0) return pack(code, width + 4, escapeFlag);
      break;
    }
    case 120: {
      const code = hexNumber(bytes, from + 1, 2, end);
      if (code >= 0) return pack(code, width + 2, escapeFlag);
      break;
    }
    case 47: // \/
    case 34:
    case 39:
    case 96:
    case 43:
    case 61:
      return pack(byte, width, escapeFlag);
    case 110: // \n
      return pack(newline, width, escapeFlag);
    case 114:
      return pack(13, width, escapeFlag);
    case 116:
      return pack(9, width, escapeFlag);
    case newline:
      return pack(newline, width, continuedFlag);
    case 13:
      return bytes[from + 1] === newline
        ? pack(newline, width + 1, continuedFlag)
        : pack(13, width, continuedFlag);
    default:
  }
  return pack(backslash, 1, 0);
}

const entities: readonly (readonly [name: string, code: number])[] = [
  ['amp;', 38],
  ['quot;', 34],
  ['apos;', 39],
  ['lt;', 60],
  ['gt;', 62],
  ['nbsp;', 32],
  ['plus;', 43],
  ['sol;', 47],
  ['equals;', 61],
  ['colon;', 58],
];

function entity(bytes: Uint8Array, at: number, end: number): Packed {
  if (bytes[at + 1] === 35) {
    let from = at + 2;
    const hexadecimal = ((bytes[from] ?? 0) | 32) === 120;
    if (hexadecimal) from++;
    let code = 0;
    let digits = 0;
    while (from < end && digits < 6) {
      const digit = hexDigit(bytes[from]);
      if (digit < 0 || (!hexadecimal && digit > 9)) break;
      code = code * (hexadecimal ? 16 : 10) + digit;
      digits++;
      from++;
    }
    if (digits > 0 && bytes[from] === 59 && code < 0x10000)
      return pack(code, from + 1 - at, htmlFlag);
    return pack(38, 1, 0);
  }
  for (const [name, code] of entities) {
    if (startsWith(bytes, at + 1, end, name)) return pack(code, name.length + 1, htmlFlag);
  }
  return pack(38, 1, 0);
}

function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function isHex(byte: number | undefined): boolean {
  return hexDigit(byte) >= 0;
}

function hexNumber(bytes: Uint8Array, at: number, digits: number, end: number): number {
  if (at + digits > end) return -1;
  let number = 0;
  for (let i = 0; i < digits; i++) {
    const digit = hexDigit(bytes[at + i]);
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

/** String literals that one value may be cut into. */
const mostJoins = 40;

/** What `readRun` found last: where the run ends, how many characters it has, and how they were written. */
export interface Run {
  end: number;
  length: number;
  flags: number;
  /** How far it looked, for those who count steps: at least `end`. */
  seen: number;
}

/** From this length on nobody writes a value in one line that is folded at eighty columns. */
export const foldable = 64;

/**
 * Reads characters of `set` from `at`, up to `max` of them, through escapes; while it has fewer than `want`, also from
 * one string literal into the next. The items of a list are one value only where the list is joined; long values also
 * go on from one line into the next.
 */
export function readRun(
  bytes: Uint8Array,
  at: number,
  end: number,
  set: ByteSet,
  want: number,
  max: number,
  run: Run,
): void {
  let position = at;
  let length = 0;
  let flags = 0;
  let joins = 0;
  let lineStart = at;
  let firstItem: Run | undefined;
  while (position < end && length < max) {
    const packed = characterAt(bytes, position, end);
    const code = packed & 0xffff;
    if (code < 256 && set[code] === 1) {
      length++;
      flags |= flagsOf(packed);
      position += widthOf(packed);
      continue;
    }
    if (want >= foldable && isLineEnd(bytes[position])) {
      const next = nextFold(bytes, lineStart, position, end, set);
      if (next < 0) break;
      flags |= concatFlag;
      position = lineStart = next;
      continue;
    }
    if (length >= want || joins >= mostJoins) break;
    const continued = (flagsOf(packed) & continuedFlag) !== 0;
    const next = continued
      ? skipBlanks(bytes, position + widthOf(packed), end)
      : nextLiteral(bytes, position, end);
    if (next < 0 || next >= end) break;
    const first = codeOf(characterAt(bytes, next, end));
    if (first > 255 || set[first] !== 1) break;
    if (firstItem === undefined && !continued && hasComma(bytes, position, next))
      firstItem = { end: position, length, flags, seen: position };
    joins++;
    flags |= concatFlag;
    position = lineStart = next;
  }
  run.seen = position;
  if (firstItem !== undefined && (length < want || !isJoined(bytes, at, position, end))) {
    ({ end: position, length, flags } = firstItem);
  }
  run.end = position;
  run.length = length;
  run.flags = flags;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && (bytes[position] === 32 || bytes[position] === 9)) position++;
  return position;
}

function hasComma(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes.subarray(from, to).includes(44);
}

const joinedBefore =
  /(?:(["'`])\1\s*\.\s*join\s*\(|\b(?:implode|join)\s*\(\s*(["'`])\2\s*,|\b(?:concat!?|paste0)\s*\(|(?<!\w)-join\s*\(|\bJoin["']?\s*:?\s*\[\s*(["'])\3\s*,|(["'`])(?:%s){2,}\4\s*[,%])[^;]{0,32}$/i;
const joinedAfter =
  /^["'`]\s*,?\s*[\])}]{0,2}\s*(?:\.\s*join\b(?!\s*\(\s*(?:\)|["'`][^"'`]))|,\s*(["'`])\1\s*\)|-join\s+(["'])\2)/;

/** Whether the literals of a list from `start` to `end` are put together, with nothing between them: `[…].join('')`, `"".join(…)`. */
function isJoined(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  return (
    joinedAfter.test(latin1(bytes, end, Math.min(length, end + 48))) ||
    joinedBefore.test(latin1(bytes, Math.max(0, start - 64), start))
  );
}

const isLineEnd = (byte: number | undefined): boolean => byte === newline || byte === 13;

const widestLine = 200;
const narrowestLine = 32;

/**
 * `at` stands behind a line of a long value that started at `from`: where the value goes on in the next line, or -1. The
 * next one must hold nothing else and be no wider; both are as wide as people and YAML fold.
 */
function nextFold(bytes: Uint8Array, from: number, at: number, end: number, set: ByteSet): number {
  const width = at - from;
  if (width < narrowestLine || width > widestLine) return -1;
  const next = skipBlanks(bytes, at + (bytes[at] === 13 && bytes[at + 1] === newline ? 2 : 1), end);
  let last = next;
  while (last < end && last - next <= widestLine && set[bytes[last] ?? 0] === 1) last++;
  const nextWidth = last - next;
  while (last < end && bytes[last] === 61) last++;
  const after = last < end ? (bytes[last] ?? newline) : newline;
  const over = isLineEnd(after) || after === 34 || after === 39 || after === 60 || after === 44;
  // A name in front of the first line makes it narrower than the others.
  return nextWidth > 0 && over && (nextWidth <= width || isFirstOf(bytes, from)) ? next : -1;
}

/** Whether something else stands before `from` in its line. */
function isFirstOf(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (at > 0 && (bytes[at - 1] === 32 || bytes[at - 1] === 9)) at--;
  return at > 0 && !isLineEnd(bytes[at - 1]);
}

const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96;
const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 9 || byte === newline || byte === 13;
/** + . & ~ < > | as in "a" + "b", 'a' . 'b', "a" & "b", "a" <> "b", "a" || "b", "a" .. "b", "a" ++ "b" */
const isJoiner = (byte: number | undefined): boolean =>
  byte === 43 ||
  byte === 46 ||
  byte === 38 ||
  byte === 126 ||
  byte === 60 ||
  byte === 62 ||
  byte === 124;

/** `at` stands on the quote that ends a literal: where the text of an adjacent or concatenated one starts, or -1. */
export function nextLiteral(bytes: Uint8Array, at: number, end: number): number {
  const closing = characterAt(bytes, at, end);
  if (!isQuote(codeOf(closing))) return -1;
  const limit = Math.min(end, at + 160);
  let position = at + widthOf(closing);
  const skipSpace = (): void => {
    for (;;) {
      if (isSpace(bytes[position])) position++;
      else if (
        bytes[position] === backslash &&
        (bytes[position + 1] === newline || bytes[position + 1] === 13)
      )
        position += 2;
      else if (
        bytes[position] === 92 &&
        (bytes[position + 1] === 110 || bytes[position + 1] === 114)
      )
        position += 2;
      // Visual Basic goes on in the next line behind " _"
      else if (bytes[position] === 95 && isLineEnd(bytes[position + 1])) position++;
      else return;
      if (position >= limit) return;
    }
  };
  skipSpace();
  const called = callEnd(bytes, position, limit);
  if (called >= 0) position = called;
  else if (bytes[position] === 44) position++;
  else {
    for (let joiners = 0; joiners < 2 && position < limit && isJoiner(bytes[position]); joiners++)
      position++;
  }
  skipSpace();
  for (let prefix = 0; prefix < 2 && position < limit && isLiteralPrefix(bytes[position]); prefix++)
    position++;
  if (position >= limit) return -1;
  const opening = characterAt(bytes, position, end);
  return isQuote(codeOf(opening)) ? position + widthOf(opening) : -1;
}

const joiningCalls = ['.concat(', '.append(', '.Append('];

/** Behind `.concat(` or `).append(` at `at`, or -1. */
function callEnd(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  if (bytes[position] === 41) {
    position++;
    while (position < end && isSpace(bytes[position])) position++;
  }
  if (bytes[position] !== 46) return -1;
  const call = joiningCalls.find((text) => startsWith(bytes, position, end, text));
  return call === undefined ? -1 : position + call.length;
}

/** b"", u'', r"", f"", L"", @"", $"" */
function isLiteralPrefix(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 32;
  return (
    byte === 64 ||
    byte === 36 ||
    letter === 98 ||
    letter === 117 ||
    letter === 114 ||
    letter === 102 ||
    byte === 76
  );
}

/**
 * Whether a token may begin at `at`: what stands before is not of `set`, or is the tail of an escape (\n, %3D, \u0022)
 * or of a terminal colour sequence.
 */
export function clearBefore(bytes: Uint8Array, at: number, set: ByteSet): boolean {
  const before = bytes[at - 1];
  if (before === undefined || set[before] !== 1) return true;
  if (bytes[at - 2] === backslash && 'ntrfvba0e'.includes(String.fromCharCode(before))) return true;
  for (const width of [3, 4, 5, 6]) {
    const from = at - width;
    if (from < 0) break;
    const byte = bytes[from];
    if (byte !== 37 && byte !== backslash) continue;
    const packed = characterAt(bytes, from, at);
    if (widthOf(packed) === width && flagsOf(packed) !== 0) {
      const code = codeOf(packed);
      return code > 255 || set[code] !== 1;
    }
  }
  if (before === 109) {
    let from = at - 2;
    while (from > at - 16 && (isDigit(bytes[from]) || bytes[from] === 59)) from--;
    if (bytes[from] === 91) return true;
  }
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
