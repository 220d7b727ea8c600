// What a scan reports. Nothing in this file can hold a secret: values are masked and hashed before a Finding exists.
// The fields are the JSON contract, version 1 (docs/json.md); reports pick from them and add nothing.

export const kinds = ['pair', 'secret', 'session', 'id', 'reference'] as const;
export type Kind = (typeof kinds)[number];

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type Confidence = 'low' | 'medium' | 'high';

/** Where the value lies on its way to the world; `next` depends on it. */
export type Stage = 'working-tree' | 'staged' | 'committed' | 'pushed' | 'local';

export type Role = 'id' | 'secret' | 'token';

/** How a value was written, outermost first; absent when it stands there plainly. */
export type Decoding =
  'base64' | 'percent' | 'escape' | 'html' | 'utf-16le' | 'utf-16be' | 'concat';

/** Lines and columns are 1-based; columns are UTF-16 units of the decoded line; `endColumn` is one past the end. */
export interface Part {
  readonly role: Role;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly masked: string;
  readonly decodedBy?: readonly Decoding[];
}

export interface Suppression {
  readonly by: 'baseline' | 'inline' | 'ignored';
  readonly reason: string | null;
  readonly until: string | null;
}

/** One line of the scanned text around a finding, every secret in it already masked. For people only. */
export interface ExcerptLine {
  readonly line: number;
  readonly text: string;
  /** Marked ranges of `text` in UTF-16 units, half open: the masks of this finding's parts. */
  readonly marks: readonly (readonly [number, number])[];
}

export interface Finding {
  readonly rule: string;
  readonly provider: string;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly masked: string;
  readonly fingerprint: string;
  readonly account: string | null;
  readonly profile: string | null;
  readonly canary?: true;
  readonly parts: readonly Part[];
  readonly commit: string | null;
  readonly author: string | null;
  readonly date: string | null;
  readonly stage: Stage;
  readonly suppressed: Suppression | null;
  readonly why: string;
  readonly next: readonly string[];
  /** History only: whether HEAD still holds it, and the full names of the refs that reach the commit. */
  readonly atHead?: boolean;
  readonly refs?: readonly string[];
  /** Not part of the JSON contract: the frame that `pretty` draws. */
  readonly excerpt?: readonly ExcerptLine[];
}

export type SkipReason =
  | 'unreadable'
  | 'too-large'
  | 'encoding'
  | 'budget'
  | 'not-regular'
  | 'link'
  | 'vanished'
  | 'missing-object'
  | 'submodule'
  | 'nested-repository';

/** Something that was not, or not fully, read. Never an exception, always reported. */
export interface Skipped {
  readonly path: string;
  readonly reason: SkipReason;
  readonly detail: string;
}

/** The reasons after which a scan is not complete. */
const incompleteReasons: ReadonlySet<SkipReason> = new Set([
  'unreadable',
  'too-large',
  'encoding',
  'budget',
  'vanished',
  'missing-object',
]);

export function isComplete(skipped: readonly Skipped[]): boolean {
  return !skipped.some(({ reason }) => incompleteReasons.has(reason));
}

/** One AWS profile of this computer, as `--home` lists it. */
export interface ProfileRow {
  readonly profile: string;
  readonly class: ProfileClass;
  /** Masked key id, or null where the profile has none. */
  readonly key: string | null;
  readonly account: string | null;
  /** Permission bits of the file that holds the key, octal such as "0600"; null on Windows or without a key. */
  readonly mode: string | null;
  /** Whole days since the file that holds the key was last changed. */
  readonly ageDays: number | null;
  readonly dependants: readonly string[];
  /** How a profile without a key signs in; for screens. */
  readonly way?: ProfileWay | undefined;
}

export type ProfileWay = 'sso' | 'login' | 'process' | 'role' | 'machine' | 'web-identity';

export type ProfileClass =
  | 'human'
  | 'root'
  | 'temporary'
  | 's3-compatible'
  | 'robot'
  | 'canary'
  | 'dead'
  | 'split'
  | 'dependant'
  | 'keyless'
  | 'managed'
  | 'odd-name';

/** Everything a scan has to say; what `--format json` prints and the Node API returns. */
export interface ScanReport {
  readonly version: 1;
  readonly tool: { readonly name: 'keyscan'; readonly version: string };
  readonly complete: boolean;
  readonly scanned: { readonly files: number; readonly bytes: number; readonly commits: number };
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly suppressed: {
    readonly baseline: number;
    readonly inline: number;
    readonly ignored: number;
  };
  readonly profiles?: readonly ProfileRow[];
}

/** Path (UTF-16 code units), line, column, rule: the one order of every report. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.path, b.path) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.rule, b.rule) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function atLeast(severity: Severity, floor: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(floor);
}
