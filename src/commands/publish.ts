// The report of a scan to where it belongs: findings to standard output or a file, everything else to standard error.
import path from 'node:path';

import type { ScanReport } from '../core/finding.ts';
import type { ReportContext } from '../report/format.ts';
import { loadFormat, loadStaged } from '../report/index.ts';
import { noColors, penFor } from '../report/pen.ts';
import { skippedNotes } from '../report/skipped.ts';
import { count, leavesGap, places, scanned } from '../report/words.ts';
import type { ScanFlags } from './flags.ts';
import type { Host } from './host.ts';
import { problem, said } from './messages.ts';
import { sentence } from './outcome.ts';
import { displayPaths } from './places.ts';
import type { Performed } from './scan.ts';

/** What runs in the middle of somebody's commit or push says little, and nothing when all is well. */
const hookModes: ReadonlySet<string> = new Set(['staged', 'pre-push', 'commit-msg']);

export async function publish(performed: Performed, flags: ScanFlags, host: Host): Promise<void> {
  const { report, settings, outcome, notes } = performed;
  const { output } = flags;
  const toFile = output !== undefined && output !== '-';
  const isShort = hookModes.has(flags.mode.type) && flags.format === undefined;
  const forPeople = isShort || settings.format === 'pretty';
  const context = contextOf(performed, host, toFile);

  const isSilent = settings.quiet && forPeople && !toFile && isClean(report);
  if (!isSilent) {
    const format = await (isShort
      ? loadStaged(context.color)
      : loadFormat(settings.format, context.color));
    const text = format(report, context);
    if (toFile) await writeTo(output, host.cwd, text);
    else host.out(text);
  }
  if (!settings.quiet) for (const note of notes) host.err(said(note));
  const isOnScreen = forPeople && !toFile;
  if (!isOnScreen) host.err(gaps(report, context));
  // a terminal shows both streams, and there the report has just said it
  const unread = isOnScreen && !host.outIsTerminal() ? report.skipped.filter(leavesGap) : [];
  if (unread.length > 0) host.err(said(sentence(unread)));
  if (toFile && !settings.quiet)
    host.err(said(`${summary(report, context)}; written to ${output}`));
  const { reason, isListed } = outcome;
  if (reason !== undefined && isListed !== true) host.err(problem({ message: reason }));
}

async function writeTo(output: string, cwd: string, text: string): Promise<void> {
  const { writeReport } = await import('./write-report.ts');
  writeReport(output, cwd, text);
}

function isClean({ findings, complete }: ScanReport): boolean {
  return complete && findings.every(({ suppressed }) => suppressed !== null);
}

export function contextOf(
  { settings, base, what, elapsedMs }: Performed,
  host: Host,
  toFile: boolean,
): ReportContext {
  return {
    color: toFile ? 0 : host.color(),
    unicode: host.unicode,
    columns: host.columns(),
    displayPath: displayPaths(base, folderOfPerson(host, base)),
    elapsedMs,
    startedAt: new Date(Date.now() - elapsedMs),
    what,
    rule: (id) => settings.rules().find((rule) => rule.id === id),
    verbose: settings.verbose,
    failOn: settings.failOn,
  };
}

/** git starts its hooks at the top of the work tree, and tells them where it was called. */
function folderOfPerson({ cwd, env: { GIT_PREFIX = '' } }: Host, top: string): string {
  return cwd === top ? path.join(top, GIT_PREFIX) : cwd;
}

/** What was not fully read, in lines. */
function gaps(report: ScanReport, context: ReportContext): string {
  const pen = penFor(context, () => noColors);
  return skippedNotes(report, pen, context.verbose)
    .map((line, index) => `${index === 0 ? 'keyscan: ' : ''}${line}\n`)
    .join('');
}

function summary(report: ScanReport, context: ReportContext): string {
  const leaks = report.findings.filter(({ suppressed }) => suppressed === null);
  const found =
    leaks.length === 0 ? 'no leaks' : `${count(leaks.length, 'leak')} in ${places(leaks)}`;
  return `${found}, ${scanned(report, context.what)} scanned`;
}
