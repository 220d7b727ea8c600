// What was not, or not fully, read, in lines for people. A scan that was blind somewhere says so.

import type { ScanReport } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { count, leavesGap, skipWords } from './words.ts';

const most = 10;

/** Empty when everything was read. What is passed over by design (links, submodules) is listed only when asked for. */
export function skippedNotes(
  { skipped }: Pick<ScanReport, 'skipped'>,
  pen: Pen,
  verbose: boolean,
): readonly string[] {
  const gaps = skipped.filter(leavesGap);
  const told = verbose ? skipped : gaps;
  if (told.length === 0) return [];
  const shown = verbose ? told : told.slice(0, most);
  const { severity } = pen.colors;
  return [
    gaps.length > 0
      ? severity.medium(`${pen.marks.warning} not fully read: ${count(gaps.length, 'file')}`)
      : `${pen.marks.note} passed over: ${count(told.length, 'file')}`,
    ...shown.map(({ path, reason, detail }) => {
      const why = skipWords[reason];
      return `    ${pen.safe(path)}  ${pen.safe(detail === '' ? why : `${why}: ${detail}`)}`;
    }),
    ...(told.length > shown.length
      ? [`    and ${count(told.length - shown.length, 'more', 'more')}: --verbose lists all`]
      : []),
  ];
}
