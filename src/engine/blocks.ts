// Blocks from a begin line to an end line, and the few shapes that take a regular expression.

import { byteSet, latin1 } from './charset.ts';
import { type Confirm, literalEnd, siftBefore, siftBehind, type State } from './state.ts';
import type { BlockMatcher, PatternMatcher } from './tables.ts';

export function blockConfirm(matcher: BlockMatcher): Confirm {
  return (state, index, at) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    const inside = literalEnd(state, at, matcher.begin, false);
    if (inside < 0) return;
    state.seen = true;
    const limit = Math.min(state.length, inside + matcher.max);
    const from = Math.max(inside, state.searched[index] ?? 0);
    const found = indexOf(state, matcher.end, from, limit);
    if (found < 0) {
      state.searched[index] = Math.max(from, limit - matcher.end.length);
      return;
    }
    const end = found + matcher.end.length;
    // A header that is only talked about may stand before a whole block: the nearest one begins it.
    const start = lastIndexOf(state, matcher.begin, at, found);
    state.until[index] = end;
    state.add(index, start, end, -1);
  };
}

/** The last place of `text`, which stands at `from`, that ends before `to`. */
function lastIndexOf(state: State, text: string, from: number, to: number): number {
  const first = text.charCodeAt(0);
  state.steps -= (to - from) >> 2;
  for (let i = to - text.length; i > from; i--) {
    if (state.bytes[i] === first && literalEnd(state, i, text, false) >= 0) return i;
  }
  return from;
}

function indexOf(state: State, text: string, from: number, limit: number): number {
  const first = text.charCodeAt(0);
  const { bytes } = state;
  for (let i = from; i + text.length <= limit; i++) {
    if (bytes[i] === first && literalEnd(state, i, text, false) >= 0) {
      state.steps -= (i - from) >> 2;
      return i;
    }
  }
  state.steps -= Math.max(0, limit - from) >> 2;
  return -1;
}

/** Whether what every match needs stands behind the anchor. Each byte is looked at once for all anchors. */
function isInReach(
  state: State,
  index: number,
  at: number,
  { needs, window }: PatternMatcher,
): boolean {
  const limit = Math.min(state.length, at + window);
  const from = Math.max(at, state.searched[index] ?? 0);
  let next = from;
  while (next < limit && state.bytes[next] !== needs) next++;
  state.steps -= (next - from) >> 2;
  state.searched[index] = next;
  return next < limit;
}

export function patternConfirm(matcher: PatternMatcher): Confirm {
  let regex: RegExp | undefined;
  const within = matcher.within === null ? null : byteSet(matcher.within);
  const seesFar =
    matcher.window + matcher.anchor.length > siftBehind ||
    matcher.lookBack + matcher.anchor.length > siftBefore;
  return (state, index, at) => {
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    if (literalEnd(state, at, matcher.anchor, matcher.anyCase) < 0) return;
    if (seesFar) state.seen = true;
    if (matcher.needs >= 0 && !isInReach(state, index, at, matcher)) return;
    if (!state.mayTry(index, at, matcher.window)) return;
    const from = Math.max(0, at - matcher.lookBack);
    let to = Math.min(state.length, at + matcher.window);
    if (within !== null) {
      const limit = to;
      to = at + matcher.anchor.length;
      while (to < limit && ((state.bytes[to] ?? 0) > 127 || within[state.bytes[to] ?? 0] === 1))
        to++;
    }
    state.steps -= to - from;
    // Sticky: a search would go on behind the anchor, where each later anchor looks again.
    regex ??= new RegExp(matcher.regex, 'dy');
    const text = latin1(state.bytes, from, to);
    for (let first = 0; first <= at - from; first++) {
      regex.lastIndex = first;
      const found = regex.exec(text);
      if (found === null) continue;
      const [start, end] = found.indices?.groups?.['value'] ?? found.indices?.[0] ?? [0, 0];
      const whole = found.indices?.[0] ?? [0, 0];
      if (from + whole[1] > at && end > start) {
        state.until[index] = from + end;
        state.add(index, from + start, from + end, -1);
        return;
      }
    }
  };
}
