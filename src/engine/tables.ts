import type { CharSet } from '../core/rule.ts';

// What one compiler makes of rules: plain data, so that a build can write it down and a start-up only reads it.

/** A run without a maximum. */
export const unlimited = 0x3fffffff;

export interface Tables {
  /** In the order rules and their parts are given; a hit names its matcher by index. */
  readonly matchers: readonly Matcher[];
  /** Where to look closer. Every match of a matcher holds one of its anchors. */
  readonly anchors: readonly Anchor[];
}

export type Matcher =
  TokenMatcher | AssignmentMatcher | BlockMatcher | PatternMatcher | ContainerMatcher;

interface Origin {
  /** Index of the rule, and of its part and shape. Containers have rule -1. */
  readonly rule: number;
  readonly part: number;
  readonly shape: number;
}

export type Step =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly anyCase: boolean;
      readonly optional: boolean;
    }
  | {
      readonly kind: 'oneOf';
      readonly texts: readonly string[];
      readonly anyCase: boolean;
      readonly optional: boolean;
    }
  | { readonly kind: 'run'; readonly set: CharSet; readonly min: number; readonly max: number };

export interface TokenMatcher extends Origin {
  readonly type: 'token';
  readonly steps: readonly Step[];
  readonly notBefore: CharSet;
  readonly notAfter: CharSet;
  readonly value: readonly [number, number];
}

export interface AssignmentMatcher extends Origin {
  readonly type: 'assignment';
  /** Words of each name, lower case, longest name first. */
  readonly names: readonly (readonly string[])[];
  readonly notNames: readonly string[];
  readonly set: CharSet;
  readonly min: number;
  readonly max: number;
  readonly near: readonly string[];
}

export interface BlockMatcher extends Origin {
  readonly type: 'block';
  readonly begin: string;
  readonly end: string;
  readonly max: number;
}

export interface PatternMatcher extends Origin {
  readonly type: 'pattern';
  readonly anchor: string;
  readonly anyCase: boolean;
  readonly lookBack: number;
  readonly window: number;
  /** null: any byte. */
  readonly within: CharSet | null;
  /** The code of a character that every match has behind the anchor; -1: none is known. */
  readonly needs: number;
  readonly regex: string;
}

/** A run of text in which something is written in another encoding; whoever gets the hit decodes it and scans again. */
export interface ContainerMatcher extends Origin {
  readonly type: 'container';
  readonly encoding: 'base64' | 'escaped' | 'utf-16';
  /** The encoded forms of what is looked for. The engine knows them from the anchors, and packed tables are without them. */
  readonly literals: readonly ContainerLiteral[];
}

export interface ContainerLiteral {
  readonly text: string;
  /** Base64: how many characters of its group of four stand before `text`. */
  readonly phase: number;
}

/** Three bytes in a row, each one of a set, that are looked for in the text. */
export interface Anchor {
  readonly matcher: number;
  /** Three strings of the bytes (as latin1 characters) that may stand there. */
  readonly window: readonly [string, string, string];
  /** Bytes from the start of the literal (step, word, begin, anchor) to the window. */
  readonly at: number;
  /** Tokens: index of the step. Names: index of the name × 16 + index of its word. Containers: index of the literal × 4 + its phase. Else 0. */
  readonly step: number;
  readonly literal: AnchorLiteral;
}

/** What must stand around an anchor, else its matcher is not asked: most anchors belong to other words. */
export interface AnchorLiteral {
  readonly text: string;
  readonly anyCase: boolean;
  /** A space in it stands for a separator, or for nothing. */
  readonly isName: boolean;
  /** The word must end where it ends: `pat` is no name in `path`. */
  readonly isWord: boolean;
  /** How many characters of it stand before the place that the matcher is tried at. */
  readonly before: number;
}
