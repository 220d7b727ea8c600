// The replacement of one file, as a whole or not at all: a new file beside it, put in its place by a rename. Access lists
// and extended attributes are the folder's defaults afterwards; Node cannot carry them over.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';
import type { FilePlan } from './api.ts';
import { disk, type FileSystem, readUpTo, writeAll } from './file-system.ts';
import {
  type Identity,
  identityAndRights,
  locate,
  openOriginal,
  type Original,
  type Place,
  readNow,
  type Rights,
  sameBytes,
  sameFile,
} from './place.ts';
import { changed, inWords } from './problems.ts';

/**
 * Replaces one file by what was planned and shown. Keeps the link, the owner and the mode (`secret`: never wider than
 * 0600); a new file is 0600 and so are new folders, 0700. Missing folders are made.
 * @throws UserError when the file is not what the plan is based on, and for everything the system refuses; the file is
 * then as it was.
 */
export function replaceFile(plan: FilePlan, fs: FileSystem = disk): void {
  const inTime = open(plan, fs);
  const temporary = temporaryBeside(inTime.place);
  let folders: readonly string[] = [];
  try {
    if (!sameBytes(inTime.original?.bytes, plan.before)) throw changed(plan.path);
    folders = makeFolders(dirname(inTime.place.target), fs);
    const staged = stage(plan, inTime, temporary, fs);
    putInPlace(plan.path, inTime, staged, fs);
    rescueLateWrites(plan.path, inTime, staged, fs);
  } catch (error) {
    discard(temporary, fs);
    removeFolders(folders, fs);
    throw inWords(plan.path, error);
  } finally {
    close(inTime.original, fs);
  }
}

/**
 * For files of keyscan's own (baselines, configurations, reports): whatever is there is replaced, its mode kept, its owner
 * if the system allows it. The folder must exist. Throws what the system says.
 */
export function overwriteFile(path: string, bytes: Uint8Array, fs: FileSystem = disk): void {
  const { target, ...place } = locate(path, fs);
  const found = fs.lstat(target);
  const temporary = temporaryBeside({ ...place, target });
  try {
    const fd = fs.open(temporary, createFlags, 0o666);
    try {
      if (found !== undefined) keepRights(fd, identityAndRights(found), fs);
      writeAll(fs, fd, bytes);
      fs.fsync(fd);
    } finally {
      fs.close(fd);
    }
    rename(temporary, target, fs);
    syncFolder(dirname(target), fs);
  } catch (error) {
    discard(temporary, fs);
    throw error;
  }
}

/** A file about to be replaced, and what it was when it was opened. */
export interface InTime {
  readonly place: Place;
  readonly original: Original | undefined;
}

/** A finished file beside the one it is to replace. */
export interface Staged {
  readonly temporary: string;
  readonly identity: Identity;
}

export function open({ path }: FilePlan, fs: FileSystem): InTime {
  try {
    const place = locate(path, fs);
    return { place, original: openOriginal(place, fs) };
  } catch (error) {
    throw inWords(path, error);
  }
}

export function close(original: Original | undefined, fs: FileSystem): void {
  if (original?.fd === undefined) return;
  try {
    fs.close(original.fd);
  } catch {
    // It was only read.
  }
}

export const temporaryPrefix = '.keyscan-tmp-';

/** In the same folder, since a rename does not cross file systems. */
export function temporaryBeside({ target }: Place): string {
  return join(dirname(target), `${temporaryPrefix}${randomBytes(8).toString('hex')}`);
}

/** Makes the folders that are missing, 0700, and says which, outermost first. */
export function makeFolders(folder: string, fs: FileSystem): readonly string[] {
  if (fs.lstat(folder) !== undefined) return [];
  const above = makeFolders(dirname(folder), fs);
  try {
    fs.mkdir(folder, 0o700);
    handOver(folder, fs);
    return [...above, folder];
  } catch (error) {
    removeFolders([...above, folder], fs);
    throw error;
  }
}

/** Those that `makeFolders` made, as far as they are still empty. */
export function removeFolders(folders: readonly string[], fs: FileSystem): void {
  for (const folder of [...folders].reverse()) {
    try {
      fs.rmdir(folder);
    } catch {
      // Somebody put something into it, or it was not made.
    }
  }
}

/** Writes the new content to `temporary`, 0600 from its first byte, and onto the disk. */
export function stage(
  { path, after, secret }: FilePlan,
  { place, original }: InTime,
  temporary: string,
  fs: FileSystem,
): Staged {
  const fd = fs.open(temporary, createFlags, 0o600);
  try {
    writeAll(fs, fd, after);
    const rights = original ?? newRights(place, fs);
    if (rights !== undefined) giveRights(path, fd, rights, secret, fs);
    fs.fsync(fd);
    return { temporary, identity: identityAndRights(fs.fstat(fd)).identity };
  } finally {
    fs.close(fd);
  }
}

/**
 * The moment itself: compares once more, and renames.
 * @throws UserError when the file is not the one that was opened.
 */
export function putInPlace(
  path: string,
  { place: { target }, original }: InTime,
  { temporary }: Staged,
  fs: FileSystem,
): void {
  refuseChanged(path, target, original, fs);
  if (original === undefined) {
    renameWithoutReplacing(path, temporary, target, fs);
  } else {
    rename(temporary, target, fs);
  }
  try {
    syncFolder(dirname(target), fs);
  } catch (error) {
    throw new UserError(`${path} is written, but may not survive a power cut`, {
      hint: `The system says ${codeOf(error) ?? 'nothing more'}. Check the disk.`,
      cause: error,
    });
  }
}

/**
 * The AWS CLI truncates a file and writes it anew. When it opened the old one before the rename, what it writes would go
 * with the old file; it is put back in place instead, as a whole.
 * @throws UserError when there was something to rescue.
 */
