// Tables → what the engine works with: as bytes that a build writes down, or at once.

import { filterBits, hashOf, mark, type PackedTables } from './packed.ts';
import type { Anchor, ContainerLiteral, Tables } from './tables.ts';

/** For `unpack`. */
export function pack(tables: Tables): Uint8Array {
  const { keys, starts, entries } = indexOf(tables.anchors);
  const literals: ContainerLiteral[] = [];
  const matchers = tables.matchers.map((matcher) => {
    if (matcher.type !== 'container') return matcher;
    const first = literals.length;
    for (let i = 0, next; (next = matcher.literals.at(i)) !== undefined; i++) literals.push(next);
    return { ...matcher, literals: [first, literals.length] };
  });
  const texts = [...matchers, ...literals].map(asciiJson);
  const places = [0];
  for (const text of texts) places.push((places.at(-1) ?? 0) + text.length);
  const head = [mark, rulesOf(tables), matchers.length, keys.length, entries.length, places.length];
  const sections = [head, keys, starts, entries, places];
  const numbers = new Int32Array(sections.reduce((sum, { length }) => sum + length, 0));
  sections.reduce((start, section) => {
    numbers.set(section, start);
    return start + section.length;
  }, 0);
  const textStart = numbers.byteLength + (1 << filterBits);
  const bytes = new Uint8Array(textStart + (places.at(-1) ?? 0));
  bytes.set(new Uint8Array(numbers.buffer));
  bytes.set(filterOf(keys), numbers.byteLength);
  let at = textStart;
  for (const text of texts) for (const unit of text) bytes[at++] = unit.charCodeAt(0);
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
      if (matcher === undefined) throw new RangeError(`there is no matcher ${String(at)}`);
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
  const byWindow = new Map<number, number[]>();
  for (const { window, matcher, at, step } of anchors) {
    for (const key of windowsOf(window)) {
      const own = byWindow.get(key) ?? [0];
      own[0] = (own[0] ?? 0) + 1;
      own.push(matcher, at, step);
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
  return { keys, starts, entries: Int32Array.from(entries) };
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
