// Tells texts in which nothing can be found from those that have to be scanned, and a changed text by its changes alone
// where that is enough. Exact in one direction: what it calls empty, the scanner finds nothing in.

import type { Engine } from '../engine/scan.ts';
import { siftBefore, siftBehind } from '../engine/state.ts';
import type { Shown, Sieve } from './api.ts';
import { toText } from './text.ts';

export function sieve(engine: Engine): Sieve {
  const whole = (bytes: Uint8Array): Shown => {
    const shown = engine.sift(bytes, bytes.length, 0, bytes.length);
    return shown === 'hit' ? 'something' : shown;
  };
  return (bytes, changed) => {
    if (isPlain(bytes)) {
      const shown = changed === null ? undefined : around(engine, bytes, changed);
      return shown === 'nothing' ? shown : whole(bytes);
    }
    // what its bytes mean can hang on a change anywhere in it
    return whole(toText(bytes).bytes) === 'something' ? 'something' : 'watched';
  };
}

/** No UTF-16 and the like, nothing that makes it binary. */
function isPlain(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return first !== 0xfe && first !== 0xff && !bytes.includes(0);
}

/** Every anchor that one of the changes is near to; `watched` is not looked into any further. */
function around(engine: Engine, bytes: Uint8Array, changed: readonly number[]): Shown {
  let done = 0;
  for (let index = 0; index < changed.length;) {
    const from = Math.max(done, (changed[index] ?? 0) - siftBehind);
    let to = (changed[index + 1] ?? 0) + siftBefore;
    index += 2;
    while (index < changed.length && (changed[index] ?? 0) - siftBehind <= to) {
      to = (changed[index + 1] ?? 0) + siftBefore;
      index += 2;
    }
    done = Math.min(bytes.length, to);
    if (engine.sift(bytes, bytes.length, from, done) !== 'nothing') return 'watched';
  }
  return 'nothing';
}
