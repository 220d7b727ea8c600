// The engine: bytes in, spans out. One pass looks for anchors (three bytes, one table look-up each); where one stands, its
// matcher is tried on the spot, in a bounded stretch. Nothing is decoded, nothing but hits is allocated. Every step is
// counted, so that no input takes more than a fixed number of steps a byte (docs/decisions.md, "Linear time").

import { alnum, base64AnySet, byteSet, type ByteSet, latin1, lower, wordSet } from './charset.ts';
import {
  characterAt,
  clearBefore,
  codeOf,
  flagsOf,
  readRun,
  type Run,
  widthOf,
} from './logical.ts';
import { entrySize, filterBits, hashOf, type PackedTables } from './packed.ts';
import {
  type AssignmentMatcher,
  type BlockMatcher,
  type ContainerMatcher,
  type Matcher,
  type PatternMatcher,
  type Step,
  type TokenMatcher,
  unlimited,
} from './tables.ts';

/** Numbers a hit takes in `Hits.data`: matcher, start, end (half open), start of the name or -1. All offsets are bytes. */
export const hitSize = 4;

export interface Hits {
  data: Int32Array;
  /** How many hits there are. */
  count: number;
  /** The work budget ran out: not everything that looked like a start was checked to its end. */
  exhausted: boolean;
}

export interface Engine {
  /** Finds all hits in the first `length` bytes, in order of their anchors. The result is reused by the next call. */
  scan(bytes: Uint8Array, length: number): Hits;
  /** The matcher that a hit names. */
  matcher(index: number): Matcher;
}

/** Tables that are used together; their matchers are numbered on, and so are their rules from `firstRule`. */
export interface Part {
  readonly tables: PackedTables;
  readonly firstRule: number;
}

/** Steps allowed for a text: plenty for anything people write, and a bound for what attackers do. */
const stepsPerByte = 12;
const freeSteps = 1 << 20;
const mostHits = 1 << 16;
const attemptsPerWindow = 24;

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
    if (part === undefined) throw new RangeError(`there is no matcher ${String(index)}`);
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
        if (from < (state.until[index] ?? 0)) continue;
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
        if (filter[hashOf(window) >>> (32 - filterBits)] === 0) continue;
        confirm(window, at);
        if (state.steps < 0) {
          hits.exhausted = true;
          return hits;
        }
      }
      return hits;
    },
  };
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

/** What confirmations share while one text is scanned. */
class State {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  steps = 0;
  /** Per matcher: anchors before this offset need not be tried. */
  readonly until: Int32Array;
  /** Per block matcher: no end stands before this offset. */
  readonly searched: Int32Array;
  private readonly windowEnd: Int32Array;
  private readonly attempts: Int32Array;
  readonly run: Run = { end: 0, length: 0, flags: 0 };
  private readonly hits: Hits;

  constructor(matchers: number, hits: Hits) {
    this.until = new Int32Array(matchers);
    this.searched = new Int32Array(matchers);
    this.windowEnd = new Int32Array(matchers);
    this.attempts = new Int32Array(matchers);
    this.hits = hits;
  }

  reset(bytes: Uint8Array, length: number): void {
    this.bytes = bytes;
    this.length = length;
    this.steps = freeSteps + length * stepsPerByte;
    this.until.fill(0);
    this.searched.fill(0);
    this.windowEnd.fill(0);
  }

  /** Whether another attempt is allowed at `at`: so many in a window of `width` bytes, each of which costs as much as the window. */
  mayTry(matcher: number, at: number, width: number): boolean {
    if (at >= (this.windowEnd[matcher] ?? 0)) {
      this.windowEnd[matcher] = at + width;
      this.attempts[matcher] = 0;
    }
    this.attempts[matcher] = (this.attempts[matcher] ?? 0) + 1;
    if ((this.attempts[matcher] ?? 0) <= attemptsPerWindow) return true;
    // The rest of the text is still looked at, but the verdict is no longer whole.
    this.hits.exhausted = true;
    return false;
  }

