// Version 1 of the JSON contract (docs/json.md), key by key: what is not named here cannot get out.

import type { Finding, Part, ProfileRow, ScanReport, Skipped } from '../core/finding.ts';
import type { Format } from './format.ts';

export const json: Format = (report) => printJson(toJson(report));

/** The contract's objects in the contract's order; also what the Node API returns. */
export function toJson(report: ScanReport): ScanReport {
  const { version, tool, complete, scanned, findings, skipped, suppressed, profiles } = report;
  return {
    version,
    tool: { name: tool.name, version: tool.version },
    complete,
    scanned: { files: scanned.files, bytes: scanned.bytes, commits: scanned.commits },
    findings: findings.map(findingOf),
    skipped: skipped.map(skippedOf),
    suppressed: {
      baseline: suppressed.baseline,
      inline: suppressed.inline,
      ignored: suppressed.ignored,
    },
    ...(profiles === undefined ? {} : { profiles: profiles.map(profileOf) }),
  };
}

function findingOf(finding: Finding): Finding {
  return {
    rule: finding.rule,
    provider: finding.provider,
    kind: finding.kind,
    severity: finding.severity,
    confidence: finding.confidence,
    title: finding.title,
    path: finding.path,
    line: finding.line,
    column: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
    masked: finding.masked,
    fingerprint: finding.fingerprint,
    account: finding.account,
    profile: finding.profile,
    ...(finding.canary === true ? { canary: true } : {}),
    parts: finding.parts.map(partOf),
    commit: finding.commit,
    author: finding.author,
    date: finding.date,
    stage: finding.stage,
    suppressed:
      finding.suppressed === null
        ? null
        : {
            by: finding.suppressed.by,
            reason: finding.suppressed.reason,
            until: finding.suppressed.until,
          },
    why: finding.why,
    next: [...finding.next],
    ...(finding.atHead === undefined ? {} : { atHead: finding.atHead }),
    ...(finding.refs === undefined ? {} : { refs: [...finding.refs] }),
  };
}

function partOf(part: Part): Part {
  return {
    role: part.role,
    path: part.path,
    line: part.line,
    column: part.column,
    endLine: part.endLine,
    endColumn: part.endColumn,
    masked: part.masked,
    ...(part.decodedBy === undefined || part.decodedBy.length === 0
      ? {}
      : { decodedBy: [...part.decodedBy] }),
  };
}

function skippedOf({ path, reason, detail }: Skipped): Skipped {
  return { path, reason, detail };
}

function profileOf(row: ProfileRow): ProfileRow {
  return {
    profile: row.profile,
    class: row.class,
    key: row.key,
    account: row.account,
    mode: row.mode,
    ageDays: row.ageDays,
    dependants: [...row.dependants],
  };
}

/**
 * JSON that means the same and cannot act on a terminal: invisible and controlling characters, which JSON.stringify
 * leaves as they are above U+001F, become \u escapes. They can only stand inside strings.
 */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(unseen, escapeUnits)}\n`;
}

const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
