// Where work trees lie, found without starting git.

import { lstatSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The top of the work tree that `folder` lies in; `folder` must be a real path. */
export function workTreeTop(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (isRepository(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** A folder with git's own three marks, or the file that a linked work tree or a submodule has in its place. */
export function isRepository(dotGit: string): boolean {
  try {
    const stat = statSync(dotGit);
    if (stat.isFile())
      return stat.size < 65536 && readFileSync(dotGit).toString().startsWith('gitdir:');
    if (!stat.isDirectory()) return false;
    lstatSync(path.join(dotGit, 'HEAD'));
    return isFolder(path.join(dotGit, 'objects')) && isFolder(path.join(dotGit, 'refs'));
  } catch {
    return false;
  }
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a real path below the top of a work tree is git's own. */
export function isInGitFolder(top: string, real: string): boolean {
  return path.relative(top, real).split(path.sep).includes('.git');
}