  add(matcher: number, start: number, end: number, name: number): void {
    const { hits } = this;
    if (hits.count >= mostHits) {
      this.steps = -1;
      return;
    }
    const at = hits.count * hitSize;
    if (at + hitSize > hits.data.length) {
      const larger = new Int32Array(hits.data.length * 2);
      larger.set(hits.data);
      hits.data = larger;
    }
    hits.data[at] = matcher;
    hits.data[at + 1] = start;
    hits.data[at + 2] = end;
    hits.data[at + 3] = name;
    hits.count++;
  }
}

/** Tries one matcher where its literal would start at `at`; `step` says which literal (see Anchor). */
type Confirm = (state: State, index: number, at: number, step: number) => void;

function prepare(matcher: Matcher): Confirm {
  switch (matcher.type) {
    case 'token':
      return tokenConfirm(matcher);
    case 'assignment':
      return assignmentConfirm(matcher);
    case 'block':
      return blockConfirm(matcher);
    case 'pattern':
      return patternConfirm(matcher);
    case 'container':
      return containerConfirm(matcher);
  }
}

/** Where `text` ends when it stands at `at`, or -1. */
function literalEnd(state: State, at: number, text: string, anyCase: boolean): number {
  if (at < 0 || at + text.length > state.length) return -1;
  const { bytes } = state;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[at + i] ?? 0;
    const want = text.charCodeAt(i);
    if (byte !== want && !(anyCase && lower(byte) === lower(want))) return -1;
  }
  return at + text.length;
}

/* ---------------------------------------------------------------- tokens */

function tokenConfirm(matcher: TokenMatcher): Confirm {
  const steps = matcher.steps.map((step) => ({
    step,
    set: step.kind === 'run' ? byteSet(step.set) : alnum,
  }));
  const before = byteSet(matcher.notBefore);
  const after = byteSet(matcher.notAfter);
  const [from, to] = matcher.value;

  return (state, index, at, anchorStep) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    let start = at;
    for (let i = anchorStep - 1; i >= 0; i--) {
      const entry = steps[i];
      if (entry === undefined) return;
      start = stepBack(state, entry.step, entry.set, start);
      if (start < 0) return;
    }
    if (!clearBefore(state.bytes, start, before)) return;
    let position = start;
    let valueStart = start;
    let valueEnd = -1;
    let openEnd = 0;
    for (let i = 0; i < steps.length; i++) {
      const entry = steps[i];
      if (entry === undefined) return;
      if (i === from) valueStart = position;
      const { step } = entry;
      if (step.kind === 'run') {
        position = runEnd(state, entry.set, step.min, step.max, position);
        if (step.max - step.min > 64 && openEnd === 0)
          openEnd = position < 0 ? -position : position;
      } else {
        position = textEnd(state, step, position);
      }
      if (position < 0) {
        // Nothing that starts inside the open run just read can end elsewhere.
        if (openEnd > (state.until[index] ?? 0)) state.until[index] = openEnd;
        return;
      }
      if (i + 1 === to) valueEnd = position;
    }
    if (position < state.length) {
      const next = codeOf(characterAt(state.bytes, position, state.length));
      if (next < 256 && after[next] === 1) {
        if (openEnd > (state.until[index] ?? 0)) state.until[index] = openEnd;
        return;
      }
    }
    state.until[index] = Math.max(valueEnd, at + 1);
    state.add(index, valueStart, valueEnd, -1);
  };
}

/** Where a step that ends at `end` starts, or -1. */
function stepBack(state: State, step: Step, set: ByteSet, end: number): number {
  const { bytes } = state;
  if (step.kind === 'run') {
    let start = end;
    while (start > 0 && end - start < step.max && set[bytes[start - 1] ?? 0] === 1) start--;
    state.steps -= end - start;
    return end - start >= step.min ? start : -1;
  }
  const texts = step.kind === 'text' ? [step.text] : step.texts;
  for (const text of texts) {
    if (literalEnd(state, end - text.length, text, step.anyCase) >= 0) return end - text.length;
  }
  return step.optional ? end : -1;
}

