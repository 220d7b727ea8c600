// What was not, or not fully, read, in lines for people. A scan that was blind somewhere says so.

import type { ScanReport, Skipped } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { count, leavesGap, number, whySkipped } from './words.ts';

const most = 10;

/** Empty when everything was read. What is passed over by design (links, submodules) is listed only when asked for. */
export function skippedNotes(
  { skipped }: Pick<ScanReport, 'skipped'>,
  pen: Pen,
  verbose: boolean,
): readonly string[] {
  const gaps = skipped.filter(leavesGap);
  const byDesign = verbose ? skipped.filter((one) => !leavesGap(one)) : [];
  const shown = verbose ? gaps.length : most;
  const { colors, marks } = pen;
  return [
    ...(gaps.length === 0
      ? []
      : [colors.severity.medium(`${marks.warning} not fully read: ${count(gaps.length, 'file')}`)]),
    ...gaps.slice(0, shown).map((one) => note(one, pen)),
    ...(gaps.length > shown
      ? [`    and ${count(gaps.length - shown, 'more', 'more')}: --verbose lists them all`]
      : []),
    ...(byDesign.length === 0 ? [] : [`${marks.note} passed over: ${number(byDesign.length)}`]),
    ...byDesign.map((one) => note(one, pen)),
  ];
}

function note(skipped: Skipped, pen: Pen): string {
  return `    ${pen.safe(skipped.path)}  ${pen.safe(whySkipped(skipped))}`;
}
