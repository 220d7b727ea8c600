// Files that exist to hold settings of an environment, and where they are in a work tree although git ignores them:
// that is where keys lie, because people were told to put them there and to ignore the file.

import path from 'node:path';
import type { ListedFile } from '../git/ls.ts';
import { isRepository } from '../git/work-tree.ts';
import {
  type Entry,
  isGitFolder,
  join,
  linkOutOf,
  type RawPath,
  readFolder,
  type WalkedFile,
} from './folders.ts';
import { realPath } from './read-file.ts';

/** `.env*`, `*.env`, `.envrc`, `.flaskenv` and compose files. */
export function isEnvFile(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    lower.startsWith('.env') ||
    lower.endsWith('.env') ||
    lower === '.flaskenv' ||
    /^(?:docker-)?compose[^/]*\.ya?ml$/.test(lower)
  );
}

/** The env files that lie directly in a folder: all that is looked at in the home folder and in `/`. */
export function envFilesIn(folder: string): readonly WalkedFile[] {
  const entries = readFolder(folder);
  if (!Array.isArray(entries)) return [];
  return entries
    .filter(({ name, type }) => type === 'file' && isEnvFile(name))
    .map(({ name, raw }) => ({ name, raw: join(folder, raw), type: 'file' }));
}

export interface Survey {
  /** The folders that were entered without passing a link, relative, '' the first. */
  readonly folders: ReadonlySet<string>;
  /** Env files that git did not list, sorted. */
  readonly envFiles: readonly WalkedFile[];
  /** Named pipes, devices and sockets, and folders that cannot be read: git says nothing of either. */
  readonly special: readonly WalkedFile[];
  readonly unreadable: readonly { readonly name: string; readonly detail: string }[];
  /** There were too many ignored files to look at all. */
  readonly partial: boolean;
}

/** How many entries of folders that git did not name are looked at. */
const unlistedEntries = 100_000;

/** What git's list of a work tree leaves out. */
export function surveyWorkTree(root: string, files: readonly ListedFile[]): Survey {
  const known = foldersOf(files);
  const own = new Set(files.filter(isOwnRepository).map(({ name }) => name));
  const listed = new Set(files.filter(({ name }) => isEnvFile(lastName(name))).map(byName));
  const survey = {
    folders: new Set<string>(),
    envFiles: new Array<WalkedFile>(),
    special: new Array<WalkedFile>(),
    unreadable: new Array<{ name: string; detail: string }>(),
    partial: false,
  };
  let left = unlistedEntries;

  const enter = (folder: RawPath, name: string): void => {
    const isKnown = name === '' || known.has(name);
    const entries = readFolder(folder);
    if (entries === undefined) return;
    if (!Array.isArray(entries)) {
      survey.unreadable.push({ name, detail: entries.detail });
      return;
    }
    if (!isKnown && holdsRepository(folder, entries)) return;
    survey.folders.add(name);
    const prefix = name === '' ? '' : `${name}/`;
    for (const entry of entries) {
      if (!isKnown && left-- <= 0) {
        survey.partial = true;
        return;
      }
      visit(folder, entry, prefix + entry.name, isKnown);
    }
  };
  const visit = (folder: RawPath, entry: Entry, name: string, isKnown: boolean): void => {
    if (entry.type === 'folder') {
      const skip = isGitFolder(entry.name) || own.has(name);
      if (!skip && (known.has(name) || !holdsPackages.has(entry.name.toLowerCase()))) {
        enter(join(folder, entry.raw), name);
      }
    } else if (entry.type === 'special') {
      if (isKnown) survey.special.push({ raw: join(folder, entry.raw), name, type: 'special' });
    } else if (isEnvFile(entry.name) && !listed.has(name)) {
      survey.envFiles.push({ raw: join(folder, entry.raw), name, type: entry.type });
    }
  };

  enter(root, '');
  return { ...survey, envFiles: survey.envFiles.filter((file) => !leadsBack(root, file)) };
}

/** Whether a folder is a person's home or the top of the file system, where a whole scan would be too much. */
export function isHomeOrTop(folder: string, home: string | undefined): boolean {
  if (path.dirname(folder) === folder) return true;
  return home !== undefined && realPath(home) === realPath(folder);
}

/** Installed packages: their env files are samples, and there are very many folders. */
const holdsPackages: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '.venv',
  'venv',
  'site-packages',
  '__pycache__',
  '.tox',
  '.nox',
  '.yarn',
  '.pnpm-store',
  '.hg',
  '.svn',
  '.jj',
]);

function isOwnRepository({ kind }: ListedFile): boolean {
  return kind === 'submodule' || kind === 'nested-repository';
}

function holdsRepository(folder: RawPath, entries: readonly Entry[]): boolean {
  const dotGit = entries.find(({ name }) => isGitFolder(name));
  if (dotGit === undefined) return false;
  const full = join(folder, dotGit.raw);
  return typeof full !== 'string' || isRepository(full);
}

function leadsBack(root: string, { raw, name, type }: WalkedFile): boolean {
  return type === 'link' && linkOutOf(root, raw, name) === undefined;
}

function foldersOf(files: readonly ListedFile[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { name } of files) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      const folder = name.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function byName({ name }: ListedFile): string {
  return name;
}
