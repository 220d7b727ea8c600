// git's binary deltas: a text written as copies out of another and as bytes of its own (git's "pack-format" document,
// "Deltified representation").

/** The lengths a delta begins with: of the text it copies from and of the one it makes; -1 for what is no length. */
export interface DeltaHead {
  readonly from: number;
  readonly to: number;
  /** Where its instructions begin. */
  readonly at: number;
}

export function deltaHead(delta: Uint8Array): DeltaHead {
  const from = varint(delta, 0);
  const to = varint(delta, from.next);
  return { from: from.value, to: to.value, at: to.next };
}

function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let next = at; next < at + 8; next += 1) {
    const byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: next + 1 };
    scale *= 128;
  }
  return { value: -1, next: at };
}

/**
 * Writes what `delta` makes of `base` into `target`, which is as long as it says, and adds to `changed` the start and end
 * (half open, bytes of `target`) of each stretch that is not as it stood in `base` beside the same neighbours: nothing but
 * a seam has no length. False for a delta that does not fit.
 */
export function applyDelta(
  base: Uint8Array,
  delta: Uint8Array,
  { from, to, at: first }: DeltaHead,
  target: Buffer,
  changed: number[],
): boolean {
  if (from !== base.length || to !== target.length) return false;
  let written = 0;
  /** Where the stretch copied last ended in `base`; what goes on there is no change. */
  let copied = 0;
  let dirtyFrom = 0;
  for (let at = first; at < delta.length;) {
    const operation = delta[at] ?? 0;
    at += 1;
    if (operation < 0x80) {
      if (operation === 0 || at + operation > delta.length || written + operation > to) {
        return false;
      }
      target.set(delta.subarray(at, at + operation), written);
      at += operation;
      written += operation;
      continue;
    }
    let offset = 0;
    let size = 0;
    if (operation & 0x01) offset = delta[at++] ?? 0;
    if (operation & 0x02) offset |= (delta[at++] ?? 0) << 8;
    if (operation & 0x04) offset |= (delta[at++] ?? 0) << 16;
    if (operation & 0x08) offset += (delta[at++] ?? 0) * 2 ** 24;
    if (operation & 0x10) size = delta[at++] ?? 0;
    if (operation & 0x20) size |= (delta[at++] ?? 0) << 8;
    if (operation & 0x40) size |= (delta[at++] ?? 0) << 16;
    if (size === 0) size = 0x10000;
    if (offset + size > from || written + size > to) {
      return false;
    }
    if (offset !== copied || written !== dirtyFrom) changed.push(dirtyFrom, written);
    target.set(base.subarray(offset, offset + size), written);
    written += size;
    copied = offset + size;
    dirtyFrom = written;
  }
  if (copied !== from || written !== dirtyFrom) changed.push(dirtyFrom, written);
  return written === to;
}
