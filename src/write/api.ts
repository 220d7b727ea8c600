// The one layer that changes a person's files. A plan holds the bytes before and after; what was not planned cannot happen.

export interface FilePlan {
  /** As the person knows it; a link stays a link, its target is replaced. */
  readonly path: string;
  /** What was read when the plan was made; undefined for a file that did not exist. Refused when it is different now. */
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
  /** Holds secrets: never wider than 0600 afterwards. New files are 0600 in any case. */
  readonly secret: boolean;
}

/** What is wrong with the bytes that are about to be put in place, in sentences; nothing is written unless empty. */
export type Inspect = (after: ReadonlyMap<string, Uint8Array>) => readonly string[];
