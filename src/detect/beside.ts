// Secrets without a telling name, beside an id: `"AKIA…", "…"`, `id:secret`, `"secret": "…"`, columns of a table. Only near an
// id that has found no partner, only a whole value, and only one that passes the checks of its part.

import { byteSet, latin1 } from '../engine/charset.ts';
import { characterAt, clearBefore, codeOf, readRun, type Run } from '../engine/logical.ts';
import type { RulePart } from '../core/rule.ts';
import { gapBetween, never } from './join.ts';
import { base64Layer, type Layer } from './layer.ts';
import {
  checkValue,
  type Collector,
  contextOf,
  type Found,
  logicalText,
  nameBefore,
  type Piece,
} from './pieces.ts';
import { firstAbove } from '../core/search.ts';

/** Ids looked around per document; more than that is reported, not looked at. */
const mostIds = 1000;
const farthestLines = 6;

/** Names of what stands near keys as well and is none: digests, tokens of forms, the secrets of others. */
const foreignNames =
  /csrf|xsrf|authenticity|nonce|etag|sha\d|md5|digest|checksum|hash|integrity|signature|signing|salt|captcha|requestid|commit|revision|webhook|client|consumer|oauth|github|gitlab|google|slack|stripe|twitter|facebook|paypal|azure/;

/**
 * Adds to `found` what stands beside the ids of `lone`, and says what it added. On the `line` means: in the same line and
 * the same brackets, where nothing else may come between.
 */
export function addBeside(
  found: Found,
  lone: ReadonlySet<Piece>,
  part: RulePart,
  rule: number,
  by: Collector,
  reach: 'line' | 'around',
): Piece[] {
  const { beside } = part;
  if (beside === undefined) return [];
  const added: (readonly [Found, Piece])[] = [];
  const encodedPieces: (readonly [Found, Piece])[] = [];
  const visit = (node: Found, around?: Surroundings): void => {
    const ids = node.pieces.filter((piece) => lone.has(piece));
    if (ids.length > mostIds) by.exhausted = true;
    const taken = overlapping(
      node.pieces
        .filter((piece) => piece.rule === rule || piece.part.strong === true)
        .map(({ start, end }) => [start, end]),
    );
    const takenHere: Piece[] = [];
    const isFree = (start: number, end: number) =>
      !taken(start, end) && !takenHere.some((piece) => piece.start < end && start < piece.end);
    for (const id of ids.slice(0, mostIds)) {
      const piece = bestBeside(node.layer, id, part, beside, rule, isFree, by, reach);
      if (piece !== undefined) takenHere.push(piece);
      if (piece !== undefined) added.push([node, piece]);
      else if (reach === 'around' && around !== undefined) {
        const encoded = encodedBeside(around, node.layer, id, part, beside, rule, by);
        if (encoded !== undefined) encodedPieces.push([around.node, encoded]);
      }
    }
    const here = node.inner.length > 0 ? surroundings(node) : undefined;
    node.inner.forEach((inner) => {
      visit(inner, here);
    });
  };
  visit(found);
  for (const [node, piece] of added) node.pieces.push(piece);
  for (const [node, piece] of encodedPieces) {
    node.inner.push({ layer: piece.layer, pieces: [piece], inner: [] });
  }
  return [...added, ...encodedPieces].map(([, piece]) => piece);
}

/** A place with containers in it. */
interface Surroundings {
  readonly node: Found;
  /** Whether there is a container in [start, end). */
  readonly contained: (start: number, end: number) => boolean;
}

function surroundings(node: Found): Surroundings {
  const places = node.inner.map(({ layer }) => layer.toParent(0, Math.max(1, layer.length)));
  return { node, contained: overlapping(places) };
}

/**
 * Whether one of these half-open stretches overlaps another: asked for each run beside each id, so that looking through
 * all of them each time would take the square of the time.
 */
function overlapping(
  stretches: readonly (readonly [number, number])[],
): (start: number, end: number) => boolean {
  const sorted = [...stretches].sort(([a], [b]) => a - b);
  let furthest = 0;
  const ends = sorted.map(([, to]) => (furthest = Math.max(furthest, to)));
  return (start, end) => (ends[firstAbove(sorted, end - 1, ([from]) => from) - 1] ?? 0) > start;
}

/** A run of base64 by itself that holds nothing but a value, beside another that held an id: the data of a Kubernetes Secret. */
function encodedBeside(
  { node, contained }: Surroundings,
  inner: Layer,
  id: Piece,
  part: RulePart,
  beside: NonNullable<RulePart['beside']>,
  rule: number,
  by: Collector,
): Piece | undefined {
  if (inner.decodings.at(-1) !== 'base64') return undefined;
  const { layer } = node;
  const [idStart, idEnd] = inner.toParent(id.start, id.end);
  const from = Math.max(0, idStart - beside.within);
  const text = latin1(layer.bytes, from, Math.min(layer.length, idEnd + beside.within));
  const set = byteSet(beside.set);
  const candidates = [...text.matchAll(encodedRun)]
    .map(({ index, 0: run }) => ({ start: from + index, end: from + index + run.length }))
    .filter(({ start, end }) => (end <= idStart || start >= idEnd) && !contained(start, start + 1))
    .map((place) => {
      const after = place.start >= idEnd;
      const gap = after
        ? gapBetween(layer, idEnd, place.start)
        : gapBetween(layer, place.end, idStart);
      const far = after ? place.start - idEnd : idStart - place.end + 20;
      const out = gap.level >= never || gap.lines > farthestLines;
      return { ...place, rank: out ? Infinity : gap.level * 4 + far };
    })
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank);
  for (const { start, end } of candidates) {
    const held = base64Layer(layer, start, end);
    const value = latin1(held.bytes, 0, held.length).replace(/\r?\n$/, '');
    if (value.length < beside.min || value.length > beside.max) continue;
    if (![...value].every((character) => set[character.charCodeAt(0)] === 1)) continue;
    if (isForeign(layer, start, id)) continue;
    const verdict = checkValue(value, part, false, () => contextOf(layer, start, end, by));
    if (verdict === undefined) continue;
    return {
      rule,
      part,
      role: part.role,
      value,
      start: 0,
      end: value.length,
      layer: held,
      decodings: held.decodings,
      name: '',
      verdict,
    };
  }
  return undefined;
}

