// Files and folders that a person named, as documents: in a work tree what git does not ignore, elsewhere everything
// but `.git`. All that can be said to be wrong is said before the first document; after that nothing throws.

import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Skipped, Stage } from '../core/finding.ts';
import {
  ignoredByGit,
  type ListedFile,
  type Listing,
  listWorkTree,
  workTreeTop,
} from '../git/ls.ts';
import type { Environment } from '../git/run.ts';
import { surveyWorkTree } from './env-files.ts';
import { join, linkOutOf, type RawPath, walk, type WalkedFile } from './folders.ts';
import {
  codeOf,
  FileReader,
  type FileToRead,
  type Item,
  problemText,
  realPath,
  skipped,
} from './read-file.ts';

export interface FilesRequest {
  readonly cwd: string;
  /** As typed; never globbed. */
  readonly paths: readonly string[];
  /** Bytes. */
  readonly maxFileSize: number;
  /** `read` is `--no-ignore`. */
  readonly ignoredFiles?: 'leave' | 'read';
  /** Env files that git ignores: counted, or in the audit read. */
  readonly ignoredEnvFiles?: 'count' | 'read';
  /** True leaves a file, or a folder with all that is in it; never asked about what a person named. Takes an absolute path. */
  readonly exclude?: (absolute: string, isFolder: boolean) => boolean;
  /** Real paths that were read already, shared between sources; added to. */
  readonly seen?: Set<string>;
  readonly env?: Environment;
}

export interface FileScan {
  /** The folder that relative report paths are relative to. */
  readonly base: string;
  /** Report paths of what a person named: passed over, it means exit code 2. */
  readonly named: ReadonlySet<string>;
  /** Sentences for stderr. */
  readonly notes: readonly string[];
  /** Env files that git ignores and that were left. */
  readonly leftEnvFiles: number;
  /** To be run once. A document is valid until the next is asked for. */
  readonly items: () => Generator<Item>;
}

export async function openFiles(request: FilesRequest): Promise<FileScan> {
  const targets = request.paths.map((typed) => resolveTarget(typed, request.cwd));
  const base = baseOf(targets, request.cwd);
  const nameOf = (absolute: string): string => reportPath(base, absolute);
  const plans = await Promise.all(
    targets.map((target) =>
      target.folder
        ? planFolder(target, request, nameOf)
        : Promise.resolve(planFile(target, request, nameOf)),
    ),
  );
  return {
    base,
    named: new Set(targets.map(({ real }) => nameOf(real))),
    notes: [...new Set(plans.flatMap(({ notes }) => notes))],
    leftEnvFiles: plans.reduce((sum, { leftEnvFiles }) => sum + leftEnvFiles, 0),
    items: () => read(plans, request),
  };
}

/** `/` between names, relative to the base where that is above it. */
export function reportPath(base: string, absolute: string): string {
  const relative = path.relative(base, absolute);
  const outside =
    path.isAbsolute(relative) || relative === '..' || relative.startsWith(`..${path.sep}`);
  const shown = outside ? absolute : relative === '' ? '.' : relative;
  return path.sep === '/' ? shown : shown.replaceAll(path.sep, '/');
}

interface Target {
  readonly typed: string;
  /** Links resolved; of a file only those above it, so that a link keeps its own name. */
  readonly real: string;
  readonly folder: boolean;
  readonly top: string | undefined;
}

function resolveTarget(typed: string, cwd: string): Target {
  if (typed === '' || typed.includes('\0')) {
    throw new UserError('a path may not be empty or hold a NUL character');
  }
  const absolute = path.isAbsolute(typed) ? typed : cwd + path.sep + typed;
  try {
    const folder = statSync(absolute).isDirectory();
    return targetAt(typed, absolute, folder);
  } catch (error) {
    if (problemText(error) === undefined) throw notThere(typed, absolute, error);
    // There, but closed to us: reading it will say so.
    return targetAt(typed, absolute, false);
  }
}

function targetAt(typed: string, absolute: string, folder: boolean): Target {
  const real = folder
    ? realPath(absolute)
    : join(realPath(path.dirname(absolute)), path.basename(absolute));
  const text = real.toString();
  return { typed, real: text, folder, top: workTreeTop(folder ? text : path.dirname(text)) };
}

