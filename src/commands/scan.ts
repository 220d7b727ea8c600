// The scan, from what was asked to the exit code. `perform` is all that the Node API needs; `scan` adds the report.
import { compareFindings, isComplete } from '../core/finding.ts';
import type { Finding, ScanReport } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { createScanner } from '../detect/scanner.ts';
import { applySuppressions } from '../policy/suppress.ts';
import type { Suppressed } from '../policy/suppress.ts';
import type { ReportContext } from '../report/format.ts';
import { collect } from './collect.ts';
import type { Collected } from './collect.ts';
import { feedOf } from './feed.ts';
import { isGitMode } from './flags.ts';
import type { ScanFlags } from './flags.ts';
import type { ExitCode, Host } from './host.ts';
import { outcomeOf } from './outcome.ts';
import type { Asked, Outcome } from './outcome.ts';
import { publish } from './publish.ts';
import { settle } from './settings.ts';
import type { Purpose, Settings } from './settings.ts';
import { tool } from './version.ts';

export interface Performed {
  readonly report: ScanReport;
  readonly outcome: Outcome;
  readonly settings: Settings;
  /** The folder that relative report paths start from. */
  readonly base: string;
  readonly what: ReportContext['what'];
  /** Sentences for standard error. */
  readonly notes: readonly string[];
  readonly elapsedMs: number;
}

export async function scan(flags: ScanFlags, host: Host): Promise<ExitCode> {
  const performed = await perform(flags, host);
  await publish(performed, flags, host);
  return performed.outcome.code;
}

export async function perform(
  flags: ScanFlags,
  host: Host,
  purpose: Purpose = {},
): Promise<Performed> {
  const started = performance.now();
  const settings = await settle(flags, host, purpose);
  const scanner = settings.watch(createScanner(settings.scanner));
  const { mode } = flags;
  const scanned = await (isGitMode(mode)
    ? (await import('./git-scan.ts')).scanGit(mode, scanner, settings, host)
    : scanFeed(flags, scanner, settings, host));
  const { collected, asked } = scanned;
  const suppressed = applySuppressions(sorted(collected.findings), {
    baseline: settings.baseline.baseline,
    today: settings.today,
    showSuppressed: settings.showSuppressed,
  });
  const report = reportOf(scanned, suppressed);
  return {
    report,
    outcome: outcomeOf(report, asked),
    settings,
    base: scanned.base,
    what: scanned.what,
    notes: [...scanned.notes, ...countingAgain(suppressed)],
    elapsedMs: performance.now() - started,
  };
}

interface Scanned {
  readonly collected: Collected;
  readonly asked: Asked;
  readonly base: string;
  readonly what: ReportContext['what'];
  readonly notes: readonly string[];
  readonly profiles?: ScanReport['profiles'];
}

async function scanFeed(
  flags: ScanFlags,
  scanner: Scanner,
  settings: Settings,
  host: Host,
): Promise<Scanned> {
  const feed = await feedOf(flags, settings, host);
  const collected = await collect(feed.items(), scanner, host);
  const { named, mayBeEmpty, base, notes, profiles, relocate } = feed;
  const placed = relocate === undefined ? collected.findings : collected.findings.map(relocate);
  // starting git costs as much as a small scan, so only who found something asks it
  const findings = placed.some(({ stage }) => stage === 'working-tree')
    ? (await import('./stage-truth.ts')).withStages(placed, base, scanner, host)
    : placed;
  return {
    collected: { ...collected, findings },
    asked: { failOn: settings.failOn, named, mayBeEmpty },
    base,
    what: 'files',
    notes,
    ...(profiles === undefined ? {} : { profiles }),
  };
}

/** In the one order of every report. What two sources both read is one finding. */
function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings]
    .sort(compareFindings)
    .filter((finding, index, all) => !isSame(finding, all[index - 1]));
}

function isSame(a: Finding, b: Finding | undefined): boolean {
  return b !== undefined && compareFindings(a, b) === 0 && a.endColumn === b.endColumn;
}

function reportOf({ collected, profiles }: Scanned, { kept, counts }: Suppressed): ScanReport {
  const { files, bytes, skipped, commits = 0 } = collected;
  return {
    version: 1,
    tool,
    complete: isComplete(skipped),
    scanned: { files, bytes, commits },
    findings: kept,
    skipped,
    suppressed: counts,
    ...(profiles === undefined ? {} : { profiles }),
  };
}

function countingAgain({ expired }: Suppressed): string[] {
  return expired.map(
    ({ finding, entry }) =>
      `${finding.path}:${finding.line}: counts again, its baseline entry ended on ${entry.until ?? ''}`,
  );
}
