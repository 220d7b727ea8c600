// `npm test` must stay quick; `npm run test:all` has time.

export const thorough = process.env['KEYSCAN_TEST_ALL'] === '1';

/** How many cases a property tries: `{ numRuns: runs(100, 5000) }`. */
export function runs(everyDay: number, whenThorough: number): number {
  return thorough ? whenThorough : everyDay;
}