function notThere(typed: string, absolute: string, cause: unknown): UserError {
  if (codeOf(cause) === 'ENOTDIR') {
    const hint = 'a part of this path is a file, not a folder';
    return new UserError(`'${typed}' does not exist`, { hint, cause });
  }
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    return new UserError(`'${typed}' is a link to something that does not exist`, { cause });
  }
  const hint = 'paths are taken literally, and relative to the current folder';
  return new UserError(`'${typed}' does not exist`, { hint, cause });
}

/** The one work tree of all that was named, else the one folder, else the current folder. */
function baseOf(targets: readonly Target[], cwd: string): string {
  const [top, ...otherTops] = new Set(targets.flatMap((target) => target.top ?? []));
  if (top !== undefined && otherTops.length === 0) return top;
  const [only, ...others] = targets;
  return only?.folder === true && others.length === 0 ? only.real : realPath(cwd);
}

/** What one named path comes to. */
interface Plan {
  readonly notes: readonly string[];
  readonly leftEnvFiles: number;
  readonly entries: () => Iterable<PlannedFile | Skipped>;
}

interface PlannedFile extends FileToRead {
  /** The folder that a link must not lead out of, where links are not followed. */
  readonly root: string;
  /** What it means when it is not there: git's index may name files that were deleted. */
  readonly mayBeGone: boolean;
}

type NameOf = (absolute: string) => string;

function* read(plans: readonly Plan[], request: FilesRequest): Generator<Item> {
  const reader = new FileReader(request.maxFileSize);
  const seen = request.seen ?? (plans.length > 1 ? new Set<string>() : undefined);
  try {
    for (const plan of plans) {
      for (const entry of plan.entries()) {
        if (!('raw' in entry)) {
          yield entry;
          continue;
        }
        if (seen !== undefined && isSeenAgain(seen, entry)) continue;
        const item = readPlanned(reader, entry);
        if (item !== undefined) yield item;
      }
    }
  } finally {
    reader.close();
  }
}

function readPlanned(reader: FileReader, file: PlannedFile): Item | undefined {
  const { raw, path: shown, root, mayBeGone } = file;
  const item = reader.read(file);
  if (item === 'gone') {
    return mayBeGone ? undefined : skipped(shown, 'vanished', 'it was there when it was listed');
  }
  return 'reason' in item && item.reason === 'link' ? linkOutOf(root, raw, shown) : item;
}

function isSeenAgain(seen: Set<string>, { raw, followLink }: PlannedFile): boolean {
  // Below a folder no link is passed, so that its files have real paths already.
  const key = followLink && typeof raw === 'string' ? realPath(raw) : raw.toString('latin1');
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

function planFile(target: Target, request: FilesRequest, nameOf: NameOf): Plan {
  let stage: Stage | undefined;
  const file: PlannedFile = {
    raw: target.real,
    path: nameOf(target.real),
    // Asking git costs as much as the whole scan of a file, so only a finding asks.
    get stage() {
      return (stage ??= stageOf(target.real, request.env));
    },
    followLink: true,
    root: path.dirname(target.real),
    mayBeGone: false,
  };
  return { notes: [], leftEnvFiles: 0, entries: () => [file] };
}

/** Where the bytes lie counts, not where a link to them does. */
function stageOf(file: string, env: Environment | undefined): Stage {
  const real = realPath(file);
  const top = workTreeTop(path.dirname(real));
  if (top === undefined || isInGitFolder(top, real)) return 'local';
  const name = path.relative(top, real).split(path.sep).join('/');
  return ignoredByGit(top, [name], env).has(name) ? 'local' : 'working-tree';
}

async function planFolder(target: Target, request: FilesRequest, nameOf: NameOf): Promise<Plan> {
  const { real: root, top } = target;
  if (top === undefined || isInGitFolder(top, root)) {
    return planWalk(root, () => 'local', request, nameOf);
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

function whyWalked(
  root: string,
  { why, detail, hint }: Extract<Listing, { readonly ok: false }>,
): string {
  const all = `everything in ${root} but .git is read, also what git would ignore`;
  if (why === 'no-git') return `git was not found, so ${all}`;
  return `${detail}, so ${all}${hint === undefined ? '' : `; ${hint}`}`;
}

function isInGitFolder(top: string, real: string): boolean {
  return path.relative(top, real).split(path.sep).includes('.git');
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
