import type { ScanReport, Severity } from '../core/finding.ts';

/** What a report may know beside the findings. Nothing here changes which findings are shown. */
export interface ReportContext {
  /** 0 none, 1 sixteen colours, 2 256, 3 true colour; decided once in src/cli. */
  readonly color: 0 | 1 | 2 | 3;
  /** Whether the terminal's locale shows ✖ │ •; otherwise ASCII marks. */
  readonly unicode: boolean;
  /** Terminal columns; reports use at most 100. */
  readonly columns: number;
  /** Turns a report path into one relative to the current folder, so that terminals make it clickable. */
  readonly displayPath: (path: string) => string;
  readonly elapsedMs: number;
  /** When the scan began; only for formats that must say so (GitLab). */
  readonly startedAt?: Date;
  /** What scanned.files counts, for the last line: "1,284 files". Files of `commit --all` are staged for the commit alone. */
  readonly what:
    'files' | 'staged files' | 'files of a commit' | 'commits' | 'message' | 'pushed commits';
  readonly rule: (id: string) => RuleText | undefined;
  readonly verbose: boolean;
  /** What the person asked to fail on, for the last line; absent: medium. Findings below it are shown all the same. */
  readonly failOn?: Severity | 'never';
}

export interface RuleText {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly why: string;
  readonly advice: readonly string[];
  readonly references: readonly string[];
}

/** Findings → text, ending in a newline unless empty. Pure; never decides an exit code. */
export type Format = (report: ScanReport, context: ReportContext) => string;
