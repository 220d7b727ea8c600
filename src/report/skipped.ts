// What was not, or not fully, read, in lines for people. A scan that was blind somewhere says so.

import type { ScanReport, Skipped } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { commandApart, widthOf, wrap } from './width.ts';
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
      : [colors.severity.medium(`${marks.warning} not fully read: ${amount(gaps)}`)]),
    ...gaps.slice(0, shown).flatMap((one) => note(one, pen)),
    ...(gaps.length > shown
      ? [`    and ${count(gaps.length - shown, 'more', 'more')}: --verbose lists them all`]
      : []),
    ...(byDesign.length === 0 ? [] : [`${marks.note} passed over: ${number(byDesign.length)}`]),
    ...byDesign.flatMap((one) => note(one, pen)),
  ];
}

function amount(gaps: readonly Skipped[]): string {
  const commits = gaps.filter(({ path }) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(path)).length;
  return count(gaps.length, commits === 0 ? 'file' : commits === gaps.length ? 'commit' : 'place');
}

function note(skipped: Skipped, pen: Pen): readonly string[] {
  const path = `    ${pen.safe(skipped.path)}`;
  const why = pen.safe(whySkipped(skipped));
  if (widthOf(path) + 2 + widthOf(why) <= pen.width) return [`${path}  ${why}`];
  const [words, command] = commandApart(why);
  const lines = [...wrap(words, pen.width - 6), ...(command === undefined ? [] : [command])];
  return [path, ...lines.map((line) => `      ${line}`)];
}
