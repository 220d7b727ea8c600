// Where a file's bytes really lie, and what is there now.
import { type BigIntStats, constants } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';
import { disk, type FileSystem, readUpTo } from './file-system.ts';
import { inWords } from './problems.ts';

export interface Place {
  /** As the person knows it. */
  readonly path: string;
  /** Absolute, every link followed; it need not exist. This is what gets replaced, so that a link stays a link. */
  readonly target: string;
  /** The path goes through a link, its own or a folder's. */
  readonly linked: boolean;
}

/** What is there, regular and readable. */
export interface Original extends Rights {
  readonly bytes: Uint8Array;
  readonly identity: Identity;
  /** Stays readable when another file takes its name; undefined where the system minds (Windows). */
  readonly fd: number | undefined;
}

/** The same file, whatever it is called and whatever is in it. */
export interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Throws what the system says when a folder may not be searched or a link leads in circles. */
export function locate(path: string, fs: FileSystem): Place {
  const absolute = resolve(path);
  const target = follow(absolute, fs, mostLinks);
  return { path, target, linked: target !== absolute };
}

/** Whether its bytes lie outside of the home folder: dotfiles in a repository, a mounted disk. To be said before writing. */
export function liesOutside({ target }: Place, home: string, fs: FileSystem): boolean {
  const way = relative(follow(resolve(home), fs, mostLinks), target);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/**
 * Before anything is planned: the file's bytes where they lie outside of the home folder, else undefined.
 * @throws UserError when it may not be replaced.
 */
export function lookAt(path: string, home: string, fs: FileSystem = disk): string | undefined {
  try {
    const place = locate(path, fs);
    const fd = openOriginal(place, fs)?.fd;
    if (fd !== undefined) fs.close(fd);
    return place.linked && liesOutside(place, home, fs) ? place.target : undefined;
  } catch (error) {
    throw inWords(path, error);
  }
}

/**
 * Opens and reads it; undefined when there is nothing. Whoever gets `fd` closes it.
 * @throws UserError when it is not a file of its own that may be replaced: a folder, a pipe, a device, one of several
 * hard links, write-protected.
 */
export function openOriginal(place: Place, fs: FileSystem): Original | undefined {
  const { path, target } = place;
  const found = fs.lstat(target);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw notAFile(path, found);
  const fd = fs.open(target, readFlags);
  let kept = false;
  try {
    const stat = fs.fstat(fd);
    if (!stat.isFile()) throw notAFile(path, stat);
    refuseHardLinks(path, stat.nlink);
    if ((stat.mode & 0o200n) === 0n) throw writeProtected(path);
    const bytes = readUpTo(fs, fd, Number(stat.size) + 1);
    kept = staysReadable;
    return { bytes, ...identityAndRights(stat), fd: kept ? fd : undefined };
  } finally {
    if (!kept) fs.close(fd);
  }
}

export interface Rights {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export function identityAndRights(stat: BigIntStats): Rights & { readonly identity: Identity } {
  return {
    identity: { dev: stat.dev, ino: stat.ino },
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
  };
}

/** What it holds now; undefined when there is nothing. */
export function readNow(target: string, fs: FileSystem): Uint8Array | undefined {
  if (fs.lstat(target) === undefined) return undefined;
  const fd = fs.open(target, readFlags);
  try {
    return readUpTo(fs, fd, Number(fs.fstat(fd).size) + 1);
  } finally {
    fs.close(fd);
  }
}

export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}

export function sameFile(a: Identity, b: Identity | undefined): boolean {
  return b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

const mostLinks = 40;
const staysReadable = process.platform !== 'win32';
// Not blocking, so that a named pipe put there in the last moment is refused instead of waited for. Windows has neither
// flag; undefined counts as 0 here.
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** As realpath, but also for what does not exist yet, and for a link whose target does not. */
function follow(path: string, fs: FileSystem, left: number): string {
  try {
    return fs.realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || left === 0 || dirname(path) === path) throw error;
    const folder = follow(dirname(path), fs, left - 1);
    const name = join(folder, basename(path));
    const isLink = fs.lstat(name)?.isSymbolicLink() === true;
    return isLink ? follow(resolve(folder, fs.readlink(name)), fs, left - 1) : name;
  }
}

function refuseHardLinks(path: string, names: bigint): void {
  if (names <= 1n) return;
  throw new UserError(`${path} is one file under ${names} names (hard links)`, {
    hint: 'The other names would keep the old content. Copy it and rename the copy over it first.',
  });
}

function writeProtected(path: string): UserError {
  return new UserError(`${path} is write-protected`, {
    hint: `If another program makes this file (home-manager, chezmoi), change it there; else: chmod u+w ${path}`,
  });
}

interface FileType {
  readonly isDirectory: () => boolean;
  readonly isFIFO: () => boolean;
}

function notAFile(path: string, type: FileType): UserError {
  const what = type.isDirectory() ? 'a folder' : type.isFIFO() ? 'a named pipe' : 'not a file';
  return new UserError(`${path} is ${what}`, { hint: 'Put a regular file there, or nothing.' });
}