/** Whether its name, or the tag of which it is an attribute, says that it is something else. */
function isForeign(layer: Layer, start: number, id: Piece): boolean {
  const name = nameBefore(layer, start);
  // In `id:secret` the id is no name, whatever its letters spell.
  if (name.endsWith(id.value.toLowerCase())) return false;
  const tag = /<[\w:-]+\s[^<>\n]*$/.exec(latin1(layer.bytes, Math.max(0, start - 200), start));
  return foreignNames.test(name + (tag?.[0] ?? '').toLowerCase());
}

const encodedRun = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{20,256}={0,2}(?![A-Za-z0-9+/=])/g;

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly rank: number;
}

function bestBeside(
  layer: Layer,
  id: Piece,
  part: RulePart,
  beside: NonNullable<RulePart['beside']>,
  rule: number,
  isFree: (start: number, end: number) => boolean,
  by: Collector,
  reach: 'line' | 'around',
): Piece | undefined {
  const from = Math.max(0, id.start - beside.within);
  const to = Math.min(layer.length, id.end + beside.within);
  const candidates = [
    ...runsIn(layer, id.end, to, beside),
    ...runsIn(layer, from, id.start, beside),
  ]
    .filter(({ start, end }) => isFree(start, end))
    .map(({ start, end }) => {
      const gap =
        start >= id.end ? gapBetween(layer, id.end, start) : gapBetween(layer, end, id.start);
      const far = start >= id.end ? start - id.end : id.start - end + 20;
      const out =
        reach === 'line' ? gap.level > 0 : gap.level >= never || gap.lines > farthestLines;
      return { start, end, rank: out ? Infinity : gap.level * 4 + far };
    })
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank);
  for (const { start, end } of candidates) {
    const { text, decodings } = logicalText(layer.bytes, start, end);
    if (isForeign(layer, start, id)) continue;
    const verdict = checkValue(text, part, false, () => contextOf(layer, start, end, by));
    if (verdict === undefined) continue;
    return {
      rule,
      part,
      role: part.role,
      value: text,
      start,
      end,
      layer,
      decodings: [...layer.decodings, ...decodings],
      name: '',
      verdict,
    };
  }
  return undefined;
}

/** Whole runs of the right shape in [from, to): nothing of a longer word, path, digest or base64 text. */
function runsIn(
  layer: Layer,
  from: number,
  to: number,
  beside: NonNullable<RulePart['beside']>,
): Candidate[] {
  const set = byteSet(beside.set);
  const { bytes } = layer;
  const run: Run = { end: 0, length: 0, flags: 0, seen: 0 };
  const found: Candidate[] = [];
  let afterColour = -1;
  for (let at = from; at < to;) {
    if (bytes[at] === 27) at = afterColour = colourEnd(bytes, at, to);
    const packed = characterAt(bytes, at, layer.length);
    const code = codeOf(packed);
    if (code > 255 || set[code] !== 1 || (at !== afterColour && !clearBefore(bytes, at, set))) {
      at++;
      continue;
    }
    readRun(bytes, at, layer.length, set, beside.min, beside.max + 1, run);
    if (run.length >= beside.min && run.length <= beside.max && run.end <= layer.length) {
      const before = bytes[at - 1];
      const after = run.end < layer.length ? codeOf(characterAt(bytes, run.end, layer.length)) : 10;
      if ((at === afterColour || !isWordEdge(before)) && !isWordEdge(after) && after !== 61)
        found.push({ start: at, end: run.end, rank: 0 });
      at = Math.max(at + 1, run.end);
      continue;
    }
    // A run that was joined over string literals may hide the start of another one.
    at = run.flags !== 0 ? at + 1 : Math.max(at + 1, Math.min(run.end, to));
  }
  return found;
}

/** The end of `ESC [ 3 3 m` at `at`, as terminals' logs have it before a value; the next byte when it is none. */
function colourEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at + 1;
  if (bytes[end] !== 91) return end;
  do end++;
  while (end < to && end - at < 16 && (bytes[end] ?? 0) < 64);
  return end + 1;
}

/** _ - . @ ~ are pieces of identifiers, host names and base64url, not edges of a value. */
function isWordEdge(byte: number | undefined): boolean {
  return byte === 95 || byte === 45 || byte === 46 || byte === 126;
}
