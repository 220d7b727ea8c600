// The few lines that a person is shown: cut to a bearable length, every secret in them masked before they leave.

import type { ExcerptLine } from '../core/finding.ts';
import { decode, type Positions } from './position.ts';

/** Bytes [start, end) of the file that must not be shown, and what is shown instead. */
export interface Mask {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly group: number;
}

/** Bytes of a line shown on either side of what it is shown for. */
const reach = 120;
const mostLines = 7;

/** The lines of the marked values of `group` and one around each, at most seven. `masks` in file order. */
export function excerptOf(
  bytes: Uint8Array,
  positions: Positions,
  lines: readonly number[],
  masks: readonly Mask[],
  group: number,
): readonly ExcerptLine[] {
  const wanted = new Set<number>();
  for (const line of lines) for (const near of [line - 1, line, line + 1]) wanted.add(near);
  const numbers = [...wanted].sort((a, b) => a - b);
  const shown =
    numbers.length <= mostLines
      ? numbers
      : [...new Set(lines)].sort((a, b) => a - b).slice(0, mostLines);
  const result: ExcerptLine[] = [];
  for (const number of shown) {
    const span = positions.lineSpan(number);
    if (span === undefined) continue;
    result.push(lineOf(bytes, span, number, masks, group));
  }
  return result;
}

function lineOf(
  bytes: Uint8Array,
  [start, end]: readonly [number, number],
  line: number,
  masks: readonly Mask[],
  group: number,
): ExcerptLine {
  const here = masks.filter((mask) => mask.start < end && mask.end > start);
  const own = here.filter((mask) => mask.group === group);
  const first = own[0]?.start ?? start;
  const last = own.at(-1)?.end ?? Math.min(end, start + reach);
  const from = Math.max(start, clear(first - reach, here, start));
  const to = Math.min(end, Math.max(clear(Math.min(last, first + 600) + reach, here, start), from));
  let text = from > start ? '…' : '';
  const marks: [number, number][] = [];
  let at = from;
  for (const mask of here) {
    if (mask.end <= at || mask.start >= to) continue;
    text += decode(bytes.subarray(at, Math.max(at, mask.start)));
    const markStart = text.length;
    // A value that goes on over several lines is masked on each.
    text += mask.text;
    if (mask.group === group) marks.push([markStart, text.length]);
    at = Math.min(mask.end, end);
  }
  if (at < to) text += decode(bytes.subarray(at, to));
  if (to < end) text += '…';
  return { line, text, marks };
}

/** A cut may not go through a mask: its text would be shown in part. */
function clear(at: number, masks: readonly Mask[], least: number): number {
  const through = masks.find((mask) => mask.start < at && at < mask.end);
  return through === undefined ? Math.max(at, least) : through.start;
}
