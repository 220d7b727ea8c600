// Hits → pieces: the value of each hit is read, checked, and kept with the layer it stands in. Pieces hold secrets; they
// live until src/detect/findings.ts has made findings of them, and no longer.

import type { Decoding, Role } from '../core/finding.ts';
import type { Rule, RulePart } from '../core/rule.ts';
import { byteSet, latin1 } from '../engine/charset.ts';
import {
  characterAt,
  codeOf,
  concatFlag,
  continuedFlag,
  escapeFlag,
  flagsOf,
  htmlFlag,
  nextLiteral,
  percentFlag,
  widthOf,
} from '../engine/logical.ts';
import { identifierStart } from '../engine/names.ts';
import type { Engine } from '../engine/scan.ts';
import { type Hits, hitSize } from '../engine/state.ts';
import type { Matcher } from '../engine/tables.ts';
import { type CheckContext, type CheckVerdict, contextLength } from './check.ts';
import { checks } from './checks.ts';
import { base64Layer, deepest, escapedLayer, type Layer, wideLayer } from './layer.ts';
import { entropy, isMostlyOne, isPlaceholder } from './placeholder.ts';

export interface Piece {
  /** Index into the scanner's rules, and of the part of that rule. */
  readonly rule: number;
  readonly part: RulePart;
  readonly role: Role;
  readonly value: string;
  /** Bytes of `layer`. */
  readonly start: number;
  readonly end: number;
  readonly layer: Layer;
  readonly decodings: readonly Decoding[];
  /** The name it was found by, squashed to lower-case letters and digits; '' where there was none. */
  readonly name: string;
  readonly verdict: CheckVerdict;
}

/** A layer with what was found in it and in the containers it holds. */
export interface Found {
  readonly layer: Layer;
  readonly pieces: Piece[];
  readonly inner: Found[];
}

export interface Collector {
  readonly engine: Engine;
  readonly rules: readonly Rule[];
  /** Rules that take part; by index. */
  readonly active: readonly boolean[];
  readonly path: string;
  readonly today: Date;
  readonly binary: boolean;
  /** Bytes that may still be decoded out of containers of this document. */
  decodable: number;
  /** Whether a value is none wherever it stands, by its rule, part and text. */
  readonly unfit: Map<string, boolean>;
  exhausted: boolean;
}

/** More in one document than anybody reads; said, and looked at no further. */
const mostPieces = 20_000;

