import type { Decoding, Kind, Role, Severity } from './finding.ts';

// A rule is data: what a credential looks like, what it is called, what to tell its owner, and examples that prove it.
// rules/*.ts hold ours, users' own come from their configuration; src/engine/compile.ts turns both into tables.

/** Characters in regex-class notation without brackets, ASCII only: 'A-Z2-7', 'A-Za-z0-9+/', '\\w', '0-9a-f'. */
export type CharSet = string;

/** One step of a token: a literal, one of several literals, or a run of characters. Runs are greedy and never give back. */
export type Piece =
  | { readonly text: string; readonly anyCase?: true; readonly optional?: true }
  | { readonly oneOf: readonly string[]; readonly anyCase?: true; readonly optional?: true }
  | { readonly set: CharSet; readonly min: number; readonly max?: number };

/** Pieces in a row, matched where the first literal stands. For anything with a prefix of its own. */
export interface TokenShape {
  readonly type: 'token';
  readonly pieces: readonly Piece[];
  /** Characters that may not stand directly before or after; default: letters and digits before, the last run's own set after. */
  readonly notBefore?: CharSet;
  readonly notAfter?: CharSet;
  /** Which pieces are the value, half open; default: all. */
  readonly value?: readonly [from: number, to: number];
}

/** A name, an operator in any language's writing, and a value. For what only its name gives away. */
export interface AssignmentShape {
  readonly type: 'assignment';
  /** Lower-case words with spaces: 'secret access key' also stands for secretAccessKey, SECRET_ACCESS_KEY, secret-access-key. */
  readonly names: readonly string[];
  /** The name may not contain one of these (letters and digits only, lower case). */
  readonly notNames?: readonly string[];
  readonly value: { readonly set: CharSet; readonly min: number; readonly max?: number };
  /** At least one of these words (lower case) must stand in the name or within 512 bytes around it. */
  readonly near?: readonly string[];
}

/** Everything from a begin line to an end line: PEM. */
export interface BlockShape {
  readonly type: 'block';
  readonly begin: string;
  readonly end: string;
  /** Bytes between them at most. */
  readonly max: number;
}

/** The escape hatch: a sticky regex tried only where the anchor stands, on at most `window` bytes. Group `value` is the value. */
export interface PatternShape {
  readonly type: 'pattern';
  /** A literal of at least three characters that every match holds; its case counts unless anyCase. */
  readonly anchor: string;
  readonly anyCase?: true;
  /** How many bytes before the anchor the regex starts at most; it is tried at each start, nearest the anchor last. Default 0. */
  readonly lookBack?: number;
  readonly regex: string;
  readonly window?: number;
  /** The text that the regex sees goes no further behind the anchor than these characters (and all beyond ASCII) do; default: any. */
  readonly within?: CharSet;
  /** A character that stands in every match behind the anchor: without one in reach the regex is not tried. */
  readonly needs?: string;
}

export type Shape = TokenShape | AssignmentShape | BlockShape | PatternShape;

/** What a check or a shape may say about a value that changes how it is reported. */
export interface Verdict {
  readonly kind?: Kind;
  readonly severity?: Severity;
  readonly title?: string;
  readonly confidence?: 'low' | 'medium' | 'high';
}

export interface RulePart {
  readonly role: Role;
  readonly shapes: readonly (Shape & { readonly as?: Verdict })[];
  /** Names of checks in src/detect/checks.ts, all of which must pass; a check may also regrade. */
  readonly checks?: readonly string[];
  /** Shannon entropy of the value's characters, bits a character, at least. */
  readonly entropy?: number;
  /** Found also in binary files: only for parts with a prefix or checksum of their own. */
  readonly strong?: true;
  /** This part alone is no finding (a hex string that means something only beside its id). */
  readonly onlyJoined?: true;
  /**
   * A value with no telling name, accepted only near a confirmed part of this role: standing as a whole value
   * (quoted, after an operator, a column, an argument) within `within` bytes.
   */
  readonly beside?: {
    readonly role: Role;
    readonly set: CharSet;
    readonly min: number;
    readonly max: number;
    readonly within: number;
  };
  /** How many leading characters a mask may show (a public prefix). Ids also show their last four. Default 0. */
  readonly maskKeep?: number;
}

export interface Example {
  /** The values marked ⟦…⟧ must be found exactly; `{{…}}` parts are generated, see test/support/examples.ts. */
  readonly text: string;
  /** A file name, where it matters (credentials, .env, x.csv). */
  readonly path?: string;
  /** The kinds expected, one per finding, in order of place; default: the rule's usual one. */
  readonly kinds?: readonly Kind[];
  readonly decodedBy?: readonly Decoding[];
  /** What form this shows, for docs/detection.md. */
  readonly form?: string;
}

export interface Rule {
  /** kebab-case; what people write in configuration and comments. */
  readonly id: string;
  readonly provider: string;
  /** What was found. */
  readonly title: string;
  /** The same for the kinds that need other words. */
  readonly titles?: Partial<Record<Kind, string>>;
  /** What somebody could do with it. */
  readonly why: string;
  /** What to do about it, in order, beyond taking it out of the file (which depends on the stage). */
  readonly advice: readonly string[];
  readonly references: readonly string[];
  /** The kinds this rule reports and how bad each is. A lone part takes the kind of its role: id → id, secret → secret, token → `tokenKind`. */
  readonly grades: Partial<Record<Kind, Severity>>;
  /** Default 'secret'; 'session' for what expires by itself. */
  readonly tokenKind?: Kind;
  /** The value can be guessed (a password): it takes no part in the fingerprint. */
  readonly guessable?: true;
  /** Name of a function in src/detect/refine.ts that has the last word on a finding of this rule. */
  readonly refine?: string;
  readonly parts: readonly RulePart[];
  readonly examples: readonly Example[];
  /** Texts without a finding of this rule. */
  readonly negatives: readonly Example[];
}
