// The words that the reports for people share, so that the same fact reads the same everywhere.

import type { Finding, Part, Role, ScanReport, Severity, Skipped } from '../core/finding.ts';
import { atLeast, isComplete } from '../core/finding.ts';
import type { ReportContext } from './format.ts';

/** What editors, CI services and annotations know. */
export function levelOf(severity: Severity): 'error' | 'warning' {
  return atLeast(severity, 'high') ? 'error' : 'warning';
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** 1284 → "1,284". */
export function number(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.1) return '<0.1 s';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${number(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** "1,284 files"; commits where commits were read. */
export function scanned(report: ScanReport, what: ReportContext['what']): string {
  switch (what) {
    case 'message':
      return 'the message';
    case 'pushed commits':
    case 'commits':
      return count(report.scanned.commits, 'commit');
    case 'staged files':
    case 'files of a commit':
      return count(report.scanned.files, 'staged file');
    case 'files':
      return count(report.scanned.files, 'file');
  }
}

/** The findings that can stop a commit or a build; suppressed ones are told, never counted. */
export function counted(report: ScanReport, context: ReportContext): readonly Finding[] {
  const floor = context.failOn ?? 'medium';
  if (floor === 'never') return [];
  return report.findings.filter(
    ({ suppressed, severity }) => suppressed === null && atLeast(severity, floor),
  );
}

/** Why nothing of what was found stops anything. */
export function whyNoneCounts({ failOn = 'medium' }: ReportContext): string {
  return failOn === 'never' ? 'none counts (--fail-on never)' : `none at ${failOn} or above`;
}

/** "2 files", or "places" as soon as something is no file: standard input, the environment. */
export function places(findings: readonly Finding[]): string {
  const paths = new Set(findings.map(({ path }) => path));
  const onlyFiles = [...paths].every((path) => !path.startsWith('<'));
  return count(paths.size, onlyFiles ? 'file' : 'place');
}

/** The other parts, seen from the first: "its secret one line below". */
export function otherParts(finding: Finding, showPath: (path: string) => string): string[] {
  const [first, ...others] = finding.parts;
  if (first === undefined) return [];
  return others.map((part) => `its ${roleWords[part.role]} ${whereFrom(first, part, showPath)}`);
}

export const roleWords: Readonly<Record<Role, string>> = {
  id: 'id',
  secret: 'secret',
  token: 'token',
};

function whereFrom(first: Part, part: Part, showPath: (path: string) => string): string {
  if (part.path !== first.path) return `in ${showPath(part.path)}:${part.line}:${part.column}`;
  const distance = part.line - first.line;
  if (distance === 0) return 'on the same line';
  const lines = count(Math.abs(distance), 'line').replace(/^1 /, 'one ').replace(/^2 /, 'two ');
  return `${lines} ${distance > 0 ? 'below' : 'above'}`;
}

/** How far the value has got; nothing for what merely lies in the working tree. */
export const stageWords: Readonly<Record<Finding['stage'], string | null>> = {
  'working-tree': null,
  staged: 'staged, not committed yet',
  committed: 'committed, not pushed',
  pushed: 'already pushed',
  local: 'only on this computer',
};

export const suppressionWords = {
  baseline: 'known (baseline)',
  inline: 'ignored inline',
  ignored: 'ignored by fingerprint',
} as const;

export const skipWords: Readonly<Record<Skipped['reason'], string>> = {
  unreadable: 'cannot be read',
  'too-large': 'too large',
  encoding: 'in an unknown encoding',
  budget: 'only read in part: too much work',
  'not-regular': 'not a regular file',
  link: 'a link',
  vanished: 'gone while scanning',
  'missing-object': 'not in this clone',
  submodule: 'a submodule',
  'nested-repository': 'a repository of its own',
};

/** "too large: 212 MiB". */
export function whySkipped({ reason, detail }: Skipped): string {
  return detail === '' ? skipWords[reason] : `${skipWords[reason]}: ${detail}`;
}

/** Whether this one leaves the scan incomplete; the others are passed over by design. */
export function leavesGap(skipped: Skipped): boolean {
  return !isComplete([skipped]);
}

/** `title "mask"` and what must not be missing beside it, for formats that have one line. */
export function oneLine(finding: Finding): string {
  const notes = [
    ...(finding.commit === null ? [] : [` in commit ${finding.commit}`]),
    ...(finding.suppressed === null ? [] : [` (not counted: ${finding.suppressed.by})`]),
  ];
  return `${finding.title} "${finding.masked}"${notes.join('')}`;
}

/** Whether the path names a file of the tree, which services can link to. */
export function isFile({ path }: Finding): boolean {
  return !/^[<~/]/.test(path) && !/^[A-Za-z]:\//.test(path);
}

/** Whether a person could write a comment on the line of this finding. */
export function takesComments(finding: Finding): boolean {
  if (finding.commit !== null || /^[<~]/.test(finding.path)) return false;
  return !/\.(json|ipynb|csv|tsv|tfstate|har|lock)$/i.test(finding.path);
}
