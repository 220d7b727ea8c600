// Two branches that each add an entry at the same place of the baseline would conflict; git joins both sides where an
// attribute says so (merge=union), and reading takes what a join leaves: repeated and unsorted lines.

import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { openElsewhere } from '../git/run.ts';
import { overwriteFile } from '../write/replace.ts';
import type { Host } from './host.ts';

export type Ask = ((question: string) => boolean) | undefined;

/**
 * Makes a new baseline merge by itself, if the person wants that: adds a line to the `.gitattributes` beside it. Returns a
 * sentence to say, if there is one. `file` is absolute.
 */
export function joinOnMerge(file: string, host: Pick<Host, 'env'>, ask: Ask): string | undefined {
  const folder = path.dirname(file);
  const name = path.basename(file);
  if (!/^[\w.-]+$/.test(name) || attributeOf(folder, name, host) !== 'unspecified')
    return undefined;
  const attributes = path.join(folder, '.gitattributes');
  const line = `/${name} merge=union`;
  const before = contentOf(attributes);
  if (
    before !== undefined &&
    ask?.(
      `Add "${line}" to .gitattributes, so that two branches that add to ${name} merge without conflict?`,
    ) === true
  ) {
    overwriteFile(attributes, Buffer.concat([before, Buffer.from(lineAfter(before, line))]));
    return `.gitattributes: "${line}" added; commit both files`;
  }
  return `two branches that add to it can conflict; with this line in .gitattributes git joins them: ${line}`;
}

/** Of a path, as git has it; undefined where there is no git to ask. */
function attributeOf(folder: string, name: string, { env }: Pick<Host, 'env'>): string | undefined {
  try {
    const args = ['check-attr', '-z', 'merge', '--', name];
    const { code, stdout } = openElsewhere(folder, env).attempt(args);
    return code === 0 ? stdout.toString().split('\0')[2] : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is no plain file: git does not follow a link there, and we do not write through it. */
function contentOf(file: string): Buffer | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return Buffer.alloc(0);
  return stat.isFile() ? readFileSync(file) : undefined;
}

function lineAfter(before: Buffer, line: string): string {
  const end = before.includes('\r\n') ? '\r\n' : '\n';
  const isOpen = before.length > 0 && before.at(-1) !== 0x0a;
  return `${isOpen ? end : ''}${line}${end}`;
}
