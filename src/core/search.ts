/** The index of the first of `items` whose value is above `limit`; there are as many when none is. The values ascend. */
export function firstAbove<T>(
  items: readonly T[],
  limit: number,
  valueOf: (item: T) => number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && valueOf(item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
