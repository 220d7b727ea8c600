// Which id belongs to which secret. Neighbours in the text are joined from the inside out: what stands in the same line,
// argument list, object, block or section first, then what is further apart. Names decide before places (PROD_… with
// PROD_…), order before distance (the second id with the second secret), and a section's edge is never crossed.

import type { Layer } from './layer.ts';
import type { Found, Piece } from './pieces.ts';

export interface Group {
  /** In file order, at least one. */
  readonly pieces: readonly Piece[];
  /** Joined by nearness alone: no common structure, or names that do not agree. */
  readonly loose: boolean;
}

/** A piece with its place in the layer that is being joined. */
interface Placed {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
  /** Its name without the words that say which half of a key it is. */
  readonly stem: string;
}

/** Joins the pieces of one rule; each comes out in exactly one group. */
export function join(found: Found, rule: number): Group[] {
  const groups: Group[] = [];
  const rest = joinLayer(found, rule, groups);
  for (const { piece } of rest) groups.push({ pieces: [piece], loose: false });
  return groups;
}

/** Joins what it can into `groups` and returns what is left, placed in this layer. */
function joinLayer(found: Found, rule: number, groups: Group[]): Placed[] {
  const placed: Placed[] = found.pieces
    .filter((piece) => piece.rule === rule)
    .map((piece) => ({ piece, start: piece.start, end: piece.end, stem: stemOf(piece.name) }));
  for (const inner of found.inner) {
    for (const left of joinLayer(inner, rule, groups)) {
      const [start, end] = inner.layer.toParent(left.start, left.end);
      placed.push({ ...left, start, end });
    }
  }
  placed.sort((a, b) => a.start - b.start || a.end - b.end);
  const has = (role: string): boolean => placed.some(({ piece }) => piece.role === role);
  if (!has('id') || !(has('secret') || has('token'))) {
    if (!(has('secret') && has('token'))) return placed;
  }
  return matchInside(found.layer, placed, groups);
}

/** Pieces further apart than this are strangers, unless nothing but structure says otherwise. */
const farBytes = 16384;
const farLines = 120;

function matchInside(layer: Layer, placed: readonly Placed[], groups: Group[]): Placed[] {
  const gaps = placed
    .slice(1)
    .map((next, index) => gapBetween(layer, placed[index]?.end ?? 0, next.start));
  const partners = new Map<Placed, Placed[]>();
  const levels = [...new Set(gaps.map((gap) => gap.level))].sort((a, b) => a - b);
  const pair = (a: Placed, b: Placed): void => {
    const all = [...(partners.get(a) ?? [a]), ...(partners.get(b) ?? [b])];
    for (const member of all) partners.set(member, all);
  };
  const loose = new Set<Placed>();
  for (const level of levels) {
    if (level >= never) break;
    for (const cluster of clusters(placed, gaps, level)) {
      const free = (role: string): Placed[] =>
        cluster.filter(
          (item) =>
            item.piece.role === role && !holds(partners.get(item), role === 'id' ? 'secret' : 'id'),
        );
      matchByName(free('id'), free('secret'), pair, level >= looseLevel ? loose : undefined);
      // A token goes to a pair (or a lone secret or id) that has none yet.
      const tokens = cluster.filter((item) => item.piece.role === 'token' && !partners.has(item));
      if (tokens.length > 0) {
        const heads = cluster.filter(
          (item) =>
            item.piece.role !== 'token' &&
            !holds(partners.get(item), 'token') &&
            (item.piece.role === 'secret' || !holds(partners.get(item), 'secret')),
        );
        matchByName(heads, tokens, pair, undefined);
      }
    }
  }
  const done = new Set<Placed[]>();
  const rest: Placed[] = [];
  for (const item of placed) {
    const group = partners.get(item);
    if (group === undefined) rest.push(item);
    else if (!done.has(group)) {
      done.add(group);
      const members = [...group].sort((a, b) => a.start - b.start || a.end - b.end);
      // Only half of a group found its secret here: what is still incomplete may go on looking outside.
      groups.push({
        pieces: members.map(({ piece }) => piece),
        loose: members.some((member) => loose.has(member)),
      });
    }
  }
  return rest;
}

function holds(group: readonly Placed[] | undefined, role: string): boolean {
  return group?.some(({ piece }) => piece.role === role) ?? false;
}

/** Stretches of neighbours with no gap above `level` between them. */
function clusters(placed: readonly Placed[], gaps: readonly Gap[], level: number): Placed[][] {
  const all: Placed[][] = [];
  let current: Placed[] = [];
  placed.forEach((item, index) => {
    const gap = gaps[index - 1];
    if (gap !== undefined && gap.level > level) {
      all.push(current);
      current = [];
    }
    current.push(item);
  });
  all.push(current);
  return all.filter((cluster) => cluster.length > 1);
}

/* ---------------------------------------------------------------- matching */

