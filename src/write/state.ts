// Where keyscan keeps what it has to remember between runs: `$XDG_STATE_HOME/keyscan`, never `~/.aws`. One run at a time
// writes; whoever opens it removes what a crash of an earlier one left.
import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { disk, type FileSystem } from './file-system.ts';
import { type Journal, type JournalRead, openJournal, readJournal } from './journal.ts';
import { takeLock } from './lock.ts';
import { inWords } from './problems.ts';
import { makeFolders } from './replace.ts';
import { sweep, type Swept } from './sweep.ts';
import { expireUndo } from './undo-store.ts';

export interface State {
  readonly folder: string;
  readonly journal: Journal;
  /** What the journal held when it was opened. */
  readonly past: JournalRead;
  readonly swept: Swept;
  /** Throws a UserError when somebody has taken the lock away meanwhile. */
  readonly checkHeld: () => void;
  readonly close: () => void;
}

/**
 * Makes the folder (0700), takes the lock and sweeps. To be closed.
 * @throws UserError when another keyscan is at work or the folder cannot be used. A damaged journal is no error: see `past`.
 */
export function openState(folder: string, fs: FileSystem = disk, now = Date.now()): State {
  try {
    makeFolders(folder, fs);
    makePrivate(folder, fs);
    const lock = takeLock(folder, fs);
    try {
      expireUndo(folder, now, fs);
      const past = readJournal(folder, fs);
      const journal = openJournal(folder, fs);
      const swept = sweep(past.temporaries, fs);
      if (swept.left.length === 0 && past.temporaries.length > 0) {
        journal.append({ type: 'swept', temporaries: past.temporaries });
      }
      return {
        folder,
        journal,
        past,
        swept,
        checkHeld: lock.check,
        close: lock.release,
      };
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw inWords(folder, error);
  }
}

function makePrivate(folder: string, fs: FileSystem): void {
  if (process.platform === 'win32') return;
  const found = fs.lstat(fs.realpath(folder));
  if (found?.isDirectory() !== true) {
    throw new UserError(`${folder} is not a folder`, {
      hint: `Look at what lies in ${dirname(folder)}.`,
    });
  }
  if ((found.mode & 0o077n) !== 0n) fs.chmod(folder, 0o700);
}
