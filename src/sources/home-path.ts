// How files of a home folder are called and looked at, for everybody who speaks of them.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { problemText } from './read-file.ts';

/** Folders that could not be looked into, and why. */
export type ClosedFolders = Map<string, string>;

export function namesIn(folder: string, closed?: ClosedFolders): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const text = problemText(error);
    if (text !== undefined) closed?.set(firstClosed(folder), text);
    return [];
  }
}

/** Seen from the top, the folder where it ends. */
export function firstClosed(folder: string): string {
  const above = path.dirname(folder);
  return above === folder || statOf(folder) !== undefined ? folder : firstClosed(above);
}

/** `~/…` for what lies in the home folder, else absolute; always `/`. */
export function homePath(home: string | undefined, file: string): string {
  const inside = home === undefined ? file : path.relative(home, file);
  const shown = inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside);
  const text = shown ? file : path.join('~', inside);
  return path.sep === '/' ? text : text.replaceAll(path.sep, '/');
}

export function statOf(
  file: string,
): { readonly mode: number; readonly mtimeMs: number } | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
