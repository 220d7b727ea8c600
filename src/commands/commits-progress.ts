// How far a scan of many commits is, for somebody who waits at a terminal.

import type { Empties } from '../git/packs.ts';
import { count, number } from '../report/words.ts';
import type { Watch } from './collect.ts';

export function status(
  {
    done,
    total,
    started,
  }: { readonly done: number; readonly total: number; readonly started: number },
  leaks: number,
): string {
  const rate = done / ((performance.now() - started) / 1000);
  const found = leaks === 0 ? '' : `, ${count(leaks, 'leak')}`;
  return `scanning: ${count(done, 'commit')} of ${number(total)} (${Math.round(rate)}/s, ${leftOf(done / total, started)} left)${found}`;
}

/** How long the rest takes when so much of it was done since then. */
function leftOf(part: number, started: number): string {
  const seconds = Math.ceil(((performance.now() - started) / 1000) * (1 / part - 1));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Says how far the sifting is. */
export function* watched(
  sifting: Generator<number, Empties> | undefined,
  watch: Watch,
): Generator<undefined, Empties> {
  if (sifting === undefined) return { find: () => -1, size: () => 0 };
  const started = performance.now();
  for (;;) {
    const step = sifting.next();
    if (step.done === true) return step.value;
    const { value } = step;
    void watch.tick(() => {
      const left = value > 0 ? ` (${leftOf(value, started)} left)` : '';
      return `scanning: ${Math.round(value * 100)} % of what is packed${left}`;
    });
    yield;
  }
}
