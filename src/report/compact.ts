// One line per finding, as compilers write it, so that editors can link it:
// ^(.*):(\d+):(\d+): (error|warning): (.*) \[(.*)\]$

import type { Finding } from '../core/finding.ts';
import type { Format } from './format.ts';
import { visible } from './visible.ts';
import { levelOf, oneLine } from './words.ts';

export const compact: Format = (report, { displayPath }) =>
  report.findings.map((finding) => `${line(finding, displayPath)}\n`).join('');

function line(finding: Finding, displayPath: (path: string) => string): string {
  const level = finding.suppressed === null ? levelOf(finding.severity) : 'warning';
  return visible(
    `${displayPath(finding.path)}:${finding.line}:${finding.column}: ${level}: ` +
      `${oneLine(finding)} [${finding.rule}]`,
  );
}
