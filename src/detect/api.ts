import type { Document } from '../core/document.ts';
import type { Finding, Role, Severity, Skipped } from '../core/finding.ts';
import type { InlinePolicy } from '../core/inline.ts';
import type { Rule } from '../core/rule.ts';

export interface ScannerOptions {
  /** Default: the built-in rules. Users' own rules are appended by the caller. */
  readonly rules?: readonly Rule[];
  /** False takes a rule out (`--rule`, configuration "off"). */
  readonly select?: (rule: { readonly id: string; readonly provider: string }) => boolean;
  /** Configuration's severity for a rule; undefined keeps the graded one. */
  readonly severity?: (rule: {
    readonly id: string;
    readonly provider: string;
  }) => Severity | undefined;
  /** Values of this computer's own AWS files: matched anywhere, hashed when the scanner is made. */
  readonly own?: readonly OwnKey[];
  /** Absent: comments in the text are not honoured. */
  readonly inline?: InlinePolicy;
  /** "Today" for expiry dates; default now. */
  readonly today?: Date;
  /** How big documents are cut into windows, in bytes; the default is measured, tests use small ones. */
  readonly windows?: {
    readonly whole: number;
    readonly core: number;
    readonly margin: number;
  };
}

export interface OwnKey {
  readonly profile: string;
  readonly role: Role;
  readonly value: string;
}

export interface Detection {
  readonly findings: readonly Finding[];
  /** Budget used up, unknown encoding. */
  readonly skipped: readonly Skipped[];
}

/** Synchronous, keeps no state between documents. */
export interface Scanner {
  scan(document: Document): Detection;
  readonly sieve: Sieve;
}

/**
 * Looks at a text without saying what is in it. `changed` are starts and ends (bytes, half open, ascending) of what is not
 * as in the text it was made from, which showed `nothing`; null for a text of its own.
 */
export type Sieve = (bytes: Uint8Array, changed: readonly number[] | null) => Shown;

/** `nothing` and `watched`: `scan` finds nothing in it. `watched`: texts made from it have to be looked at whole. */
export type Shown = 'nothing' | 'watched' | 'something';
