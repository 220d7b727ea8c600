// A file too big to hold is scanned in windows. Each has a core, of which the findings are kept, and margins wider than
// anything that belongs together, so that what is found does not depend on where windows end.

import type { Reader } from '../core/document.ts';
import { decode } from './position.ts';
import { type Text, toText } from './text.ts';

export interface Window extends Text {
  /** Line and column (1-based) of the first byte. */
  readonly line: number;
  readonly column: number;
  /** Findings that start at bytes [coreStart, coreEnd) of this window are its own. */
  readonly coreStart: number;
  readonly coreEnd: number;
}

export interface WindowSizes {
  /** Files up to this many bytes are one window. */
  readonly whole: number;
  readonly core: number;
  readonly margin: number;
}

const sizes: WindowSizes = { whole: 1 << 25, core: 1 << 23, margin: 1 << 17 };

export function* windowsOf(
  reader: Reader,
  { whole, core, margin }: WindowSizes = sizes,
): Generator<Window> {
  if (reader.size <= whole) {
    const bytes = new Uint8Array(reader.size);
    const text = toText(bytes.subarray(0, fill(reader, bytes, 0)));
    yield { ...text, line: 1, column: 1, coreStart: 0, coreEnd: Infinity };
    return;
  }
  const head = new Uint8Array(Math.min(reader.size, 65536));
  const encoding = encodingOf(head.subarray(0, fill(reader, head, 0)));
  const place = { line: 1, column: 1 };
  const buffer = new Uint8Array(core + 2 * margin);
  let start = 0;
  for (let coreStart = 0; coreStart < reader.size; coreStart += core) {
    const length = fill(
      reader,
      buffer.subarray(0, Math.min(buffer.length, coreStart + core + margin - start)),
      start,
    );
    if (length === 0) return;
    const raw = buffer.subarray(0, length);
    const text = decodeWindow(raw, encoding, start === 0);
    const last = coreStart + core >= reader.size;
    const inText = (offset: number): number => textOffset(raw, offset, encoding, text);
    yield {
      ...text,
      line: place.line,
      column: place.column,
      coreStart: start === 0 ? 0 : inText(coreStart - start),
      coreEnd: last ? Infinity : inText(coreStart + core - start),
    };
    const next = aligned(raw, coreStart + core - margin - start, encoding);
    if (next <= 0) continue;
    advance(place, decodeWindow(raw.subarray(0, next), encoding, start === 0));
    start += next;
  }
}

type Encoding = 'bytes' | 'utf-16le' | 'utf-16be';

function encodingOf(head: Uint8Array): Encoding {
  const even = head.subarray(0, head.length & ~1);
  const text = toText(even);
  if (text.bytes === even) return 'bytes';
  const little = even[1] === 0 || (even[0] === 0xff && even[1] === 0xfe);
  return little ? 'utf-16le' : 'utf-16be';
}

function decodeWindow(raw: Uint8Array, encoding: Encoding, first: boolean): Text {
  if (encoding === 'bytes') {
    const mark = first && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
    return { bytes: raw, mark, binary: raw.includes(0) };
  }
  const copy = Buffer.from(raw.subarray(0, raw.length & ~1));
  if (encoding === 'utf-16be') copy.swap16();
  const bytes = Buffer.from(copy.toString('utf16le'), 'utf8');
  return { bytes, mark: first && copy[0] === 0xff && copy[1] === 0xfe ? 3 : 0, binary: false };
}

function textOffset(raw: Uint8Array, offset: number, encoding: Encoding, text: Text): number {
  if (encoding === 'bytes') return Math.min(offset, text.bytes.length);
  return decodeWindow(raw.subarray(0, offset & ~1), encoding, false).bytes.length;
}

/** Moved back so that no character is cut. */
function aligned(raw: Uint8Array, offset: number, encoding: Encoding): number {
  if (encoding !== 'bytes') return offset & ~3;
  let at = offset;
  while (at > 0 && offset - at < 4 && ((raw[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function advance(place: { line: number; column: number }, text: Text): void {
  const { bytes } = text;
  let lines = 0;
  let last = -1;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    lines++;
    last = at;
  }
  const rest = decode(bytes.subarray(last < 0 ? text.mark : last + 1)).length;
  place.line += lines;
  place.column = last < 0 ? place.column + rest : 1 + rest;
}

/** Reads until `target` is full or the file ends. */
function fill(reader: Reader, target: Uint8Array, position: number): number {
  let length = 0;
  while (length < target.length) {
    const read = reader.read(target.subarray(length), position + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