function textEnd(state: State, step: Exclude<Step, { kind: 'run' }>, at: number): number {
  if (step.kind === 'text') {
    const end = literalEnd(state, at, step.text, step.anyCase);
    return end >= 0 ? end : step.optional ? at : -1;
  }
  for (const text of step.texts) {
    const end = literalEnd(state, at, text, step.anyCase);
    if (end >= 0) return end;
  }
  return step.optional ? at : -1;
}

/** Where a greedy run from `at` ends; when it is too short, minus the place where it stopped (at least 1). */
function runEnd(state: State, set: ByteSet, min: number, max: number, at: number): number {
  const { bytes, length } = state;
  const limit = max === unlimited ? length : Math.min(length, at + max);
  let position = at;
  while (position < limit && set[bytes[position] ?? 0] === 1) position++;
  state.steps -= (position - at) >> 3;
  if (position < limit) {
    const stop = bytes[position] ?? 0;
    // Only these can begin an escape or end a string literal that goes on in the next one.
    if (
      stop === 37 ||
      stop === 92 ||
      stop === 38 ||
      (position - at < min && (stop === 34 || stop === 39 || stop === 96))
    ) {
      readRun(bytes, at, length, set, min, max, state.run);
      state.steps -= state.run.end - at;
      return state.run.length >= min ? state.run.end : -Math.max(1, position);
    }
  }
  return position - at >= min ? position : -Math.max(1, position);
}

/* ---------------------------------------------------------------- names with values */

/** Words that may stand between a name and its value: `"name": "X", "value": "…"`, `x: string = "…"`, `<value>`. */
const fillers: ReadonlySet<number> = new Set(
  (
    'value val string str text type default defaultvalue parametervalue propertyvalue content data secret none ' +
    'b u f r l new const final static char public private env entry item arg literal required true false optional ' +
    'sensitive any is the to as key constant password enabled nil null undefined std wstring quot en us utf8 cdata'
  )
    .split(' ')
    .map((word) => {
      let hash = 7;
      for (const character of word) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
      return hash;
    }),
);

/** Bytes between a name and its value at most, line ends among them, and words that are no fillers. */
const longestGap = 200;
const mostLines = 3;
const mostStrangers = 3;

function assignmentConfirm(matcher: AssignmentMatcher): Confirm {
  const set = byteSet(matcher.set);
  const { min, max, notNames } = matcher;
  const near = matcher.near;
  const value: ValueSpan = { start: 0, end: 0 };
  const wide = base64AnySet.map((flag, byte) => flag | (set[byte] ?? 0));

  return (state, index, at, code) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 8;
    const words = matcher.names[code >> 4];
    if (words === undefined) return;
    const { bytes, length } = state;
    const start = wordsStart(state, words, code & 15, at);
    if (start < 0) return;
    const end = wordsEnd(state, words, start);
    if (end < 0) return;
    const nameEnd = identifierEnd(bytes, end, length);
    if (!findValue(state, nameEnd, set, wide, min, max, value)) return;
    const nameStart = identifierStart(bytes, start);
    if (notNames.length > 0) {
      const squashed = squash(bytes, nameStart, nameEnd);
      if (notNames.some((word) => squashed.includes(word))) return;
    }
    if (near.length > 0 && !hasNear(state, near, nameStart)) return;
    state.until[index] = value.end;
    state.add(index, value.start, value.end, nameStart);
  };
}

interface ValueSpan {
  start: number;
  end: number;
}

const isSeparator = (byte: number | undefined): boolean =>
  byte === 95 || byte === 45 || byte === 32 || byte === 46;

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

