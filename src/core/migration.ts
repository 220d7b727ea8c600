// What `keyscan --fix --format json` prints: a contract like core/finding.ts. Keys are masked before they get here.
import type { ProfileClass } from './finding.ts';

export interface FixReport {
  readonly version: 1;
  readonly tool: { readonly name: 'keyscan'; readonly version: string };
  readonly dryRun: boolean;
  readonly profiles: readonly FixProfile[];
  readonly files: readonly FixFile[];
  /** What is left for the person to do, in order; commands stand on a line of their own. */
  readonly next: readonly string[];
}

export type FixAction = 'migrate' | 'remove-key' | 'leave';
export type FixState = 'planned' | 'done' | 'declined' | 'failed' | 'left';
export type OldKey = 'active' | 'inactive' | 'unknown';

export interface FixProfile {
  readonly profile: string;
  readonly class: ProfileClass;
  readonly action: FixAction;
  readonly state: FixState;
  readonly reason: string;
  /** Masked key id, or null where the profile has none. */
  readonly key: string | null;
  /** 12 digits. */
  readonly account: string | null;
  readonly role: string | null;
  /** The sso-session. */
  readonly session: string | null;
  /** Profiles (`profile NAME`) and files that name the profile or hold its key. */
  readonly dependants: readonly string[];
  readonly oldKey: OldKey;
}

export interface FixFile {
  readonly path: string;
  /** A unified diff, every secret in it masked. */
  readonly diff: string;
}

/** An old key that a migration replaced: what was known of it at that time. */
export interface JournalKey {
  /** In full. */
  readonly id: string;
  /** 12 digits. */
  readonly account: string | null;
  /** Of IAM. */
  readonly user: string | null;
  /** What the profiles that held it are called since. */
  readonly profiles: readonly string[];
  readonly status: 'active' | 'inactive' | 'deleted' | 'unknown';
  /** The day (YYYY-MM-DD) to ask whether it can be deleted; null when there is nothing to remember. */
  readonly remind: string | null;
}
