// What the confirmations of one text share: the text, the steps that are left, and how far each matcher has got.

import { lower } from './charset.ts';
import type { Run } from './logical.ts';

/** Numbers a hit takes in `Hits.data`: matcher, start, end (half open), start of the name or -1. All offsets are bytes. */
export const hitSize = 4;

export interface Hits {
  data: Int32Array;
  /** How many hits there are. */
  count: number;
  /** The work budget ran out: not everything that looked like a start was checked to its end. */
  exhausted: boolean;
}

/**
 * What a change from so many bytes before an anchor to so many bytes behind it brings is seen by looking at that anchor.
 * A matcher that may see further than that from where its literal stands says so in `State.seen`.
 */
export const siftBefore = 192;
export const siftBehind = 640;

/**
 * Steps allowed for a text, a bound for what attackers do: of 200,000 files of packages one takes more than four a byte.
 */
const stepsPerByte = 8;
const freeSteps = 1 << 20;
const mostHits = 1 << 16;
const attemptsPerWindow = 64;

/** What confirmations share while one text is scanned. */
export class State {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  steps = 0;
  /** Per matcher: anchors before this offset need not be tried. */
  readonly until: Int32Array;
  /** Per matcher of a block or pattern: before this offset no end stands, or nothing that it needs. */
  readonly searched: Int32Array;
  /** Per assignment matcher: the end of the last name that was given no value; names may overlap in one identifier. */
  readonly valueless: Int32Array;
  /** The last identifier whose end was looked for. */
  readonly identifier = { from: 0, end: -1 };
  private readonly windowEnd: Int32Array;
  private readonly attempts: Int32Array;
  readonly run: Run = { end: 0, length: 0, flags: 0, seen: 0 };
  /** Whether a literal was met whose matcher sees far. */
  seen = false;
  private readonly hits: Hits;

  constructor(matchers: number, hits: Hits) {
    this.until = new Int32Array(matchers);
    this.searched = new Int32Array(matchers);
    this.valueless = new Int32Array(matchers);
    this.windowEnd = new Int32Array(matchers);
    this.attempts = new Int32Array(matchers);
    this.hits = hits;
  }

  reset(bytes: Uint8Array, length: number): void {
    this.bytes = bytes;
    this.length = length;
    this.seen = false;
    this.steps = freeSteps + length * stepsPerByte;
    this.until.fill(0);
    this.searched.fill(0);
    this.valueless.fill(0);
    this.identifier.end = -1;
    this.windowEnd.fill(0);
  }

  /** Whether another attempt is allowed at `at`: so many in a window of `width` bytes, each of which costs as much as the window. */
  mayTry(matcher: number, at: number, width: number): boolean {
    if (at >= (this.windowEnd[matcher] ?? 0)) {
      this.windowEnd[matcher] = at + width;
      this.attempts[matcher] = 0;
    }
    this.attempts[matcher] = (this.attempts[matcher] ?? 0) + 1;
    if ((this.attempts[matcher] ?? 0) <= attemptsPerWindow) return true;
    // The rest of the text is still looked at, but the verdict is no longer whole.
    this.hits.exhausted = true;
    return false;
  }

  add(matcher: number, start: number, end: number, name: number): void {
    const { hits } = this;
    if (hits.count >= mostHits) {
      this.steps = -1;
      return;
    }
    const at = hits.count * hitSize;
    if (at + hitSize > hits.data.length) {
      const larger = new Int32Array(hits.data.length * 2);
      larger.set(hits.data);
      hits.data = larger;
    }
    hits.data[at] = matcher;
    hits.data[at + 1] = start;
    hits.data[at + 2] = end;
    hits.data[at + 3] = name;
    hits.count++;
  }
}

/** Tries one matcher where its literal would start at `at`; `step` says which literal (see Anchor). */
export type Confirm = (state: State, index: number, at: number, step: number) => void;

/** Where `text` ends when it stands at `at`, or -1. */
export function literalEnd(state: State, at: number, text: string, anyCase: boolean): number {
  if (at < 0 || at + text.length > state.length) return -1;
  const { bytes } = state;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[at + i] ?? 0;
    const want = text.charCodeAt(i);
    if (byte !== want && !(anyCase && lower(byte) === lower(want))) return -1;
  }
  return at + text.length;
}

/** What may stand between two words of a name. */
export const isSeparator = (byte: number | undefined): boolean =>
  byte === 95 || byte === 45 || byte === 32 || byte === 46;
