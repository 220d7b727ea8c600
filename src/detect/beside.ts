// Secrets without a telling name, beside an id: `"AKIA…", "…"`, `id:secret`, `"secret": "…"`, columns of a table. Only near an
// id that has found no partner, only a whole value, and only one that passes the checks of its part.

import { byteSet } from '../engine/charset.ts';
import { characterAt, clearBefore, codeOf, readRun, type Run } from '../engine/logical.ts';
import type { RulePart } from '../core/rule.ts';
import { gapBetween, never } from './join.ts';
import type { Layer } from './layer.ts';
import {
  checkValue,
  type Collector,
  contextOf,
  type Found,
  logicalText,
  type Piece,
} from './pieces.ts';

/** Ids looked around per document; more than that is reported, not looked at. */
const mostIds = 1000;
const farthestLines = 6;

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
  const added: Piece[] = [];
  const visit = (node: Found): void => {
    const ids = node.pieces.filter((piece) => lone.has(piece));
    if (ids.length > mostIds) by.exhausted = true;
    const taken = node.pieces.filter((piece) => piece.rule === rule || piece.part.strong === true);
    for (const id of ids.slice(0, mostIds)) {
      const piece = bestBeside(node.layer, id, part, beside, rule, taken, by, reach);
      if (piece !== undefined) taken.push(piece);
      if (piece !== undefined) added.push(piece);
    }
    node.inner.forEach(visit);
  };
  visit(found);
  for (const piece of added) nodeOf(found, piece.layer)?.pieces.push(piece);
  return added;
}

function nodeOf(found: Found, layer: Layer): Found | undefined {
  if (found.layer === layer) return found;
  for (const inner of found.inner) {
    const node = nodeOf(inner, layer);
    if (node !== undefined) return node;
  }
  return undefined;
}

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
  taken: readonly Piece[],
  by: Collector,
  reach: 'line' | 'around',
): Piece | undefined {
  const from = Math.max(0, id.start - beside.within);
  const to = Math.min(layer.length, id.end + beside.within);
  const candidates = [
    ...runsIn(layer, id.end, to, beside),
    ...runsIn(layer, from, id.start, beside),
  ]
    .filter(({ start, end }) => !taken.some((piece) => piece.start < end && start < piece.end))
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
  const run: Run = { end: 0, length: 0, flags: 0 };
  const found: Candidate[] = [];
  for (let at = from; at < to;) {
    const packed = characterAt(bytes, at, layer.length);
    const code = codeOf(packed);
    if (code > 255 || set[code] !== 1 || !clearBefore(bytes, at, set)) {
      at++;
      continue;
    }
    readRun(bytes, at, layer.length, set, beside.min, beside.max + 1, run);
    if (run.length >= beside.min && run.length <= beside.max && run.end <= layer.length) {
      const before = bytes[at - 1];
      const after = run.end < layer.length ? codeOf(characterAt(bytes, run.end, layer.length)) : 10;
      if (!isWordEdge(before) && !isWordEdge(after) && after !== 61)
        found.push({ start: at, end: run.end, rank: 0 });
      at = Math.max(at + 1, run.end);
      continue;
    }
    // A run that was joined over string literals may hide the start of another one.
    at = run.flags !== 0 ? at + 1 : Math.max(at + 1, Math.min(run.end, to));
  }
  return found;
}

/** _ - . @ ~ are pieces of identifiers, host names and base64url, not edges of a value. */
function isWordEdge(byte: number | undefined): boolean {
  return byte === 95 || byte === 45 || byte === 46 || byte === 126;
}
