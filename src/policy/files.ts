import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';

// Where policy files come from: the disk, or a commit for `--policy-from`. The tree may be hostile: nothing but regular
// files inside it is read, a named pipe cannot hang us, and no link leads out.

/** Paths are relative to the top of the tree, with `/` and without a leading `./`. */
export interface PolicyTree {
  /** The current folder seen from the top: '' or 'packages/app'. */
  readonly folder: string;
  /** Undefined when there is no such file. Throws UserError when it is there and cannot be read. */
  read(path: string, limit: number): Uint8Array | undefined;
  /** How messages name the file. */
  name(path: string): string;
  /** Where the file lies on disk; undefined when the tree is a commit. */
  file(path: string): string | undefined;
  /** The path of something on disk as seen from the top; undefined outside the tree. */
  inside(absolute: string): string | undefined;
}

/** The tree on disk; `top` is null outside a work tree, where only the current folder is looked at. */
export function diskTree(cwd: string, top: string | null): PolicyTree {
  const { root, folder } = place(cwd, top);
  return {
    folder,
    read: (path, limit) => readInside(root, path, limit),
    name: (path) => relative(cwd, join(root, path)).split(sep).join('/') || '.',
    file: (path) => join(root, path),
    inside: (absolute) => below(root, absolute),
  };
}

/** The same tree as a commit has it; `blob` gives the bytes of a regular file in it, from the top, or undefined. */
export function commitTree(
  disk: PolicyTree,
  ref: string,
  blob: (path: string) => Uint8Array | undefined,
): PolicyTree {
  const name = (path: string): string => `${ref}:${path}`;
  return {
    ...disk,
    read: (path, limit) => {
      const bytes = blob(path);
      if (bytes !== undefined && bytes.length > limit) throw tooLarge(name(path), limit);
      return bytes;
    },
    name,
    file: () => undefined,
  };
}

/** The current folder and those above it, nearest first, ending with the top (''). */
export function foldersUp(folder: string): string[] {
  const folders = [];
  for (let here = folder; here !== ''; here = parent(here)) folders.push(here);
  return [...folders, ''];
}

export function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** A file that was given by name, so it may lie anywhere and be anything that can be read to an end. */
export function readGiven(path: string, cwd: string, limit: number): Uint8Array | undefined {
  try {
    return readAll(openSync(resolve(cwd, path), constants.O_RDONLY), path, limit);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

/** Strict UTF-8 without its byte order mark; `name` is for the message. */
export function utf8(bytes: Uint8Array, name: string): string {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    if (!utf16) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // falls through to the one message for both
  }
  throw new UserError(`${name} is not UTF-8${utf16 ? ' but UTF-16' : ''}`, {
    hint: `Save it as UTF-8${utf16 ? "; PowerShell's > writes UTF-16, use --output or Set-Content -Encoding utf8" : ''}.`,
  });
}

function place(cwd: string, top: string | null): { root: string; folder: string } {
  if (top === null) return { root: cwd, folder: '' };
  for (const [root, here] of [
    [top, cwd],
    [real(top), real(cwd)],
  ] as const) {
    const folder = below(root, here);
    if (folder !== undefined) return { root, folder };
  }
  return { root: cwd, folder: '' };
}

/** '' for the root itself. */
function below(root: string, path: string): string | undefined {
  const way = relative(root, path);
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) return undefined;
  return sep === '/' ? way : way.split(sep).join('/');
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function readInside(root: string, path: string, limit: number): Uint8Array | undefined {
  const file = join(root, path);
  try {
    // The usual case is that there is none, and an exception would cost ten times the call.
    const found = entryAt(file);
    if (found === undefined || found.isDirectory()) return undefined;
    if (found.isSymbolicLink()) refuseLinkOut(root, file, path);
    // Not blocking, so that a named pipe put in its place is refused below instead of waited for
    // (Windows has no such flag, and undefined counts as 0 here).
    return readAll(openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), path, limit, true);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  }
}

/** In a folder that may not be searched there is nothing for us; its source reports it. */
function entryAt(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function refuseLinkOut(root: string, file: string, path: string): void {
  if (below(realpathSync(root), realpathSync(file)) !== undefined) return;
  throw new UserError(`${path} is a link that leads out of the tree`, {
    hint: 'Put the file itself there, or name another one with --config or --baseline.',
  });
}

function readAll(fd: number, path: string, limit: number, regularOnly = false): Uint8Array {
  try {
    if (regularOnly && !fstatSync(fd).isFile()) {
      throw new UserError(`${path} is not a regular file`, {
        hint: 'Remove it or replace it by a file.',
      });
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = new Uint8Array(65_536);
      const got = readSync(fd, chunk, 0, chunk.length, null);
      if (got === 0) return Buffer.concat(chunks);
      size += got;
      if (size > limit) throw tooLarge(path, limit);
      chunks.push(chunk.subarray(0, got));
    }
  } finally {
    closeSync(fd);
  }
}

function tooLarge(name: string, limit: number): UserError {
  return new UserError(`${name} is larger than ${limit} bytes`, {
    hint: 'keyscan did not write such a file; check what it is.',
  });
}

function unreadable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`cannot read ${path} (${codeOf(error) ?? 'unknown error'})`, {
    hint: 'Check that it is a file and that you may read it.',
    cause: error,
  });
}
