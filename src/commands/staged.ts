// `--staged`: what the next commit would add, as findings. A staged file is read whole, so that a secret added beside
// an id that is already committed is a pair, but a finding only counts when a line that the commit adds takes part in it.

import type { Finding, Skipped } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import type { Git } from '../git/run.ts';
import { isStagedBlob, stagedBlobs } from '../git/staged.ts';

export interface StagedScan {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
  readonly bytes: number;
}

export function scanStaged(
  git: Git,
  scanner: Scanner,
  wanted: (path: string) => boolean = () => true,
): StagedScan {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  let files = 0;
  let bytes = 0;
  for (const item of stagedBlobs(git, wanted)) {
    if (!isStagedBlob(item)) {
      skipped.push(item);
      continue;
    }
    const detection = scanner.scan(item.document);
    files += 1;
    bytes += item.bytes;
    skipped.push(...detection.skipped);
    if (detection.findings.length > 0)
      findings.push(...onLines(detection.findings, item.addedLines()));
  }
  return { findings, skipped, files, bytes };
}

/** Those with a part on one of the lines; null stands for every line. */
export function onLines(
  findings: readonly Finding[],
  lines: ReadonlySet<number> | null,
): readonly Finding[] {
  if (lines === null) return findings;
  return findings.filter(({ parts }) =>
    parts.some(({ line, endLine }) => touches(lines, line, endLine)),
  );
}

function touches(lines: ReadonlySet<number>, from: number, to: number): boolean {
  for (let line = from; line <= to; line += 1) if (lines.has(line)) return true;
  return false;
}
