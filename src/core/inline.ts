import type { Suppression } from './finding.ts';

/** The decoded lines of a document, 1-based; undefined past either end. One object a document: policies remember by it. */
export interface LineText {
  line(number: number): string | undefined;
}

/** Decides whether comments in the text itself allow a finding whose parts stand on `lines`. */
export type InlinePolicy = (
  finding: {
    readonly rule: string;
    readonly provider: string;
    readonly path: string;
    readonly lines: readonly number[];
  },
  text: LineText,
) => Suppression | null;
