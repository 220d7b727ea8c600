import { UserError } from '../core/errors.ts';
import { inFolder, parent, utf8 } from './files.ts';
import type { PolicyTree } from './files.ts';
import { matches, parsePattern, parsePatterns } from './gitignore.ts';
import type { IgnorePattern } from './gitignore.ts';

// Which paths are left out: `.keyscanignore` in any folder, as `.gitignore` is read, then `exclude` of the
// configuration, then --exclude; the last pattern that matches decides. What lies in a folder that is left out stays out.

export interface IgnoreOptions {
  /** `--no-ignore`: neither ignore files nor the configuration count; --exclude does. */
  readonly noIgnore?: boolean;
  /** Patterns with the folder (from the top) that they are relative to, weakest first. */
  readonly excludes?: readonly Excludes[];
}

export interface Excludes {
  readonly folder: string;
  readonly patterns: readonly string[];
  /** `--exclude`. */
  readonly typed?: boolean;
}

/** Whether a path, seen from the top with `/`, is left out. */
export type Ignores = (path: string, isFolder: boolean) => boolean;

const ignoreFileName = '.keyscanignore';

const sizeLimit = 1024 * 1024;
/** More would make every path of a tree costly; git's own biggest lists have hundreds. */
const patternLimit = 10_000;

export function ignoredPaths(tree: PolicyTree, options: IgnoreOptions = {}): Ignores {
  const { noIgnore = false, excludes = [] } = options;
  const added = excludes
    .filter(({ typed = false }) => typed || !noIgnore)
    .map(({ folder, patterns }) =>
      patternSet(
        folder,
        patterns.map((pattern) => parsePattern(pattern)),
      ),
    )
    .filter(({ patterns }) => patterns.length > 0);
  const sets = new Map<string, readonly PatternSet[]>();
  const folders = new Map<string, boolean>([['', false]]);

  /** Of the ignore files from the top down to `folder`. */
  const setsOf = (folder: string): readonly PatternSet[] => {
    const known = sets.get(folder);
    if (known !== undefined) return known;
    const above = folder === '' ? [] : setsOf(parent(folder));
    const own = noIgnore ? undefined : readPatterns(tree, folder);
    const all = own === undefined ? above : [...above, own];
    sets.set(folder, all);
    return all;
  };
  const isOut = (path: string, isFolder: boolean): boolean => {
    const folder = parent(path);
    if (isFolderOut(folder)) return true;
    const own = setsOf(folder);
    return (own.length > 0 || added.length > 0) && decide([...own, ...added], path, isFolder);
  };
  const isFolderOut = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const out = isOut(folder, true);
    folders.set(folder, out);
    return out;
  };
  return (path, isFolder) => (isFolder ? isFolderOut(path) : isOut(path, false));
}

interface PatternSet {
  readonly folder: string;
  /** Strongest first. */
  readonly patterns: readonly IgnorePattern[];
}

function decide(sets: readonly PatternSet[], path: string, isFolder: boolean): boolean {
  for (let index = sets.length - 1; index >= 0; index -= 1) {
    const set = sets[index];
    if (set === undefined) continue;
    const prefix = set.folder === '' ? '' : `${set.folder}/`;
    if (!path.startsWith(prefix)) continue;
    const names = path.slice(prefix.length).split('/');
    const decisive = set.patterns.find((pattern) => matches(pattern, names, isFolder));
    if (decisive !== undefined) return !decisive.negated;
  }
  return false;
}

function readPatterns(tree: PolicyTree, folder: string): PatternSet | undefined {
  const path = inFolder(folder, ignoreFileName);
  const bytes = tree.read(path, sizeLimit);
  if (bytes === undefined) return undefined;
  const set = patternSet(folder, parsePatterns(utf8(bytes, tree.name(path))));
  if (set.patterns.length > patternLimit) {
    throw new UserError(`${tree.name(path)} has more than ${patternLimit} patterns`, {
      hint: 'Leave out whole folders instead.',
    });
  }
  return set;
}

function patternSet(folder: string, patterns: readonly (IgnorePattern | undefined)[]): PatternSet {
  return { folder, patterns: patterns.filter((each) => each !== undefined).reverse() };
}
