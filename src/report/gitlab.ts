// GitLab's secret detection report, schema 15. `raw_source_code_extract` is left out: nothing here is raw.

import type { Finding, ScanReport, Skipped } from '../core/finding.ts';
import type { Format, ReportContext } from './format.ts';
import { printJson } from './json.ts';
import { leavesGap, oneLine, whySkipped } from './words.ts';

export const gitlab: Format = (report, context) =>
  printJson({
    version: '15.0.2',
    scan: scan(report, context),
    vulnerabilities: report.findings.map(vulnerability),
  });

function scan(report: ScanReport, { startedAt = new Date(0), elapsedMs }: ReportContext): unknown {
  const { name, version } = report.tool;
  const tool = { id: name, name, version, vendor: { name } };
  return {
    type: 'secret_detection',
    status: report.complete ? 'success' : 'failure',
    start_time: timestamp(startedAt),
    end_time: timestamp(new Date(startedAt.getTime() + elapsedMs)),
    analyzer: tool,
    scanner: tool,
    messages: report.skipped.map(notice),
  };
}

/** To the second and without a zone: the schema allows nothing else. */
function timestamp(date: Date): string {
  return date.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
}

function notice(skipped: Skipped): unknown {
  return {
    level: leavesGap(skipped) ? 'warn' : 'info',
    value: `${skipped.path}: ${whySkipped(skipped)}`,
  };
}

const severityNames = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
} as const;

const longestName = 255;
const longestSolution = 7000;

/** What GitLab's own analyzers write where there is no commit. */
const noCommit = '0000000';

function vulnerability(finding: Finding): unknown {
  const { path, line, endLine, column, fingerprint } = finding;
  return {
    id: [fingerprint, finding.commit ?? noCommit, path, line, column].join(':'),
    name: finding.title.slice(0, longestName),
    description: `${oneLine(finding)} ${finding.why}`,
    severity: severityNames[finding.severity],
    solution: finding.next.join('\n').slice(0, longestSolution),
    identifiers: [
      {
        type: 'keyscan_rule_id',
        name: `keyscan rule ${finding.rule}`.slice(0, longestName),
        value: finding.rule,
      },
    ],
    location: {
      file: path,
      start_line: line,
      end_line: endLine,
      commit: {
        sha: finding.commit ?? noCommit,
        ...(finding.author === null ? {} : { author: finding.author }),
        ...(finding.date === null ? {} : { date: finding.date }),
      },
    },
    ...(finding.suppressed === null
      ? {}
      : {
          flags: [
            {
              type: 'flagged-as-likely-false-positive',
              origin: 'keyscan',
              description: [finding.suppressed.by, finding.suppressed.reason ?? '']
                .join(' ')
                .trim(),
            },
          ],
        }),
  };
}
