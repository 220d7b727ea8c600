// Which lines of a text are new. Compared are decoded lines without their line end, so that a file rewritten with CRLF,
// or from UTF-8 to UTF-16, has no new lines; git's own diff would call all of them new, and a UTF-16 file binary.

import type { Reader } from '../core/document.ts';

/** The lines of `after` that are not in `before`, 1-based. */
export function newLines(
  before: Uint8Array | Reader,
  after: Uint8Array | Reader,
): ReadonlySet<number> {
  const names = new Map<string, number>();
  const a = numbered(before, names);
  const b = numbered(after, names);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const added = inserted(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return new Set(added.map((index) => index + head + 1));
}

/** New compared with each of them, as the lines of a merge; null, for every line, when there is nothing to compare with. */
export function newToAll(
  befores: readonly (Uint8Array | Reader)[],
  after: Uint8Array | Reader,
): ReadonlySet<number> | null {
  const [first, ...others] = befores.map((before) => newLines(before, after));
  if (first === undefined) return null;
  return new Set([...first].filter((line) => others.every((other) => other.has(line))));
}

/** Each line as a number, equal for equal lines. */
function numbered(text: Uint8Array | Reader, names: Map<string, number>): number[] {
  const lines: number[] = [];
  for (const line of linesOf(text)) {
    const known = names.get(line);
    const number = known ?? names.size;
    if (known === undefined) names.set(line, number);
    lines.push(number);
  }
  return lines;
}

// Beyond it two texts have so little in common that the shortest edit script is not worth its memory.
const mostEdits = 3000;

/** Indexes of `b` that a shortest edit script from `a` inserts (Myers 1986). */
function inserted(a: readonly number[], b: readonly number[]): number[] {
  if (a.length === 0) return b.map((_, index) => index);
  if (b.length === 0) return [];
  const trace: Int32Array[] = [];
  const offset = mostEdits + 1;
  const furthest = new Int32Array(2 * offset + 1);
  for (let edits = 0; edits <= mostEdits; edits += 1) {
    for (let k = -edits; k <= edits; k += 2) {
      let x = startOf(furthest, offset, edits, k);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length, edits);
    }
    trace.push(furthest.slice(offset - edits, offset + edits + 1));
  }
  return surplus(a, b);
}

function startOf(furthest: Int32Array, offset: number, edits: number, k: number): number {
  if (edits === 0) return 0;
  const right = furthest[offset + k - 1] ?? 0;
  const down = furthest[offset + k + 1] ?? 0;
  return k === -edits || (k !== edits && right < down) ? down : right + 1;
}

function walkBack(
  trace: readonly Int32Array[],
  aLength: number,
  bLength: number,
  last: number,
): number[] {
  const found: number[] = [];
  let x = aLength;
  let y = bLength;
  for (let edits = last; edits > 0; edits -= 1) {
    const row = trace[edits - 1] ?? new Int32Array();
    const at = (k: number): number => row[k + edits - 1] ?? 0;
    const k = x - y;
    const down = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const previous = down ? k + 1 : k - 1;
    x = at(previous);
    y = x - previous;
    if (down) found.push(y);
  }
  return found.reverse();
}

/** Lines that `b` has more often than `a`. */
function surplus(a: readonly number[], b: readonly number[]): number[] {
  const count = new Map<number, number>();
  for (const line of a) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of b) count.set(line, (count.get(line) ?? 0) - 1);
  return b.flatMap((line, index) => ((count.get(line) ?? 0) < 0 ? [index] : []));
}

const pieceSize = 2 ** 20;

function* linesOf(text: Uint8Array | Reader): Generator<string> {
  if (text instanceof Uint8Array) yield* split([Buffer.from(text)]);
  else yield* split(pieces(text));
}

function* pieces(reader: Reader): Generator<Buffer> {
  for (let at = 0; at < reader.size;) {
    const piece = Buffer.alloc(pieceSize);
    const length = reader.read(piece, at);
    if (length === 0) return;
    at += length;
    yield piece.subarray(0, length);
  }
}

/** Lines as bytes of UTF-8, one character each: what is no valid UTF-8 keeps its bytes and so its difference. */
function* split(parts: Iterable<Buffer>): Generator<string> {
  let decode: ((part: Buffer) => string) | undefined;
  let rest = '';
  for (const part of parts) {
    decode ??= decoderOf(part);
    const lines = (rest + decode(part)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield withoutReturn(line);
  }
  if (rest !== '') yield withoutReturn(rest);
}

function decoderOf(start: Buffer): (part: Buffer) => string {
  const encoding = utf16Of(start);
  if (encoding !== undefined) {
    const decoder = new TextDecoder(encoding);
    return (part) => Buffer.from(decoder.decode(part, { stream: true })).toString('latin1');
  }
  let first = true;
  return (part) => {
    const marked = first && part.subarray(0, 3).equals(byteOrderMark);
    first = false;
    return part.toString('latin1', marked ? 3 : 0);
  };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const sampled = 4096;

/** By its mark, or because nearly every second byte is NUL and nearly no other. */
function utf16Of(start: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const sample = start.subarray(0, sampled);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = sample.length / 8;
  if (odd > many && even < odd / 16) return 'utf-16le';
  return even > many && odd < even / 16 ? 'utf-16be' : undefined;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
