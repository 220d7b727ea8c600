// Tables → what the engine works with: as bytes that a build writes down, or at once.

import { lower } from './charset.ts';
import {
  anyCaseFlag,
  filterBits,
  hashOf,
  mark,
  nameFlag,
  noMatcher,
  type PackedTables,
  wordFlag,
} from './packed.ts';
import type { Anchor, AnchorLiteral, Tables } from './tables.ts';

/** For `unpack`. */
export function pack(tables: Tables): Uint8Array {
  const { keys, starts, entries, literals, texts } = indexOf(tables.anchors);
  const matchers = tables.matchers.map((matcher) =>
    asciiJson(matcher.type === 'container' ? { ...matcher, literals: [] } : matcher),
  );
  const places = [0];
  for (const text of matchers) places.push((places.at(-1) ?? 0) + text.length);
  const lengths = [keys, entries, literals, texts].map(({ length }) => length);
  const head = [mark, rulesOf(tables), matchers.length, ...lengths, 0];
  const sections = [head, keys, starts, entries, literals, places];
  const numbers = new Int32Array(sections.reduce((sum, { length }) => sum + length, 0));
  sections.reduce((start, section) => {
    numbers.set(section, start);
    return start + section.length;
  }, 0);
  const filter = filterOf(keys);
  const json = Uint8Array.from(matchers.join(''), (unit) => unit.charCodeAt(0));
  const parts = [new Uint8Array(numbers.buffer), filter, texts, json];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((start, part) => {
    bytes.set(part, start);
    return start + part.length;
  }, 0);
  return bytes;
}

/** Of tables that were made in this process. */
export function ready(tables: Tables): PackedTables {
  const index = indexOf(tables.anchors);
  return {
    ...index,
    rules: rulesOf(tables),
    size: tables.matchers.length,
    filter: filterOf(index.keys),
    matcher: (at) => {
      const matcher = tables.matchers[at];
      if (matcher === undefined) throw noMatcher(at);
      return matcher;
    },
  };
}

function rulesOf({ matchers }: Tables): number {
  return matchers.reduce((most, { rule }) => Math.max(most, rule + 1), 0);
}

function filterOf(keys: Int32Array): Uint8Array {
  const filter = new Uint8Array(1 << filterBits);
  for (const key of keys) if (key > 0) filter[hashOf(key - 1) >>> (32 - filterBits)] = 1;
  return filter;
}

function indexOf(anchors: readonly Anchor[]) {
  const { literals, texts, placeOf } = literalTable();
  const byWindow = new Map<number, number[]>();
  for (const { window, matcher, at, step, literal } of anchors) {
    const entry = [matcher, at, step, placeOf(literal)];
    for (const key of windowsOf(window)) {
      const own = byWindow.get(key) ?? [0];
      own[0] = (own[0] ?? 0) + 1;
      own.push(...entry);
      byWindow.set(key, own);
    }
  }
  // At most half full, so that a search ends after a place or two.
  const bits = Math.ceil(Math.log2(byWindow.size * 2 + 2));
  const keys = new Int32Array(1 << bits);
  const starts = new Int32Array(1 << bits);
  const entries: number[] = [];
  for (const [window, own] of byWindow) {
    let place = hashOf(window) >>> (32 - bits);
    while (keys[place] !== 0) place = (place + 1) & (keys.length - 1);
    keys[place] = window + 1;
    starts[place] = entries.length;
    entries.push(...own);
  }
  return {
    keys,
    starts,
    entries: Int32Array.from(entries),
    literals: Int32Array.from(literals),
    texts: Uint8Array.from(texts),
  };
}

/** Each literal once. */
function literalTable() {
  const literals: number[] = [];
  const texts: number[] = [];
  const places = new Map<string, number>();
  const placeOf = ({ text, anyCase, isName, isWord, before }: AnchorLiteral): number => {
    const flags = (anyCase ? anyCaseFlag : 0) | (isName ? nameFlag : 0) | (isWord ? wordFlag : 0);
    const key = `${String(flags)} ${String(before)} ${text}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = literals.length;
    const start = texts.length;
    for (let i = 0; i < text.length; i++) {
      texts.push(anyCase ? lower(text.charCodeAt(i)) : text.charCodeAt(i));
    }
    literals.push(start, start + before, texts.length, flags);
    places.set(key, place);
    return place;
  };
  return { literals, texts, placeOf };
}

function* windowsOf([first, second, third]: Anchor['window']): Generator<number> {
  for (const a of first) {
    for (const b of second) {
      for (const c of third) {
        yield (a.charCodeAt(0) << 16) | (b.charCodeAt(0) << 8) | c.charCodeAt(0);
      }
    }
  }
}

/** One byte a character. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