function identifierEnd(bytes: Uint8Array, at: number, length: number): number {
  let end = at;
  while (end < length && end - at < longestName) {
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
      state.steps -= run.end - position;
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
  return next === 37 || next === 92 || next === 38 || next === 34 || next === 39 || next === 96;
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

function decodedByte(bytes: Uint8Array, at: number, index: number): number {
  const bit = index * 8;
  const first = at + Math.floor(bit / 6);
  const shift = bit % 6;
  const pair = (sextet(bytes[first]) << 6) | sextet(bytes[first + 1]);
  return (pair >> (4 - shift)) & 0xff;
}

/** The six bits of a base64 character of either alphabet. */
export function sextet(byte: number | undefined): number {
  if (byte === undefined) return 0;
  if (byte >= 97) return byte - 71;
  if (byte >= 65 && byte !== 95) return byte - 65;
  if (byte === 95) return 63;
  if (byte >= 48) return byte + 4;
  return byte === 43 || byte === 45 ? 62 : 63;
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
  return fillers.has(hash);
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

/* ---------------------------------------------------------------- blocks, patterns, containers */

function blockConfirm(matcher: BlockMatcher): Confirm {
  return (state, index, at) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    const inside = literalEnd(state, at, matcher.begin, false);
    if (inside < 0) return;
    const limit = Math.min(state.length, inside + matcher.max);
    const from = Math.max(inside, state.searched[index] ?? 0);
    const found = indexOf(state, matcher.end, from, limit);
    if (found < 0) {
      state.searched[index] = Math.max(from, limit - matcher.end.length);
      return;
    }
    const end = found + matcher.end.length;
    // A header that is only talked about may stand before a whole block: the nearest one begins it.
    const start = lastIndexOf(state, matcher.begin, at, found);
    state.until[index] = end;
    state.add(index, start, end, -1);
  };
}

/** The last place of `text`, which stands at `from`, that ends before `to`. */
function lastIndexOf(state: State, text: string, from: number, to: number): number {
  const first = text.charCodeAt(0);
  state.steps -= (to - from) >> 2;
  for (let i = to - text.length; i > from; i--) {
    if (state.bytes[i] === first && literalEnd(state, i, text, false) >= 0) return i;
  }
  return from;
}

function indexOf(state: State, text: string, from: number, limit: number): number {
  const first = text.charCodeAt(0);
  const { bytes } = state;
  for (let i = from; i + text.length <= limit; i++) {
    if (bytes[i] === first && literalEnd(state, i, text, false) >= 0) {
      state.steps -= (i - from) >> 2;
      return i;
    }
  }
  state.steps -= Math.max(0, limit - from) >> 2;
  return -1;
}

function patternConfirm(matcher: PatternMatcher): Confirm {
  let regex: RegExp | undefined;
  const within = matcher.within === null ? null : byteSet(matcher.within);
  return (state, index, at) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    if (literalEnd(state, at, matcher.anchor, matcher.anyCase) < 0) return;
    if (!state.mayTry(index, at, matcher.window)) return;
    const from = Math.max(0, at - matcher.lookBack);
    let to = Math.min(state.length, at + matcher.window);
    if (within !== null) {
      const limit = to;
      to = at + matcher.anchor.length;
      while (to < limit && ((state.bytes[to] ?? 0) > 127 || within[state.bytes[to] ?? 0] === 1))
        to++;
    }
    state.steps -= to - from;
    // Sticky: a search would go on behind the anchor, where each later anchor looks again.
    regex ??= new RegExp(matcher.regex, 'dy');
    const text = latin1(state.bytes, from, to);
    for (let first = 0; first <= at - from; first++) {
      regex.lastIndex = first;
      const found = regex.exec(text);
      if (found === null) continue;
      const [start, end] = found.indices?.groups?.['value'] ?? found.indices?.[0] ?? [0, 0];
      const whole = found.indices?.[0] ?? [0, 0];
      if (from + whole[1] > at && end > start) {
        state.until[index] = from + end;
        state.add(index, from + start, from + end, -1);
        return;
      }
    }
  };
}

function containerConfirm(matcher: ContainerMatcher): Confirm {
  const extent = { base64: base64Extent, escaped: escapedExtent, 'utf-16': wideExtent }[
    matcher.encoding
  ];
  const anyCase = matcher.encoding === 'escaped';
  return (state, index, at, literalIndex) => {
    if (at < (state.until[index] ?? 0)) return;
    const literal = matcher.literals.at(literalIndex);
    state.steps -= 2;
    if (literal === undefined || literalEnd(state, at, literal.text, anyCase) < 0) return;
    const span = extent(state, at, literal.phase);
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