type Pair = (a: Placed, b: Placed) => void;

function matchByName(
  ids: readonly Placed[],
  secrets: readonly Placed[],
  pair: Pair,
  loose: Set<Placed> | undefined,
): void {
  if (ids.length === 0 || secrets.length === 0) return;
  const join = (a: Placed, b: Placed): void => {
    pair(a, b);
    if (loose !== undefined) for (const item of [a, b]) loose.add(item);
  };
  const taken = new Set<Placed>();
  const secretsByStem = byStem(secrets);
  for (const [stem, same] of byStem(ids)) {
    if (stem === '') continue;
    matchInOrder(same, secretsByStem.get(stem) ?? [], (a, b) => {
      join(a, b);
      taken.add(a).add(b);
    });
  }
  // Where names tell several apart, those that disagree stay apart; a single one of each is a pair whatever it is called.
  const single = ids.length === 1 && secrets.length === 1;
  const free = (item: Placed): boolean => !taken.has(item);
  matchInOrder(ids.filter(free), secrets.filter(free), join, single ? undefined : agree);
}

function byStem(items: readonly Placed[]): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const item of items) {
    const group = groups.get(item.stem);
    if (group === undefined) groups.set(item.stem, [item]);
    else group.push(item);
  }
  return groups;
}

function agree({ stem: first }: Placed, { stem: second }: Placed): boolean {
  return first === '' || second === '' || first.includes(second) || second.includes(first);
}

function stemOf(name: string): string {
  return name
    .replace(
      /accesskeyid|secretaccesskey|accesskey|secretkey|sessiontoken|securitytoken|keyid/g,
      '',
    )
    .replace(/aws|amazon|secret|access|token|key|value|export|default|password|username/g, '')
    .replace(/^(?:id|set|env|var|const|let|user|pass|name)|(?:id|name)$/g, '');
}

const mostMatched = 400;

/**
 * The first with the first, the second with the second when there are as many of both; otherwise the order-keeping
 * assignment with the least distance.
 */
function matchInOrder(
  ids: readonly Placed[],
  secrets: readonly Placed[],
  pair: Pair,
  allowed: (a: Placed, b: Placed) => boolean = () => true,
): void {
  if (ids.length === 0 || secrets.length === 0) return;
  const near = (a: Placed, b: Placed): boolean => distance(a, b) <= farBytes && allowed(a, b);
  if (ids.length === secrets.length) {
    const all = ids.map((id, index) => [id, secrets[index] ?? id] as const);
    if (all.every(([id, secret]) => near(id, secret))) {
      for (const [id, secret] of all) pair(id, secret);
      return;
    }
  }
  if (ids.length > mostMatched || secrets.length > mostMatched) {
    matchGreedily(ids, secrets, pair, near);
    return;
  }
  // Classic alignment: best[i][j] is the least cost for the first i ids and j secrets; leaving one alone costs more than any distance.
  const alone = farBytes * 2;
  const width = secrets.length + 1;
  const best = new Float64Array((ids.length + 1) * width);
  for (let i = 0; i <= ids.length; i++) {
    for (let j = 0; j <= secrets.length; j++) {
      if (i === 0 || j === 0) {
        best[i * width + j] = (i + j) * alone;
        continue;
      }
      const id = ids[i - 1];
      const secret = secrets[j - 1];
      let cost = Math.min(best[(i - 1) * width + j] ?? 0, best[i * width + j - 1] ?? 0) + alone;
      if (id !== undefined && secret !== undefined && near(id, secret)) {
        cost = Math.min(cost, (best[(i - 1) * width + j - 1] ?? 0) + costOf(id, secret));
      }
      best[i * width + j] = cost;
    }
  }
  for (let i = ids.length, j = secrets.length; i > 0 && j > 0;) {
    const id = ids[i - 1];
    const secret = secrets[j - 1];
    const here = best[i * width + j] ?? 0;
    if (
      id !== undefined &&
      secret !== undefined &&
      near(id, secret) &&
      here === (best[(i - 1) * width + j - 1] ?? 0) + costOf(id, secret)
    ) {
      pair(id, secret);
      i--;
      j--;
    } else if (here === (best[(i - 1) * width + j] ?? 0) + alone) i--;
    else j--;
  }
}

/** For crowds: each id takes the next free secret that is near. */
function matchGreedily(
  ids: readonly Placed[],
  secrets: readonly Placed[],
  pair: Pair,
  near: (a: Placed, b: Placed) => boolean,
): void {
  let next = 0;
  for (const id of ids) {
    while (next < secrets.length) {
      const secret = secrets[next];
      if (secret === undefined) return;
      if (near(id, secret)) {
        pair(id, secret);
        next++;
        break;
      }
      if (secret.start > id.start) break;
      next++;
    }
  }
}

/** A name of which the other knows nothing counts as some lines in between. */
function costOf(a: Placed, b: Placed): number {
  return distance(a, b) + (a.stem === b.stem ? 0 : 400);
}

