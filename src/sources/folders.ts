// Entries of one folder in the order of full paths, also where a name is no UTF-8, and the walk over a whole folder.
// Links are never followed: whatever stands behind one is not below the folder that was named.

import { type Dirent, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Skipped } from '../core/finding.ts';
import { problemText, skipped } from './read-file.ts';

/** A path that the system takes: bytes where they are no UTF-8. */
export type RawPath = string | Buffer;

export type EntryType = 'file' | 'folder' | 'link' | 'special';

export interface Entry {
  readonly name: string;
  readonly raw: RawPath;
  readonly type: EntryType;
}

export interface WalkedFile {
  readonly raw: RawPath;
  /** Relative to the walked folder, `/` between names. */
  readonly name: string;
  readonly type: Exclude<EntryType, 'folder'>;
}

/** Every file below a folder but git's own, sorted; `enter` says whether to go into a folder. */
export function* walk(
  folder: RawPath,
  enter: (name: string) => boolean,
): Generator<WalkedFile | Skipped> {
  // A stack of folders, not a generator in a generator: each file would pass through as many as it lies deep.
  const stack = [open(folder, '')];
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const { entries, prefix } = at;
    if (!Array.isArray(entries)) {
      if (entries !== undefined) yield { ...entries, path: prefix.slice(0, -1) };
      stack.pop();
      continue;
    }
    const entry = entries[at.next++];
    if (entry === undefined) {
      stack.pop();
    } else if (!isGitFolder(entry.name)) {
      const { raw, type } = entry;
      const name = prefix + entry.name;
      if (type !== 'folder') yield { raw: join(at.folder, raw), name, type };
      else if (enter(name)) stack.push(open(join(at.folder, raw), `${name}/`));
    }
  }
}

interface OpenFolder {
  readonly folder: RawPath;
  readonly prefix: string;
  readonly entries: ReturnType<typeof readFolder>;
  next: number;
}

function open(folder: RawPath, prefix: string): OpenFolder {
  return { folder, prefix, entries: readFolder(folder), next: 0 };
}

/** Sorted as their full paths are; a Skipped when the folder cannot be read, undefined when it is gone. */
export function readFolder(folder: RawPath): Entry[] | Skipped | undefined {
  try {
    let dirents: Dirent[] | Dirent<Buffer>[] = readdirSync(folder, { withFileTypes: true });
    if (dirents.some(({ name }) => name.includes('\uFFFD'))) {
      dirents = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
    }
    return dirents.map(toEntry).sort(byPath);
  } catch (error) {
    const text = problemText(error);
    return text === undefined ? undefined : skipped('', 'unreadable', text);
  }
}

export function join(folder: RawPath, name: RawPath): RawPath {
  if (typeof folder === 'string' && typeof name === 'string') {
    return folder.endsWith(path.sep) ? folder + name : folder + path.sep + name;
  }
  return Buffer.concat([Buffer.from(folder), Buffer.from(path.sep), Buffer.from(name)]);
}

/** What a link inside a scanned folder hides: nothing when it leads back into that folder, or nowhere. */
export function linkOutOf(folder: string, link: RawPath, name: string): Skipped | undefined {
  try {
    const target = realpathSync.native(link);
    const inside = path.relative(folder, target);
    const parts = inside.split(path.sep);
    if (!path.isAbsolute(inside) && parts[0] !== '..' && !parts.some(isGitFolder)) return undefined;
    return skipped(name, 'link', `leads to ${readlinkSync(link)}, outside of what is scanned`);
  } catch (error) {
    const text = problemText(error);
    return text === undefined ? undefined : skipped(name, 'link', `cannot be resolved: ${text}`);
  }
}

export function isGitFolder(name: string): boolean {
  return name === '.git' || (ignoresCase && name.toLowerCase() === '.git');
}

const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';

function toEntry(dirent: Dirent | Dirent<Buffer>): Entry {
  const { name } = dirent;
  const type = dirent.isFile()
    ? 'file'
    : dirent.isDirectory()
      ? 'folder'
      : dirent.isSymbolicLink()
        ? 'link'
        : 'special';
  if (typeof name === 'string') return { name, raw: name, type };
  const text = name.toString('utf8');
  return { name: text, raw: text.includes('\uFFFD') ? name : text, type };
}

/** `a.b` stands before `a/…` among full paths, although `a` stands before `a.b` among names. */
function byPath(a: Entry, b: Entry): number {
  const left = a.type === 'folder' ? `${a.name}/` : a.name;
  const right = b.type === 'folder' ? `${b.name}/` : b.name;
  return left < right ? -1 : left > right ? 1 : 0;
}
