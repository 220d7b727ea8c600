// Files and folders that a person named, as documents: in a work tree what git does not ignore, elsewhere everything
// but `.git`. All that can be said to be wrong is said before the first document; after that nothing throws.

import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';
import type { Skipped, Stage } from '../core/finding.ts';
import { ignoredByGit } from '../git/ls.ts';
import { isInGitFolder, workTreeTop } from '../git/work-tree.ts';
import type { Environment } from '../git/run.ts';
import { planFolder } from './folder-plan.ts';
import { linkOutOf } from './folders.ts';
import {
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

export interface Target {
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
    : path.join(realPath(path.dirname(absolute)), path.basename(absolute));
  return { typed, real, folder, top: workTreeTop(folder ? real : path.dirname(real)) };
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
export interface Plan {
  readonly notes: readonly string[];
  readonly leftEnvFiles: number;
  readonly entries: () => Iterable<PlannedFile | Skipped>;
}

export interface PlannedFile extends FileToRead {
  /** The folder that a link must not lead out of, where links are not followed. */
  readonly root: string;
  /** What it means when it is not there: git's index may name files that were deleted. */
  readonly mayBeGone: boolean;
}

export type NameOf = (absolute: string) => string;

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