function distance(a: Placed, b: Placed): number {
  return a.start < b.start ? Math.max(0, b.start - a.end) : Math.max(0, a.start - b.end);
}

/* ---------------------------------------------------------------- structure */

export interface Gap {
  /** 0: the same line and bracket. The more structure is left and entered again between two places, the higher. */
  readonly level: number;
  readonly lines: number;
}

/** Across a section header, a document marker, or too much text: never one credential. */
export const never = 1e9;
/** From here on only nearness joins. */
const looseLevel = 4000;
const bracketWeight = 1000;
const blankWeight = 8;

/**
 * How much stands between two places: brackets and tags closed and opened again, indentation left and entered again
 * (YAML, Python), blank lines, lines. Reads the text as if it were any of the languages at once.
 */
export function gapBetween(layer: Layer, from: number, to: number): Gap {
  if (to <= from) return { level: 0, lines: 0 };
  if (to - from > farBytes) return { level: never, lines: farLines };
  const { bytes } = layer;
  let depth = 0;
  let lowest = 0;
  let lines = 0;
  let blanks = 0;
  let leastIndent = Infinity;
  for (let at = from; at < to; at++) {
    switch (bytes[at]) {
      case 123: // {
      case 91: // [
      case 40: // (
        depth++;
        break;
      case 125:
      case 93:
      case 41:
        depth--;
        if (depth < lowest) lowest = depth;
        break;
      case 60: // <
        if (bytes[at + 1] === 47) {
          depth--;
          if (depth < lowest) lowest = depth;
        } else if (isLetter(bytes[at + 1]) && opensTag(bytes, at, to)) depth++;
        break;
      case 10: {
        lines++;
        if (lines > farLines) return { level: never, lines };
        const header = sectionAfter(bytes, at + 1, to);
        if (header) return { level: never, lines };
        const first = firstInk(bytes, at + 1, to);
        if (first < to && bytes[first] === 10) blanks++;
        else if (bytes[first] !== 35) leastIndent = Math.min(leastIndent, first - at - 1);
        break;
      }
      default:
    }
  }
  const closed = -lowest;
  const opened = depth - lowest;
  let level = Math.min(closed, opened) * bracketWeight;
  if (lines > 0) {
    const startIndent = indentAt(bytes, lineStart(bytes, from), from);
    const endIndent = indentAt(bytes, lineStart(bytes, to), to);
    const left = Math.min(startIndent, endIndent) - Math.min(leastIndent, startIndent, endIndent);
    level += Math.min(left, 60) * 12 + Math.min(blanks, 8) * blankWeight + 1;
  }
  return { level, lines };
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 122;
}

/** `<name …>` that is not closed in itself by `/>`. */
function opensTag(bytes: Uint8Array, at: number, to: number): boolean {
  for (let i = at + 1; i < to && i < at + 200; i++) {
    if (bytes[i] === 62) return bytes[i - 1] !== 47;
    if (bytes[i] === 60 || bytes[i] === 10) return false;
  }
  // The tag ends behind `to`: the second place is an attribute of it.
  return true;
}

function lineStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && bytes[start - 1] !== 10 && at - start < 4096) start--;
  return start;
}

/** White space before the first ink of a line; a list's dash counts as ink of an item further in. */
function indentAt(bytes: Uint8Array, start: number, to: number): number {
  let at = firstInk(bytes, start, to);
  while (bytes[at] === 45 && bytes[at + 1] === 32 && at < to) {
    at += 2;
    while (bytes[at] === 32) at++;
  }
  return at - start;
}

function firstInk(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++;
  return at;
}

/** A line that is `[name]`, `[profile name]`, or `---`: what follows belongs to something else. */
function sectionAfter(bytes: Uint8Array, from: number, to: number): boolean {
  const first = firstInk(bytes, from, to);
  if (bytes[first] === 45 && bytes[first + 1] === 45 && bytes[first + 2] === 45) {
    const after = firstInk(bytes, first + 3, to);
    return after >= to || bytes[after] === 10;
  }
  if (bytes[first] !== 91) return false;
  const next = bytes[first + 1];
  // ["a"], [{, [[1, 2]]: an array of some language; [[table]] of TOML starts a section.
  if (
    next === 34 ||
    next === 39 ||
    next === 123 ||
    next === 93 ||
    (next !== undefined && next >= 48 && next <= 57)
  )
    return false;
  for (let at = first + 1; at < to && at < first + 256; at++) {
    const byte = bytes[at];
    if (byte === 10) return false;
    if (byte === 93) {
      const after = firstInk(bytes, bytes[at + 1] === 93 ? at + 2 : at + 1, to);
      const end = bytes[after];
      return after >= to || end === 10 || end === 35 || end === 59;
    }
    if (byte === 44 || byte === 61 || byte === 40) return false;
  }
  return false;
}
