// The exit code of a scan. It follows from what was found and read, never from the format of the report.
import { atLeast } from '../core/finding.ts';
import type { ScanReport, Skipped } from '../core/finding.ts';
import type { FailOn } from './flags.ts';
import { leavesGap } from '../report/words.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Interrupted } from './host.ts';

export interface Asked {
  readonly failOn: FailOn;
  /** Report paths that were asked for by name: passing one of them over is a failure. */
  readonly named: ReadonlySet<string>;
  /** Everything was asked for: what the next commit adds, or the commits of a range. */
  readonly everything?: boolean;
  /** The code of the signal that ended it early; what was found until then is reported. */
  readonly interrupted?: Interrupted;
  /** It means something when nothing was there: standard input, the index, this computer. */
  readonly mayBeEmpty: boolean;
}

export interface Outcome {
  readonly code: ExitCode;
  /** Why it is 2, for standard error. */
  readonly reason?: string;
  /** The reason is what was not read, which reports list. */
  readonly isListed?: boolean;
}

export function outcomeOf(report: ScanReport, asked: Asked): Outcome {
  if (asked.interrupted !== undefined) return { code: asked.interrupted };
  const unread = asked.everything
    ? report.skipped.filter(leavesGap)
    : report.skipped.filter((each) => asked.named.has(each.path) && isUnread(each));
  if (unread.length > 0) {
    const isListed = unread.every(leavesGap);
    return { code: exitCodes.failed, reason: sentence(unread), isListed };
  }
  if (report.scanned.files === 0 && report.scanned.commits === 0 && !asked.mayBeEmpty) {
    return { code: exitCodes.failed, reason: 'there was nothing to read' };
  }
  return { code: isFailing(report, asked.failOn) ? exitCodes.findings : exitCodes.clean };
}

/** What was not fully read, in one line. */
export function sentence(unread: readonly Skipped[]): string {
  const [first] = unread;
  if (first === undefined) return '';
  const more = unread.length === 1 ? '' : ` and ${unread.length - 1} more`;
  return `${first.path} was not fully read (${first.detail})${more}`;
}

/** A link, a pipe or a device that somebody names is to be read like anything else. */
function isUnread({ reason }: Skipped): boolean {
  return reason !== 'submodule' && reason !== 'nested-repository';
}

function isFailing({ findings }: ScanReport, failOn: FailOn): boolean {
  if (failOn === 'never') return false;
  return findings.some(
    ({ suppressed, severity }) => suppressed === null && atLeast(severity, failOn),
  );
}
