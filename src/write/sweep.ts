// Removes what a crash left beside a person's files: only under names that were written down before they were used.
import { codeOf } from '../core/errors.ts';
import { basename, dirname, join } from 'node:path';
import { disk, type FileSystem } from './file-system.ts';
import { discard, temporaryPrefix } from './replace.ts';

export interface Swept {
  readonly removed: readonly string[];
  /** Still there: the folder may not be written to at the moment. */
  readonly left: readonly string[];
}

/**
 * `temporaries` as `announce` was given them; what begins with one of them goes. To be called by the holder of the lock
 * only, since then their owner is dead.
 */
export function sweep(temporaries: readonly string[], fs: FileSystem = disk): Swept {
  const found = temporaries.filter(isOurs).flatMap((path) => leftOf(path, fs));
  const removed = found.filter((path) => discard(path, fs));
  return { removed, left: found.filter((path) => !removed.includes(path)) };
}

/** A damaged record must not make us remove anything else. */
function isOurs(path: string): boolean {
  const name = basename(path);
  return (
    name.startsWith(temporaryPrefix) && /^[0-9a-f]{16}$/.test(name.slice(temporaryPrefix.length))
  );
}

function leftOf(path: string, fs: FileSystem): readonly string[] {
  const folder = dirname(path);
  try {
    return fs
      .readdir(folder)
      .filter((name) => name.startsWith(basename(path)))
      .map((name) => join(folder, name))
      .filter((file) => fs.lstat(file)?.isFile() === true);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return [];
  }
}