export function rescueLateWrites(
  path: string,
  { place, original }: InTime,
  { temporary, identity }: Staged,
  fs: FileSystem,
): void {
  if (original?.fd === undefined) return;
  if (sameBytes(readAll(original.fd, fs), original.bytes)) return;
  const theirs = untilStill(original.fd, fs);
  const after = theirs.length === 0 ? original.bytes : theirs;
  const name = `${temporary}-theirs`;
  const plan = { path, before: undefined, after, secret: false };
  try {
    stage(plan, { place, original }, name, fs);
    if (isThere(place.target, identity, fs)) rename(name, place.target, fs);
    syncFolder(dirname(place.target), fs);
  } finally {
    discard(name, fs);
  }
  throw changed(path);
}

/** Whether it is still that file which has this name. */
export function isThere(target: string, identity: Identity, fs: FileSystem): boolean {
  const found = fs.lstat(target);
  return found !== undefined && sameFile(identity, identityAndRights(found).identity);
}

function refuseChanged(
  path: string,
  target: string,
  original: Original | undefined,
  fs: FileSystem,
): void {
  const same =
    original === undefined
      ? fs.lstat(target) === undefined
      : isThere(target, original.identity, fs) && sameBytes(readNow(target, fs), original.bytes);
  if (!same) throw changed(path);
}

/** Removes a file; says whether it is gone. */
export function discard(temporary: string, fs: FileSystem): boolean {
  try {
    fs.unlink(temporary);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

/** On Windows a scanner or an indexer may hold a file for a moment, which is answered with one of these codes. */
export function rename(from: string, to: string, fs: FileSystem): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      fs.rename(from, to);
      return;
    } catch (error) {
      if (process.platform !== 'win32' || attempt === 10 || !busy.has(codeOf(error))) throw error;
      fs.pause(attempt * 20);
    }
  }
}

/** So that the rename survives a power cut. Some file systems, and Windows, know no such thing for folders. */
export function syncFolder(folder: string, fs: FileSystem): void {
  if (process.platform === 'win32') return;
  let fd;
  try {
    fd = fs.open(folder, constants.O_RDONLY);
    fs.fsync(fd);
  } catch (error) {
    if (!noFolderSync.has(codeOf(error))) throw error;
  } finally {
    if (fd !== undefined) fs.close(fd);
  }
}

const busy: ReadonlySet<string | undefined> = new Set(['EPERM', 'EBUSY', 'EACCES']);
const noFolderSync: ReadonlySet<string | undefined> = new Set([
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EISDIR',
  'EACCES',
  'EPERM',
  'EBADF',
]);
const noHardLinks: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EACCES',
]);

const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Unlike rename, link fails when somebody made the file meanwhile. */
function renameWithoutReplacing(path: string, from: string, to: string, fs: FileSystem): void {
  try {
    fs.link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw changed(path);
    if (!lacksHardLinks(error)) throw error;
    rename(from, to, fs);
    return;
  }
  discard(from, fs);
}

function readAll(fd: number, fs: FileSystem): Uint8Array {
  return readUpTo(fs, fd, Number(fs.fstat(fd).size) + 1);
}

/** Whoever has just truncated it is about to write; waits two seconds at most. */
function untilStill(fd: number, fs: FileSystem): Uint8Array {
  let bytes = readAll(fd, fs);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    fs.pause(100);
    const now = readAll(fd, fs);
    if (now.length > 0 && sameBytes(now, bytes)) break;
    bytes = now;
  }
  return bytes;
}

/** Root makes files in somebody's folder for that somebody. */
function newRights({ target }: Place, fs: FileSystem): Rights | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const folder = fs.lstat(dirname(target));
  return folder === undefined ? undefined : { ...identityAndRights(folder), mode: 0o600 };
}

function handOver(folder: string, fs: FileSystem): void {
  if (process.geteuid?.() !== 0) return;
  const fd = fs.open(folder, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    giveToOwnerOf(dirname(folder), fd, fs);
  } finally {
    fs.close(fd);
  }
}

/** What root makes in somebody's folder belongs to that somebody. */
export function giveToOwnerOf(folder: string, fd: number, fs: FileSystem): void {
  if (process.geteuid?.() !== 0) return;
  const found = fs.lstat(folder);
  if (found !== undefined && found.uid !== 0n) fs.fchown(fd, Number(found.uid), Number(found.gid));
}

/** A link was refused because the file system has none. */
export function lacksHardLinks(error: unknown): boolean {
  return noHardLinks.has(codeOf(error));
}

function giveRights(
  path: string,
  fd: number,
  rights: Rights,
  secret: boolean,
  fs: FileSystem,
): void {
  const mode = secret ? rights.mode & 0o600 : rights.mode;
  if (
    !giveOwner(fd, rights, fs) &&
    (identityAndRights(fs.fstat(fd)).uid !== rights.uid || (mode & 0o070) !== 0)
  ) {
    throw new UserError(`${path} belongs to somebody else, and it would become yours`, {
      hint: 'Run keyscan as the user whose file it is.',
    });
  }
  fs.fchmod(fd, mode);
}

/** Best effort, for files that hold no secret. */
function keepRights(fd: number, rights: Rights, fs: FileSystem): void {
  giveOwner(fd, rights, fs);
  fs.fchmod(fd, rights.mode);
}

/** Says whether the file has the owner and the group now. */
function giveOwner(fd: number, { uid, gid }: Rights, fs: FileSystem): boolean {
  const now = identityAndRights(fs.fstat(fd));
  if (now.uid === uid && now.gid === gid) return true;
  try {
    fs.fchown(fd, uid, gid);
    return true;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
}
