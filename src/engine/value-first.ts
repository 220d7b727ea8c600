// Lists of names and values that put the value first, as Kubernetes and ECS write them when they sort their keys:
// `- value: …⏎  name: AWS_SECRET_ACCESS_KEY`, `{"value": "…", "name": "…"}`. Read backwards from the name.

import { alnum, type ByteSet, lower, wordSet } from './charset.ts';
import { readRun } from './logical.ts';
import type { ValueSpan } from './names.ts';
import type { State } from './state.ts';

/** What such lists call the name, and what they call the value. */
const nameKeys = new Set(['name', 'key', 'parametername', 'parameterkey', 'variable']);
const valueKeys = new Set(['value', 'parametervalue', 'stringvalue', 'val']);

const longestKey = 24;
/** White space, quotes and commas in a row, at most. */
const widestGap = 160;
/** Quotes and spaces around an operator, at most: so few that a name is known for one within `siftBefore`. */
const widestOperator = 16;
const longestValue = 8192;

/**
 * The value of the item whose name starts at `nameStart`. Undefined when this is no item, or its value does not stand
 * before its name; false when what stands there is of another shape.
 */
export function valueBefore(
  state: State,
  nameStart: number,
  set: ByteSet,
  min: number,
  max: number,
  value: ValueSpan,
): boolean | undefined {
  const { bytes, run } = state;
  const operator = skipBack(bytes, nameStart, widestOperator, isQuoteOrBlank) - 1;
  if (!isOperator(bytes[operator])) return undefined;
  const nameKey = keyBefore(bytes, operator);
  if (!nameKeys.has(nameKey.text)) return undefined;
  state.seen = true;
  const end = skipBack(bytes, nameKey.start, widestGap, isBetween);
  if (end === nameKey.start) return undefined;
  const lowest = Math.max(0, end - Math.min(longestValue, max * 2 + 64));
  let start = end;
  while (start > lowest && bytes[start - 1] === 61) start--;
  while (start > lowest && !isOperator(bytes[start - 1]) && !isBracket(bytes[start - 1])) start--;
  state.steps -= nameStart - start;
  if (start === lowest || !isOperator(bytes[start - 1])) return undefined;
  if (!valueKeys.has(keyBefore(bytes, start - 1).text)) return undefined;
  while (start < end && isLead(bytes[start])) start++;
  readRun(bytes, start, end, set, min, max, run);
  state.steps -= run.seen - start;
  if (run.end !== end || run.length < min || run.length > max) return false;
  value.start = start;
  value.end = end;
  return true;
}

/** The word that ends before the operator, squashed, and where it starts. */
function keyBefore(
  bytes: Uint8Array,
  operator: number,
): { readonly start: number; readonly text: string } {
  const end = skipBack(bytes, operator, widestOperator, isQuoteOrBlank);
  let start = end;
  let text = '';
  while (start > 0 && end - start < longestKey && wordSet[bytes[start - 1] ?? 0] === 1) {
    start--;
    const byte = bytes[start] ?? 0;
    if (alnum[byte] === 1) text = String.fromCharCode(lower(byte)) + text;
  }
  return { start, text };
}

function skipBack(
  bytes: Uint8Array,
  from: number,
  most: number,
  skipped: (byte: number | undefined) => boolean,
): number {
  let at = from;
  while (at > 0 && from - at < most && skipped(bytes[at - 1])) at--;
  return at;
}

const isOperator = (byte: number | undefined): boolean => byte === 58 || byte === 61;

/** { } [ ] */
const isBracket = (byte: number | undefined): boolean =>
  byte === 123 || byte === 125 || byte === 91 || byte === 93;

/** " ' \ space, tab */
const isQuoteOrBlank = (byte: number | undefined): boolean =>
  byte === 34 || byte === 39 || byte === 92 || byte === 32 || byte === 9;

const isBetween = (byte: number | undefined): boolean =>
  isQuoteOrBlank(byte) || byte === 44 || byte === 10 || byte === 13;

/** What may stand between the operator and the value: `>-` and `|` of YAML among them. */
const isLead = (byte: number | undefined): boolean =>
  isQuoteOrBlank(byte) || byte === 10 || byte === 13 || byte === 62 || byte === 45 || byte === 124;
