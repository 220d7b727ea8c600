// Annotations of GitHub Actions: workflow commands on standard output, one line each. GitHub shows ten errors and ten
// warnings of a step, the first ones, so the worst come first.

import type { Finding, Severity, Skipped } from '../core/finding.ts';
import { compareFindings, severities } from '../core/finding.ts';
import type { Format } from './format.ts';
import { visible } from './visible.ts';
import { isFile, leavesGap, oneLine, whySkipped } from './words.ts';

export const github: Format = (report) =>
  [
    ...[...report.findings].sort(worstFirst).map(annotation),
    ...report.skipped.filter(leavesGap).map(gap),
  ]
    .map((line) => `${line}\n`)
    .join('');

function worstFirst(a: Finding, b: Finding): number {
  return rank(b) - rank(a) || compareFindings(a, b);
}

function rank({ suppressed, severity }: Finding): number {
  return suppressed === null ? severities.indexOf(severity) : -1;
}

const commands: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
};

function annotation(finding: Finding): string {
  const command = finding.suppressed === null ? commands[finding.severity] : 'notice';
  const properties = {
    ...(isFile(finding)
      ? {
          file: finding.path,
          line: finding.line,
          endLine: finding.endLine,
          col: finding.column,
          endColumn: finding.endColumn,
        }
      : {}),
    title: `keyscan: ${finding.rule}`,
  };
  const place = isFile(finding) ? '' : `${finding.path}:${finding.line}:${finding.column}: `;
  return `::${command} ${list(properties)}::${escapeText(place + oneLine(finding))}`;
}

function gap(skipped: Skipped): string {
  const { path } = skipped;
  return `::warning ${list({ file: path, title: 'keyscan: not fully read' })}::${escapeText(`${path} ${whySkipped(skipped)}`)}`;
}

function list(properties: Readonly<Record<string, string | number>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
}

/** Line ends never reach this: visible() has spelt them out, so that no name can write a command of its own. */
function escapeText(text: string): string {
  return visible(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
