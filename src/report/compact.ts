// One line per finding, as compilers write it, so that editors can link it:
// ^(.*):(\d+):(\d+): (error|warning): (.*) \[(.*)\]$

import type { Finding } from '../core/finding.ts';
import type { Format } from './format.ts';
import { visible } from './visible.ts';
import { levelOf } from './words.ts';

export const compact: Format = (report, { displayPath }) =>
  report.findings.map((finding) => `${line(finding, displayPath)}\n`).join('');

function line(finding: Finding, displayPath: (path: string) => string): string {
  const level = finding.suppressed === null ? levelOf(finding.severity) : 'warning';
  const notes = [
    ...(finding.commit === null ? [] : [` in commit ${finding.commit}`]),
    ...(finding.suppressed === null ? [] : [` (not counted: ${finding.suppressed.by})`]),
  ].join('');
  return visible(
    `${displayPath(finding.path)}:${finding.line}:${finding.column}: ${level}: ` +
      `${finding.title} "${finding.masked}"${notes} [${finding.rule}]`,
  );
}
