// Where sealed undo lies: in the state folder, one file a migration, for a day. It is of no more use once the old key is
// inactive, and whoever made that so removes it.
import { join } from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';
import { disk, type FileSystem } from './file-system.ts';
import { readNow } from './place.ts';
import { inWords } from './problems.ts';
import { discard, replaceFile } from './replace.ts';
import { sealedAt } from './seal.ts';

/** How long it is kept, in milliseconds: a day. */
export const undoIsKept = 86_400_000;

export function keepUndo(
  folder: string,
  run: string,
  sealed: Uint8Array,
  fs: FileSystem = disk,
): void {
  replaceFile({ path: fileOf(folder, run), before: undefined, after: sealed, secret: true }, fs);
}

/** Undefined when nothing was kept for this migration, or it is gone. */
export function loadUndo(
  folder: string,
  run: string,
  fs: FileSystem = disk,
): Uint8Array | undefined {
  const file = fileOf(folder, run);
  try {
    return readNow(file, fs);
  } catch (error) {
    throw inWords(file, error);
  }
}

/** Says whether there is none any more. */
export function forgetUndo(folder: string, run: string, fs: FileSystem = disk): boolean {
  return discard(fileOf(folder, run), fs);
}

/** Removes what is older than a day, or no undo at all; gives the runs that are left, sorted. */
export function expireUndo(folder: string, now: number, fs: FileSystem = disk): readonly string[] {
  return runsIn(folder, fs).filter((run) => {
    const time = timeOf(fileOf(folder, run), fs);
    // A clock that was wrong must not keep it for ever
    const isFresh = time !== undefined && Math.abs(now - time) <= undoIsKept;
    return isFresh || !forgetUndo(folder, run, fs);
  });
}

function timeOf(file: string, fs: FileSystem): number | undefined {
  const sealed = readNow(file, fs);
  return sealed === undefined ? undefined : sealedAt(sealed);
}

function runsIn(folder: string, fs: FileSystem): readonly string[] {
  try {
    return fs
      .readdir(join(folder, 'undo'))
      .flatMap((name) => /^([0-9a-f]{12})\.sealed$/.exec(name)?.[1] ?? [])
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(folder: string, run: string): string {
  if (!/^[0-9a-f]{12}$/.test(run)) throw new UserError(`${run} is not the id of a migration`);
  return join(folder, 'undo', `${run}.sealed`);
}
