// What was asked for, before the configuration has had its say. The command line and the Node API both make this.
import type { Severity } from '../core/finding.ts';
import type { FormatName } from '../report/index.ts';

/** What is scanned. */
export type Mode =
  /** Home, the env files here even when git ignores them, and the current folder. */
  | { readonly type: 'audit' }
  /** The work tree, or outside one the current folder. */
  | { readonly type: 'tree' }
  | { readonly type: 'paths'; readonly paths: readonly string[] }
  | { readonly type: 'home' }
  | { readonly type: 'stdin'; readonly name: string | undefined }
  | {
      readonly type: 'content';
      readonly content: Uint8Array;
      readonly name: string | undefined;
    }
  | GitMode;

/** What git hands the documents of. */
export type GitMode =
  | { readonly type: 'staged' }
  | { readonly type: 'range'; readonly range: string }
  | { readonly type: 'since'; readonly revision: string }
  | HistoryMode
  /** What git tells the hook on standard input decides what is read. */
  | PushMode
  | { readonly type: 'commit-msg'; readonly file: string };

export interface HistoryMode {
  readonly type: 'history';
  readonly reflog: boolean;
  readonly unreachable: boolean;
  readonly cache: boolean;
}

/** What git tells its pre-push hook of where the push goes. */
export interface PushMode {
  readonly type: 'pre-push';
  readonly remote: string | undefined;
  readonly address: string | undefined;
}

const gitModes = ['staged', 'range', 'since', 'history', 'pre-push', 'commit-msg'];

export function isGitMode(mode: Mode): mode is GitMode {
  return gitModes.includes(mode.type);
}

export type FailOn = Severity | 'never';

export interface ScanFlags {
  readonly mode: Mode;
  readonly config?: string | undefined;
  readonly baseline?: string | undefined;
  /** The commit that the policy is read from. */
  readonly policyFrom?: string | undefined;
  /** Rule ids and `provider/*`; empty for all. */
  readonly rules?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly noIgnore?: boolean | undefined;
  readonly noInlineIgnore?: boolean | undefined;
  readonly showSuppressed?: boolean | undefined;
  /** Bytes. */
  readonly maxFileSize?: number | undefined;
  readonly failOn?: FailOn | undefined;
  readonly format?: FormatName | undefined;
  readonly output?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}
