// Code Climate issues, as GitLab's code quality report reads them.

import type { Finding } from '../core/finding.ts';
import type { Format } from './format.ts';
import { printJson } from './json.ts';
import { oneLine } from './words.ts';

export const codeclimate: Format = (report) => {
  const seen = new Map<string, number>();
  return printJson(report.findings.map((finding) => issue(finding, seen)));
};

const grades = { critical: 'blocker', high: 'critical', medium: 'major', low: 'minor' } as const;

function issue(finding: Finding, seen: Map<string, number>): unknown {
  return {
    type: 'issue',
    check_name: finding.rule,
    description: oneLine(finding),
    content: { body: [finding.why, ...finding.next.map((step) => `- ${step}`)].join('\n\n') },
    categories: ['Security'],
    severity: finding.suppressed === null ? grades[finding.severity] : 'info',
    fingerprint: unique(finding.fingerprint, seen),
    location: { path: finding.path, lines: { begin: finding.line, end: finding.endLine } },
  };
}

/** The same leak in two places is two issues: of equal fingerprints only the first would be shown. */
function unique(fingerprint: string, seen: Map<string, number>): string {
  const times = (seen.get(fingerprint) ?? 0) + 1;
  seen.set(fingerprint, times);
  return times === 1 ? fingerprint : `${fingerprint}-${times}`;
}
