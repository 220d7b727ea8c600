// `npm test` must stay quick; `npm run test:all` has time.

import { seed } from './property.ts';

export const thorough = process.env['KEYSCAN_TEST_ALL'] === '1';

/** How many cases a property tries: `{ numRuns: runs(100, 5000) }`. */
export function runs(everyDay: number, whenThorough: number): number {
  return thorough ? whenThorough : everyDay;
}

/** All cases when there is time, else `everyDay` of them, which ones being decided by the seed of the properties. */
export function sampled<T>(cases: readonly T[], everyDay: number): readonly T[] {
  if (thorough) return cases;
  let state = seed % 2147483647;
  const drawn = cases.map((one, place) => {
    state = (state * 48271) % 2147483647;
    return { one, place, order: state };
  });
  const chosen = drawn.sort((a, b) => a.order - b.order).slice(0, everyDay);
  return chosen.sort((a, b) => a.place - b.place).map(({ one }) => one);
}
