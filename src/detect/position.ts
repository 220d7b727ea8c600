// Byte offsets → lines and columns, for findings only. Lines end at LF (a CR before it belongs to the end), at nothing else.
// Columns count UTF-16 units of the decoded line from 1; a byte order mark is none.

import { firstAbove } from '../core/search.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export class Positions {
  private readonly bytes: Uint8Array;
  private readonly mark: number;
  private readonly firstLine: number;
  private readonly firstColumn: number;
  private starts: number[] | undefined;
  /** What was asked for, in file order: on one long line each is counted on from the nearest before it. */
  private readonly known: { readonly at: number; readonly column: number }[] = [];

  /** `mark`: bytes of a byte order mark; `firstLine` and `firstColumn`: where in the whole file `bytes` starts. */
  constructor(bytes: Uint8Array, mark: number, firstLine = 1, firstColumn = 1) {
    this.bytes = bytes;
    this.mark = mark;
    this.firstLine = firstLine;
    this.firstColumn = firstColumn;
  }

  at(offset: number): Place {
    const index = this.lineIndex(offset);
    const start = this.startOf(index);
    const next = firstAbove(this.known, offset, ({ at }) => at);
    const nearest = this.known[next - 1];
    const from =
      nearest !== undefined && nearest.at >= start
        ? nearest
        : { at: start, column: index === 0 ? this.firstColumn : 1 };
    const column = from.column + decode(this.bytes.subarray(from.at, offset)).length;
    if (nearest?.at !== offset) this.known.splice(next, 0, { at: offset, column });
    return { line: index + this.firstLine, column };
  }

  /** The byte at that place, or the end of the line that has no such column. */
  offset({ line, column }: Place): number {
    const [start, end] = this.lineSpan(line) ?? [0, 0];
    let [low, high] = [start, end];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (decode(this.bytes.subarray(start, middle)).length < column) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The decoded line of that number, without its end; undefined outside the text. */
  line(number: number): string | undefined {
    const span = this.lineSpan(number);
    return span === undefined ? undefined : decode(this.bytes.subarray(span[0], span[1]));
  }

  /** Bytes of the line of that number, without its end. */
  lineSpan(number: number): readonly [number, number] | undefined {
    const starts = this.lineStarts();
    const index = number - this.firstLine;
    if (index < 0 || index >= starts.length) return undefined;
    let end = index + 1 < starts.length ? (starts[index + 1] ?? 0) - 1 : this.bytes.length;
    const start = this.startOf(index);
    if (end > start && this.bytes[end - 1] === 13 && index + 1 < starts.length) end--;
    return [start, end];
  }

  private startOf(index: number): number {
    const start = this.lineStarts()[index] ?? 0;
    return start === 0 ? this.mark : start;
  }

  private lineIndex(offset: number): number {
    return Math.max(0, firstAbove(this.lineStarts(), offset, (start) => start) - 1);
  }

  private lineStarts(): number[] {
    if (this.starts !== undefined) return this.starts;
    const starts = [0];
    for (let at = this.bytes.indexOf(10); at >= 0; at = this.bytes.indexOf(10, at + 1))
      starts.push(at + 1);
    this.starts = starts;
    return starts;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
