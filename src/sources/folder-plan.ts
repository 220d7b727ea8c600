// What a named folder comes to: in a work tree what git does not ignore, elsewhere everything but `.git`.

import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Skipped, Stage } from '../core/finding.ts';
import { ignoredByGit, type ListedFile, type Listing, listWorkTree } from '../git/ls.ts';
import { isInGitFolder, isRepository } from '../git/work-tree.ts';
import { surveyWorkTree } from './env-files.ts';
import type { FilesRequest, NameOf, Plan, PlannedFile, Target } from './files.ts';
import { join, linkOutOf, type RawPath, walk, type WalkedFile } from './folders.ts';
import { skipped } from './read-file.ts';

export async function planFolder(
  target: Target,
  request: FilesRequest,
  nameOf: NameOf,
): Promise<Plan> {
  const { real: root, top } = target;
  if (top === undefined || isInGitFolder(top, root)) {
    const plan = planWalk(root, () => 'local', request, nameOf);
    return isRepository(root) ? { ...plan, notes: [`${root} ${ofGit}`] } : plan;
  }
  const listing = await listWorkTree(root, request.env);
  if (!listing.ok) {
    const note = whyWalked(root, listing);
    return { ...planWalk(root, () => 'working-tree', request, nameOf), notes: [note] };
  }
  if (request.ignoredFiles === 'read') {
    return planWalk(root, stagesOf(listing.files), request, nameOf);
  }
  return planListed(root, listing.files, request, nameOf);
}

const ofGit =
  "holds git's own files, in which nothing that was committed is seen; in it, type: keyscan --history";

function whyWalked(
  root: string,
  { why, detail, hint }: Extract<Listing, { readonly ok: false }>,
): string {
  const all = `everything in ${root} but .git is read, also what git would ignore`;
  if (why === 'no-git') return `git was not found, so ${all}`;
  return `${detail}, so ${all}${hint === undefined ? '' : `; ${hint}`}`;
}

/** What git ignores is local; what lies in a repository of its own below this one is not known to be. */
function stagesOf(files: readonly ListedFile[]): (name: string) => Stage {
  const listed = new Set(files.map(({ name }) => name));
  const own = files.filter(isOwn).map(({ name }) => `${name}/`);
  return (name) =>
    listed.has(name) || own.some((folder) => name.startsWith(folder)) ? 'working-tree' : 'local';
}

function isOwn({ kind }: ListedFile): boolean {
  return kind === 'submodule' || kind === 'nested-repository';
}

function planWalk(
  root: string,
  stage: (name: string) => Stage,
  request: FilesRequest,
  nameOf: NameOf,
): Plan {
  const { exclude } = request;
  const inside = namesBelow(root, nameOf);
  const full = (name: string): string => root + (root.endsWith(path.sep) ? '' : path.sep) + name;
  const enter = (name: string): boolean => exclude?.(full(name), true) !== true;
  function* entries(): Generator<PlannedFile | Skipped> {
    for (const file of walk(root, enter)) {
      if (!('raw' in file)) {
        yield { ...file, path: inside(file.path) };
      } else if (exclude?.(full(file.name), false) !== true) {
        const entry = planWalked(file, inside(file.name), stage(file.name), root);
        if (entry !== undefined) yield entry;
      }
    }
  }
  return { notes: [], leftEnvFiles: 0, entries };
}

/** Nothing for a link that leads back to what is read anyway. */
function planWalked(
  { raw, type }: WalkedFile,
  shown: string,
  stage: Stage,
  root: string,
): PlannedFile | Skipped | undefined {
  if (type === 'link') return linkOutOf(root, raw, shown);
  const isRegular = type === 'file';
  return { raw, path: shown, stage, followLink: false, isRegular, root, mayBeGone: false };
}

function planListed(
  root: string,
  files: readonly ListedFile[],
  request: FilesRequest,
  nameOf: NameOf,
): Plan {
  const { exclude } = request;
  const inside = namesBelow(root, nameOf);
  const survey = surveyWorkTree(root, files);
  const isExcluded = (name: string): boolean => exclude?.(`${root}/${name}`, false) === true;
  const envFiles = survey.envFiles.filter(({ name }) => !isExcluded(name));
  const readEnv = request.ignoredEnvFiles === 'read';
  const isReal = realFolders(root, survey.folders);
  const special = new Set(survey.special.map(({ name }) => name));

  function* entries(): Generator<PlannedFile | Skipped> {
    for (const file of files) {
      if (isExcluded(file.name)) continue;
      const shown = inside(file.name);
      if (file.kind === 'submodule' || file.kind === 'nested-repository') {
        yield skipped(shown, file.kind, 'a repository of its own: scan it by name');
      } else if (!special.has(file.name) && isReal(file.name)) {
        const raw = join(root, file.bytes ?? file.name);
        const mayBeGone = file.kind === 'tracked';
        // Only where the survey was is it sure that no pipe or device took the file's place.
        const isRegular = survey.folders.has(parent(file.name));
        yield {
          raw,
          path: shown,
          stage: 'working-tree',
          followLink: false,
          isRegular,
          root,
          mayBeGone,
        };
      }
    }
    if (readEnv) {
      for (const file of envFiles) {
        const entry = planWalked(file, inside(file.name), 'local', root);
        if (entry !== undefined) yield entry;
      }
    }
    yield* unseenByGit();
  }
  function* unseenByGit(): Generator<PlannedFile | Skipped> {
    const names = [...survey.special, ...survey.unreadable].map(({ name }) => name);
    const ignored = ignoredByGit(root, names, request.env);
    const counts = ({ name }: { name: string }): boolean => !ignored.has(name) && !isExcluded(name);
    for (const { name, detail } of survey.unreadable.filter(counts)) {
      yield skipped(inside(name), 'unreadable', detail);
    }
    for (const file of survey.special.filter(counts)) {
      const entry = planWalked(file, inside(file.name), 'working-tree', root);
      if (entry !== undefined) yield entry;
    }
  }
  const notes = survey.partial
    ? [`${root} has too many ignored files to look for env files in all of them`]
    : [];
  return { notes, leftEnvFiles: readEnv ? 0 : envFiles.length, entries };
}

/** Report paths of names below a folder, without the cost of `path.relative` for each. */
function namesBelow(root: string, nameOf: NameOf): (name: string) => string {
  const shown = nameOf(root);
  if (shown === '.') return (name) => (name === '' ? '.' : name);
  const prefix = shown.endsWith('/') ? shown : `${shown}/`;
  return (name) => (name === '' ? shown : prefix + name);
}

/**
 * Whether a listed file lies in a real folder: git's index may name `a/key` where `a` is now a link out of the tree.
 * The survey entered most of them; names that a file system spells in another way are looked at one by one.
 */
function realFolders(root: string, entered: ReadonlySet<string>): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const isReal = (folder: string): boolean => {
    if (folder === '' || entered.has(folder)) return true;
    let real = known.get(folder);
    if (real === undefined) {
      real = isReal(parent(folder)) && isFolderItself(join(root, folder));
      known.set(folder, real);
    }
    return real;
  };
  return (name) => isReal(parent(name));
}

function isFolderItself(folder: RawPath): boolean {
  try {
    return lstatSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function parent(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}
