// JUnit XML, for services that show test results: a finding is a failed test.

import type { Finding, ScanReport, Skipped } from '../core/finding.ts';
import type { Format } from './format.ts';
import { visible } from './visible.ts';
import { counted, leavesGap, oneLine, whySkipped } from './words.ts';

export const junit: Format = (report, context) => {
  const failing = new Set(counted(report, context));
  const gaps = report.skipped.filter(leavesGap);
  const cases = [
    ...report.findings.map((finding) => caseOf(finding, failing.has(finding))),
    ...gaps.map(gap),
    ...(report.findings.length + gaps.length === 0 ? [clean(report)] : []),
  ];
  const totals = attributes({
    name: 'keyscan',
    tests: cases.length,
    failures: failing.size,
    errors: gaps.length,
    skipped: report.findings.length - failing.size,
    time: (context.elapsedMs / 1000).toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${totals}>`,
    `  <testsuite${totals}>`,
    ...cases.map((text) => `    ${text}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

function caseOf(finding: Finding, fails: boolean): string {
  const text = [`${place(finding)} ${oneLine(finding)}`, finding.why, ...finding.next];
  const result = fails
    ? element('failure', { message: oneLine(finding), type: finding.severity }, text)
    : element(
        'skipped',
        { message: `not counted: ${finding.suppressed?.by ?? 'below --fail-on'}` },
        text,
      );
  const name = `${finding.rule} ${finding.line}:${finding.column}`;
  return `<testcase${attributes({ classname: finding.path, name })}>${result}</testcase>`;
}

function place({ path, line, column }: Finding): string {
  return `${path}:${line}:${column}`;
}

function gap(skipped: Skipped): string {
  const { path, reason } = skipped;
  const result = element(
    'error',
    { message: `not fully read: ${whySkipped(skipped)}`, type: reason },
    [],
  );
  return `<testcase${attributes({ classname: path, name: 'read in full' })}>${result}</testcase>`;
}

function clean({ scanned }: ScanReport): string {
  const name = `no leaks in ${scanned.files} files, ${scanned.commits} commits`;
  return `<testcase${attributes({ classname: 'keyscan', name })}/>`;
}

function element(
  name: string,
  properties: Readonly<Record<string, string>>,
  lines: readonly string[],
): string {
  const start = `<${name}${attributes(properties)}`;
  return lines.length === 0 ? `${start}/>` : `${start}>${lines.map(escape).join('\n')}</${name}>`;
}

function attributes(properties: Readonly<Record<string, string | number>>): string {
  return Object.entries(properties)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

/** After visible() no character is left that XML cannot hold. */
function escape(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
