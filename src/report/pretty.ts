// The report for people. Looks right from 60 columns on, with and without colour.

import type { Finding, ScanReport } from '../core/finding.ts';
import { cards, indented } from './cards.ts';
import type { Format, ReportContext } from './format.ts';
import { type Palette, type Pen, penFor } from './pen.ts';
import { profileTable } from './profiles.ts';
import { skippedNotes } from './skipped.ts';
import * as words from './words.ts';

export function prettyWith(palette: Palette): Format {
  return (report, context) => {
    const pen = penFor(context, palette);
    const { findings, profiles } = report;
    const blocks = [
      profiles === undefined ? [] : profileTable(profiles, pen),
      ...(findings.length === 0 ? [] : cards(findings, context, pen)),
      skippedNotes(report, pen, context.verbose),
      summary(report, context, pen),
    ];
    const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
    return `${text.join('\n\n')}\n`;
  };
}

function summary(report: ScanReport, context: ReportContext, pen: Pen): readonly string[] {
  const { marks } = pen;
  const leaks = report.findings.filter(({ suppressed }) => suppressed === null);
  const verb = leaks.length > 0 ? ' scanned' : '';
  const amounts = [
    `${words.scanned(report, context.what)}${verb} in ${words.duration(context.elapsedMs)}`,
    ...(['baseline', 'inline', 'ignored'] as const).flatMap((by) =>
      report.suppressed[by] === 0
        ? []
        : [`${words.number(report.suppressed[by])} ${words.suppressionWords[by]}`],
    ),
  ];
  const verdict = verdictOf(report, context, pen, leaks);
  const oneLine = `${verdict.text}   ${amounts.join(marks.between)}`;
  // nothing in it but our own words and marks, each of one column
  if (oneLine.length <= pen.width) {
    return [`${verdict.paint(verdict.text)}   ${amounts.join(marks.between)}`];
  }
  return [verdict.paint(verdict.text), ...indented(amounts, pen)];
}

interface Verdict {
  readonly text: string;
  readonly paint: (text: string) => string;
}

function verdictOf(
  report: ScanReport,
  context: ReportContext,
  { colors, marks }: Pen,
  leaks: readonly Finding[],
): Verdict {
  const stopping = words.counted(report, context).length;
  if (stopping > 0) {
    const below = leaks.length - stopping;
    const rest =
      below === 0 ? '' : `, ${words.number(below)} of them below ${context.failOn ?? 'medium'}`;
    const text = `${marks.bad} ${words.count(leaks.length, 'leak')} in ${words.places(leaks)}${rest}`;
    return { text, paint: colors.severity.critical };
  }
  if (leaks.length > 0) {
    const text = `${marks.warning} ${words.count(leaks.length, 'leak')} in ${words.places(leaks)}, ${words.whyNoneCounts(context)}`;
    return { text, paint: colors.severity.medium };
  }
  if (!report.complete) {
    return { text: `${marks.warning} no leaks in what was read`, paint: colors.severity.medium };
  }
  if (report.scanned.files + report.scanned.commits === 0) {
    return { text: `${marks.note} nothing to scan`, paint: colors.note };
  }
  return { text: `${marks.good} no leaks`, paint: colors.good };
}
