import type { Verdict } from '../core/rule.ts';

/** What a check may look at besides the value. All text is decoded; nothing here is ever kept. */
export interface CheckContext {
  readonly path: string;
  /** What stands right before and right after the value in the (decoded) text: up to `contextLength` characters each. */
  readonly before: string;
  readonly after: string;
  /** For expiry dates. */
  readonly today: Date;
}

export const contextLength = 1024;

/** What a check may add to a verdict. */
export interface CheckVerdict extends Verdict {
  /** For values that can be guessed: what the fingerprint is made of instead, such as user@host. */
  readonly subject?: string;
  /** For values that can be laid out in several ways: the same text for all of them, of which the fingerprint is made. */
  readonly canonical?: string;
}

/** False: not a finding of this rule. True: passes. A verdict: passes and is reported otherwise. Pure. */
export type Check = (value: string, context: CheckContext) => boolean | CheckVerdict;

/** Checks by the name that rules write. */
export type Checks = Readonly<Record<string, Check>>;
