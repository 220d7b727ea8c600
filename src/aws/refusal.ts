// What the editor will not do, with the way out. Never quotes a value.

export interface Refusal {
  /** Undefined when it concerns all of them: a file that cannot be edited. */
  readonly profile: string | undefined;
  readonly reason: string;
  readonly hint: string;
}

/** Ends the planning of one change; the others go on. */
export class Refused extends Error {
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(reason);
    this.hint = hint;
  }
}