/** `hits` are those of the layer; the engine takes them back when it scans the next one. */
export function collect(layer: Layer, by: Collector, hits: Hits): Found {
  if (hits.exhausted) by.exhausted = true;
  const found: Found = { layer, pieces: [], inner: [] };
  if (hits.count === 0) return found;
  const data = hits.data.slice(0, hits.count * hitSize);
  const containers: Layer[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < data.length; at += hitSize) {
    const matcher = by.engine.matcher(data[at] ?? 0);
    const start = data[at + 1] ?? 0;
    const end = data[at + 2] ?? 0;
    if (matcher.type === 'container') {
      if (layer.depth >= deepest || end - start > by.decodable) {
        by.exhausted ||= layer.depth < deepest;
        continue;
      }
      by.decodable -= end - start;
      containers.push(
        matcher.encoding === 'base64'
          ? base64Layer(layer, start, end)
          : matcher.encoding === 'escaped'
            ? escapedLayer(layer, start, end)
            : wideLayer(layer, start, end),
      );
      continue;
    }
    const piece = toPiece(layer, matcher, start, end, data[at + 3] ?? -1, by);
    if (piece === undefined) continue;
    // Two shapes of a part may say the same of the same text.
    const key = `${String(piece.start)} ${String(piece.end)} ${String(piece.rule)} ${piece.role}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (found.pieces.length >= mostPieces) {
      by.exhausted = true;
      break;
    }
    found.pieces.push(piece);
  }
  for (const container of containers) {
    const inner = collect(container, by, by.engine.scan(container.bytes, container.length));
    const pieces = inner.pieces.filter((piece) => {
      const [start, end] = container.toParent(piece.start, piece.end);
      // An escaped line holds plain text as well, and what stands there plainly was found before.
      return end - start !== piece.end - piece.start;
    });
    if (pieces.length > 0 || inner.inner.length > 0) {
      found.inner.push({ layer: container, pieces, inner: inner.inner });
    }
  }
  return found;
}

function toPiece(
  layer: Layer,
  matcher: Exclude<Matcher, { type: 'container' }>,
  start: number,
  end: number,
  name: number,
  by: Collector,
): Piece | undefined {
  const rule = by.rules[matcher.rule];
  const part = rule?.parts[matcher.part];
  if (part === undefined || by.active[matcher.rule] !== true) return undefined;
  if (by.binary && part.strong !== true && layer.depth === 0) return undefined;
  const { text, decodings } = valueOf(layer, matcher, start, end);
  const isBlock = matcher.type === 'block';
  // The same text may stand there ten thousand times.
  const key = `${String(matcher.rule)} ${String(matcher.part)} ${text}`;
  const unfit = by.unfit.get(key) ?? isUnfit(text, part, isBlock);
  by.unfit.set(key, unfit);
  if (unfit) return undefined;
  const verdict = checksOf(text, part, () => contextOf(layer, start, end, by));
  if (verdict === undefined) return undefined;
  return {
    rule: matcher.rule,
    part,
    role: part.role,
    value: text,
    start,
    end,
    layer,
    decodings: [...layer.decodings, ...decodings],
    name: name < 0 ? nameBefore(layer, start) : squashedName(layer, name, start),
    verdict: { ...verdict, ...part.shapes[matcher.shape]?.as },
  };
}

/** What a value passes or fails; undefined when it is none. */
export function checkValue(
  value: string,
  part: RulePart,
  isBlock: boolean,
  context: () => CheckContext,
): CheckVerdict | undefined {
  return isUnfit(value, part, isBlock) ? undefined : checksOf(value, part, context);
}

function checksOf(
  value: string,
  part: RulePart,
  context: () => CheckContext,
): CheckVerdict | undefined {
  let verdict: CheckVerdict = {};
  let seen: CheckContext | undefined;
  for (const name of part.checks ?? []) {
    const check = checks[name];
    if (check === undefined) throw new RangeError(`there is no check named "${name}"`);
    seen ??= context();
    const answer = check(value, seen);
    if (answer === false) return undefined;
    if (answer !== true) verdict = { ...verdict, ...answer };
  }
  return verdict;
}

/** What a value is by itself, wherever it stands. */
function isUnfit(value: string, part: RulePart, isBlock: boolean): boolean {
  if (!isBlock && part.role !== 'id') {
    if (value.length <= 80 ? isPlaceholder(value) : isMostlyOne(value)) return true;
  }
  return part.entropy !== undefined && entropy(value) < part.entropy;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function contextOf(
  layer: Layer,
  start: number,
  end: number,
  by: { readonly path: string; readonly today: Date },
): CheckContext {
  return {
    path: by.path,
    before: decoder.decode(layer.bytes.subarray(Math.max(0, start - contextLength), start)),
    after: decoder.decode(layer.bytes.subarray(end, Math.min(layer.length, end + contextLength))),
    today: by.today,
  };
}

interface Value {
  readonly text: string;
  readonly decodings: readonly Decoding[];
}

function valueOf(layer: Layer, matcher: Matcher, start: number, end: number): Value {
  if (matcher.type === 'block' || matcher.type === 'pattern') {
    return { text: decoder.decode(layer.bytes.subarray(start, end)), decodings: [] };
  }
  const value = logicalText(layer.bytes, start, end);
  if (
    matcher.type === 'assignment' &&
    (value.text.length > matcher.max || value.text.includes('='))
  ) {
    const set = byteSet(matcher.set);
    const fits = [...value.text].every((character) => set[character.charCodeAt(0)] === 1);
    if (!fits || value.text.length > matcher.max) {
      const decoded = Buffer.from(value.text, 'base64').toString('latin1').replace(/\n$/, '');
      return { text: decoded, decodings: ['base64'] };
    }
  }
  return value;
}

/** The characters of [start, end) through escapes and concatenation. */
export function logicalText(bytes: Uint8Array, start: number, end: number): Value {
  if (isPlain(bytes, start, end)) return { text: latin1(bytes, start, end), decodings: [] };
  let text = '';
  let flags = 0;
  for (let at = start; at < end;) {
    const packed = characterAt(bytes, at, end);
    const code = codeOf(packed);
    // A value holds no white space: its line ends here and goes on in the next one.
    if ((flagsOf(packed) & continuedFlag) !== 0 || isBlank(bytes[at])) {
      flags |= concatFlag;
      at += widthOf(packed);
      while (at < end && isBlank(bytes[at])) at++;
      continue;
    }
    if (code === 34 || code === 39 || code === 96) {
      const next = nextLiteral(bytes, at, end);
      if (next > 0) {
        flags |= concatFlag;
        at = next;
        continue;
      }
    }
    flags |= flagsOf(packed);
    text += String.fromCharCode(code);
    at += widthOf(packed);
  }
  const decodings: Decoding[] = [];
  if ((flags & concatFlag) !== 0) decodings.push('concat');
  if ((flags & percentFlag) !== 0) decodings.push('percent');
  if ((flags & htmlFlag) !== 0) decodings.push('html');
  if ((flags & escapeFlag) !== 0) decodings.push('escape');
  return { text, decodings };
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/** Nothing in it begins an escape or ends a string literal or a line. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (
      byte === 37 ||
      byte === 92 ||
      byte === 38 ||
      byte === 34 ||
      byte === 39 ||
      byte === 96 ||
      byte === 10
    ) {
      return false;
    }
  }
  return true;
}

function squashedName(layer: Layer, at: number, valueStart: number): string {
  // Lists that put the value first have the name behind it.
  const end = valueStart > at ? Math.min(valueStart, at + 128) : Math.min(layer.length, at + 128);
  return squash(latin1(layer.bytes, at, end));
}

/** From behind, because from the front every start of a word would be tried as a name. */
const behindName =
  /(?<=[\w.-]{2}(["'\])]{0,3}\s{0,3}(?:=>|:=|[=:,>]|\s)\s{0,4}[bru]?["'`[(]{0,3}))/iy;

/** The name in front of a value that was found by its own form: `aws_key = `, `"id": "`, `--key `. */
export function nameBefore(layer: Layer, start: number): string {
  const before = latin1(layer.bytes, Math.max(0, start - 96), start);
  behindName.lastIndex = before.length;
  const operator = behindName.exec(before)?.[1];
  if (operator === undefined) return '';
  const end = start - operator.length;
  return squash(latin1(layer.bytes, identifierStart(layer.bytes, end), end));
}

function squash(text: string): string {
  // The name only: an operator or a quote ends it.
  const name = /^[\w. -]*/.exec(text)?.[0] ?? '';
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
