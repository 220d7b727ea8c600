// A question that somebody at a terminal answers with y; nobody else is ever asked.
import { readSync } from 'node:fs';

import type { Host } from '../commands/host.ts';
import { isTerminal } from './terminal.ts';

/** Undefined where nobody can answer: standard input or error is no terminal, or this is CI. */
export function consent({ env, err }: Host): ((question: string) => boolean) | undefined {
  if (env.CI || !isTerminal(0) || !isTerminal(2)) return undefined;
  return (question) => {
    err(`${question} (y/N) `);
    return /^y(?:es)?$/i.test(readLine().trim());
  };
}

/** A terminal hands over whole lines; its end of input is no consent. */
function readLine(): string {
  const bytes = Buffer.alloc(1024);
  return bytes.toString('utf8', 0, readSync(0, bytes));
}
