import type { Finding, Suppression } from '../core/finding.ts';
import { isExpired } from './baseline.ts';
import type { Baseline, BaselineEntry } from './baseline.ts';

// Which findings count, once the scanner has looked at the comments in the text. Nothing is dropped without a number.

export interface SuppressOptions {
  readonly baseline: Baseline;
  readonly today: Date;
  /** Suppressed findings stay in `kept`, marked; they never count for the exit code. */
  readonly showSuppressed?: boolean;
}

export interface Suppressed {
  /** In the order they came. */
  readonly kept: readonly Finding[];
  readonly counts: {
    readonly baseline: number;
    readonly inline: number;
    readonly ignored: number;
  };
  /** Findings that count again because their entry is past its day, with that entry. */
  readonly expired: readonly { readonly finding: Finding; readonly entry: BaselineEntry }[];
}

export function applySuppressions(
  findings: readonly Finding[],
  { baseline, today, showSuppressed = false }: SuppressOptions,
): Suppressed {
  const kept: Finding[] = [];
  const counts = { baseline: 0, inline: 0, ignored: 0 };
  const expired: { finding: Finding; entry: BaselineEntry }[] = [];
  for (const finding of findings) {
    const entry = baseline.get(finding.fingerprint);
    // The comment stands beside the value, so it is the nearer answer to "why is this not reported".
    const suppressed = finding.suppressed ?? suppressionBy(entry, today);
    if (suppressed !== null) {
      counts[suppressed.by] += 1;
      if (showSuppressed) kept.push({ ...finding, suppressed });
      continue;
    }
    if (entry !== undefined) expired.push({ finding, entry });
    kept.push(finding);
  }
  return { kept, counts, expired };
}

function suppressionBy(entry: BaselineEntry | undefined, today: Date): Suppression | null {
  if (entry === undefined || isExpired(entry, today)) return null;
  const { by, reason, until } = entry;
  return { by, reason, until };
}
