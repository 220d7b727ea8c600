// Issues of an Azure DevOps pipeline: logging commands on standard output, one line each.

import type { Finding, Skipped } from '../core/finding.ts';
import type { Format } from './format.ts';
import { visible } from './visible.ts';
import { isFile, leavesGap, levelOf, oneLine, whySkipped } from './words.ts';

export const azure: Format = (report) =>
  [...report.findings.map(issue), ...report.skipped.filter(leavesGap).map(gap)]
    .map((line) => `${line}\n`)
    .join('');

function issue(finding: Finding): string {
  const place = isFile(finding) ? '' : `${finding.path}:${finding.line}:${finding.column}: `;
  return command(
    {
      type: finding.suppressed === null ? levelOf(finding.severity) : 'warning',
      ...(isFile(finding)
        ? { sourcepath: finding.path, linenumber: finding.line, columnnumber: finding.column }
        : {}),
      code: finding.rule,
    },
    place + oneLine(finding),
  );
}

function gap(skipped: Skipped): string {
  return command({ type: 'warning' }, `${skipped.path} was not fully read: ${whySkipped(skipped)}`);
}

function command(properties: Readonly<Record<string, string | number>>, text: string): string {
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${escape(String(value))}`,
  );
  return `##vso[task.logissue ${list.join(';')}]${escape(text)}`;
}

/** Line ends never reach this: visible() has spelt them out, so that no name can write a command of its own. */
function escape(text: string): string {
  return visible(text).replaceAll('%', '%AZP25').replaceAll(';', '%3B').replaceAll(']', '%5D');
}
