// Names with wildcards, as the table of places has them. What cannot be looked into is told, not passed over.

import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type ClosedFolders, firstClosed } from './home-path.ts';
import { problemText } from './read-file.ts';

/** Absolute names of everything in `folder` that one of the patterns fits, sorted. */
export type Finder = (folder: string, patterns: readonly string[]) => string[];

export function hasWildcard(name: string): boolean {
  return /[*?{[]/.test(name);
}

/** Case never counts, and names that begin with a dot are names. */
export async function wildcardFinder(closed: ClosedFolders): Promise<Finder> {
  const { default: glob } = await import('fast-glob');
  const fs = { lstatSync, statSync, readdirSync: readingWhatIsOpen(closed) };
  return (folder, patterns) => {
    // Nearly all of the table is about programs that are not here; a pattern costs more than a look.
    const possible = patterns.filter((pattern) =>
      isThere(path.join(folder, fixedPart(pattern)), closed),
    );
    if (possible.length === 0) return [];
    return glob
      .globSync(possible, {
        cwd: folder,
        fs,
        dot: true,
        caseSensitiveMatch: false,
        // A pipe, or a link that leads nowhere, is for the reader to refuse
        onlyFiles: false,
      })
      .sort()
      .map((name) => path.join(folder, name));
  };
}

/** The folders before the first wildcard. */
function fixedPart(pattern: string): string {
  const names = pattern.split('/').slice(0, -1);
  const first = names.findIndex(hasWildcard);
  return names.slice(0, first < 0 ? names.length : first).join('/');
}

function isThere(folder: string, closed: ClosedFolders): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch (error) {
    note(folder, error, closed);
    return false;
  }
}

function note(folder: string, error: unknown, closed: ClosedFolders): void {
  const text = problemText(error);
  if (text !== undefined) closed.set(firstClosed(folder), text);
}

function readingWhatIsOpen(closed: ClosedFolders) {
  function read(folder: string, options: { withFileTypes: true }): Dirent[];
  function read(folder: string): string[];
  function read(folder: string, options?: { withFileTypes: true }): Dirent[] | string[] {
    try {
      return options === undefined ? readdirSync(folder) : readdirSync(folder, options);
    } catch (error) {
      note(folder, error, closed);
      return [];
    }
  }
  return read;
}
