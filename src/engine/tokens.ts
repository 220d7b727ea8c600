// Tokens: literals and runs in a row, found by one of the literals.

import { alnum, byteSet, type ByteSet } from './charset.ts';
import { characterAt, clearBefore, codeOf, readRun } from './logical.ts';
import { type Confirm, literalEnd, type State } from './state.ts';
import { type Step, type TokenMatcher, unlimited } from './tables.ts';

export function tokenConfirm(matcher: TokenMatcher): Confirm {
  const [from, to] = matcher.value;
  let sets: Sets | undefined;

  return (state, index, at, anchorStep) => {
    state.seen = true;
    if (at < (state.until[index] ?? 0)) return;
    state.steps -= 4;
    sets ??= setsOf(matcher);
    const { steps, before, after } = sets;
    let start = at;
    for (let i = anchorStep - 1; i >= 0; i--) {
      const entry = steps[i];
      if (entry === undefined) return;
      start = stepBack(state, entry.step, entry.set, start);
      if (start < 0) return;
    }
    if (!clearBefore(state.bytes, start, before)) return;
    let position = start;
    let valueStart = start;
    let valueEnd = -1;
    let openEnd = 0;
    for (let i = 0; i < steps.length; i++) {
      const entry = steps[i];
      if (entry === undefined) return;
      if (i === from) valueStart = position;
      const { step } = entry;
      if (step.kind === 'run') {
        position = runEnd(state, entry.set, step.min, step.max, position);
        if (step.max - step.min > 64 && openEnd === 0)
          openEnd = position < 0 ? -position : position;
      } else {
        position = textEnd(state, step, position);
      }
      if (position < 0) {
        // Nothing that starts inside the open run just read can end elsewhere.
        if (openEnd > (state.until[index] ?? 0)) state.until[index] = openEnd;
        return;
      }
      if (i + 1 === to) valueEnd = position;
    }
    if (position < state.length) {
      const next = codeOf(characterAt(state.bytes, position, state.length));
      if (next < 256 && after[next] === 1) {
        if (openEnd > (state.until[index] ?? 0)) state.until[index] = openEnd;
        return;
      }
    }
    state.until[index] = Math.max(valueEnd, at + 1);
    state.add(index, valueStart, valueEnd, -1);
  };
}

interface Sets {
  readonly steps: readonly { readonly step: Step; readonly set: ByteSet }[];
  readonly before: ByteSet;
  readonly after: ByteSet;
}

function setsOf({ steps, notBefore, notAfter }: TokenMatcher): Sets {
  return {
    steps: steps.map((step) => ({ step, set: step.kind === 'run' ? byteSet(step.set) : alnum })),
    before: byteSet(notBefore),
    after: byteSet(notAfter),
  };
}

/** Where a step that ends at `end` starts, or -1. */
function stepBack(state: State, step: Step, set: ByteSet, end: number): number {
  const { bytes } = state;
  if (step.kind === 'run') {
    let start = end;
    while (start > 0 && end - start < step.max && set[bytes[start - 1] ?? 0] === 1) start--;
    state.steps -= end - start;
    return end - start >= step.min ? start : -1;
  }
  const texts = step.kind === 'text' ? [step.text] : step.texts;
  for (const text of texts) {
    if (literalEnd(state, end - text.length, text, step.anyCase) >= 0) return end - text.length;
  }
  return step.optional ? end : -1;
}

function textEnd(state: State, step: Exclude<Step, { kind: 'run' }>, at: number): number {
  if (step.kind === 'text') {
    const end = literalEnd(state, at, step.text, step.anyCase);
    return end >= 0 ? end : step.optional ? at : -1;
  }
  for (const text of step.texts) {
    const end = literalEnd(state, at, text, step.anyCase);
    if (end >= 0) return end;
  }
  return step.optional ? at : -1;
}

/** Where a greedy run from `at` ends; when it is too short, minus the place where it stopped (at least 1). */
function runEnd(state: State, set: ByteSet, min: number, max: number, at: number): number {
  const { bytes, length } = state;
  const limit = max === unlimited ? length : Math.min(length, at + max);
  let position = at;
  while (position < limit && set[bytes[position] ?? 0] === 1) position++;
  state.steps -= (position - at) >> 3;
  if (position < limit) {
    const stop = bytes[position] ?? 0;
    // Only these can begin an escape, or end a string literal or a line that goes on in the next one.
    if (
      stop === 37 ||
      stop === 92 ||
      stop === 38 ||
      (position - at < min && (stop === 34 || stop === 39 || stop === 96)) ||
      (max === unlimited && (stop === 10 || stop === 13))
    ) {
      readRun(bytes, at, length, set, min, max, state.run);
      state.steps -= state.run.seen - at;
      return state.run.length >= min ? state.run.end : -Math.max(1, position);
    }
  }
  return position - at >= min ? position : -Math.max(1, position);
}
