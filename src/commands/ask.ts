// Questions to the person at the terminal, one at a time; the safe answer is the default. Never asked where nobody can
// answer: then a flag has to say it, and the error names the flag.
import { UserError } from '../core/errors.ts';
import type { Host, Interrupted } from './host.ts';

export interface Ask {
  readonly confirm: (question: string, safe?: boolean) => Promise<boolean>;
  readonly select: <T>(question: string, choices: readonly Choice<T>[]) => Promise<T>;
  /** `check` says what is wrong with an answer, or nothing. */
  readonly text: (
    question: string,
    options?: {
      readonly proposal?: string | undefined;
      readonly check?: (answer: string) => string | undefined;
    },
  ) => Promise<string>;
  readonly hidden: (question: string) => Promise<string>;
}

export interface Choice<T> {
  readonly name: string;
  readonly value: T;
  readonly description?: string;
}

/** Ctrl-C at a question: nothing was written. */
export class InterruptedAtQuestion extends Error {
  readonly code: Interrupted = 130;
}

/** Undefined where nobody can answer: no terminal on standard input or error, or a CI job. */
export async function asking(host: Host, signal: AbortSignal): Promise<Ask | undefined> {
  if (!host.canAsk()) return undefined;
  const prompts = await import('@inquirer/prompts');
  const context = { output: process.stderr, signal };
  const theme = host.errColor() === 0 ? { theme: withoutColor } : {};
  const answer = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Error && /^(?:ExitPrompt|AbortPrompt)Error$/.test(error.name)) {
        throw new InterruptedAtQuestion();
      }
      throw error;
    }
  };
  return {
    confirm: (message, safe = false) =>
      answer(prompts.confirm({ message, default: safe, ...theme }, context)),
    select: (message, choices) =>
      answer(
        prompts.select(
          { message, choices: [...choices], pageSize: 12, loop: false, ...theme },
          context,
        ),
      ),
    text: (message, { proposal, check } = {}) =>
      answer(
        prompts.input(
          {
            message,
            ...(proposal === undefined ? {} : { default: proposal }),
            validate: (text: string) => check?.(text) ?? true,
            ...theme,
          },
          context,
        ),
      ),
    hidden: (message) => answer(prompts.password({ message, mask: false, ...theme }, context)),
  };
}

/** What is missing, and the flag that says it. */
export function mustBeSaid(what: string, flag: string): UserError {
  return new UserError(`${what}, and there is no terminal to ask at`, { hint: `say it: ${flag}` });
}

const same = (text: string): string => text;

const withoutColor = {
  prefix: { idle: '?', done: '>' },
  icon: { cursor: '>' },
  style: {
    answer: same,
    message: same,
    error: (text: string): string => `! ${text}`,
    help: same,
    highlight: same,
    description: same,
    disabled: same,
    key: same,
    defaultAnswer: (text: string): string => `(${text})`,
    keysHelpTip: (keys: [key: string, action: string][]): string =>
      keys.map(([key, action]) => `${key} ${action}`).join(', '),
  },
};
