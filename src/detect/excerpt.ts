// The few lines that a person is shown: cut to a bearable length, every secret in them masked before they leave.

import type { ExcerptLine } from '../core/finding.ts';
import { decode, type Positions } from './position.ts';
import { firstAbove } from '../core/search.ts';

/** Bytes [start, end) of the file that must not be shown, and what is shown instead. */
export interface Mask {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Bytes of a line shown on either side of what it is shown for. */
const reach = 120;
const mostLines = 7;

/** The lines where `ownMasks` stand (`lines`) and one around each, at most seven. Both lists of masks are in file order. */
export function excerptOf(
  bytes: Uint8Array,
  positions: Positions,
  lines: readonly number[],
  masks: readonly Mask[],
  ownMasks: readonly Mask[],
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
    result.push(lineOf(bytes, span, number, masks, ownMasks));
  }
  return result;
}

function lineOf(
  bytes: Uint8Array,
  [start, end]: readonly [number, number],
  line: number,
  masks: readonly Mask[],
  ownMasks: readonly Mask[],
): ExcerptLine {
  const own = ownMasks.filter((mask) => mask.start < end && mask.end > start);
  const first = own[0]?.start ?? start;
  const last = own.at(-1)?.end ?? Math.min(end, start + reach);
  const from = Math.max(start, clear(first - reach, masks));
  const to = Math.max(from, Math.min(end, clear(Math.min(last, first + 600) + reach, masks)));
  const here = masksIn(masks, from, to);
  let text = from > start ? '…' : '';
  const marks: [number, number][] = [];
  let at = from;
  for (const mask of here) {
    if (mask.end <= at || mask.start >= to) continue;
    text += decode(bytes.subarray(at, Math.max(at, mask.start)));
    const markStart = text.length;
    // A value that goes on over several lines is masked on each.
    text += mask.text;
    if (own.includes(mask)) marks.push([markStart, text.length]);
    at = Math.min(mask.end, end);
  }
  if (at < to) text += decode(bytes.subarray(at, to));
  if (to < end) text += '…';
  return { line, text, marks };
}

/** The masks that touch [start, end); no two of `masks` overlap. */
function masksIn(masks: readonly Mask[], start: number, end: number): readonly Mask[] {
  const first = firstAbove(masks, start, (mask) => mask.end);
  let last = first;
  while (last < masks.length && (masks[last]?.start ?? end) < end) last++;
  return masks.slice(first, last);
}

/** A cut may not go through a mask: its text would be shown in part. */
function clear(at: number, masks: readonly Mask[]): number {
  const through = masksIn(masks, at - 1, at + 1).find((mask) => mask.start < at && at < mask.end);
  return through === undefined ? at : through.start;
}
